using System.Diagnostics;
using DVStakers.Edge.Core.Updates;
using DVStakers.Edge.Linux.Files;
using DVStakers.Edge.Linux.Systemd;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Updates;

/// <summary>
/// Carries an update on from the state on the disk to its end: does what <see cref="UpdateMachine"/> says, and tells it what came of that. Run by its unit, before the agent
/// at a boot: systemd holds the agent back until <see cref="SystemdNotify.Ready"/>, which is said when one version is on the disk whole.
/// </summary>
internal sealed class Updater(UpdateFiles files, Packages packages, AgentUnit agent, SystemdNotify systemd, string boot, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan BetweenFailures = TimeSpan.FromSeconds(5);

    private string lastWords = "not looked at";
    private long restartedAt;
    private bool released;

    /// <returns>True: it came to its end, or there was nothing to do.</returns>
    /// <param name="stop">The box goes down, or the unit is stopped: the state stays, and the next start goes on.</param>
    public async Task<bool> Run(CancellationToken stop)
    {
        if (files.State() is not { } state)
            return true;
        var afterBoot = state.Boot != boot;
        var run = new UpdateRun { Disk = await packages.Whole(state, stop).ConfigureAwait(false), Trial = new(state.Before, afterBoot) };
        Tell(state);
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            switch (UpdateMachine.Next(state, run))
            {
                case UpdateStep.Write(var next):
                    // What the state says is on the disk must be there first.
                    FileSystems.Flush();
                    files.Write(next);
                    run = run.Enter(state, next, afterBoot) with { Disk = await packages.Whole(next, stop).ConfigureAwait(false) };
                    if (next.Phase != state.Phase)
                        Tell(next);
                    state = next;
                    break;
                case UpdateStep.Put(var side):
                    run = await Put(side, state, run, stop).ConfigureAwait(false);
                    break;
                case UpdateStep.Ask:
                    run = run with { Asked = true, Objection = await agent.Objection(files.Updater, stop).ConfigureAwait(false) };
                    break;
                case UpdateStep.Restart:
                    await Restart(state, stop).ConfigureAwait(false);
                    run = run with { Restarted = true };
                    break;
                case UpdateStep.Look:
                    await Task.Delay(BetweenLooks, time, stop).ConfigureAwait(false);
                    var reading = await agent.Look(stop).ConfigureAwait(false);
                    lastWords = reading.Words;
                    run = run with { Trial = run.Trial.See(reading, time.GetElapsedTime(restartedAt)) };
                    break;
                case UpdateStep.Finish(var kept):
                    await Finish(state, kept, stop).ConfigureAwait(false);
                    return true;
                case UpdateStep.GiveUp(var reason):
                    log.GaveUp(reason);
                    return false;
                default:
                    throw new UnreachableException();
            }
        }
    }

    private async Task<UpdateRun> Put(PackageSide side, UpdateState state, UpdateRun run, CancellationToken stop)
    {
        if (run.Failures > 0)
            await Task.Delay(BetweenFailures, time, stop).ConfigureAwait(false);
        var words = await packages.Install(files.Of(side)).ConfigureAwait(false);
        var disk = await packages.Whole(state, stop).ConfigureAwait(false);
        if (words is null && disk != (side == PackageSide.New ? DiskReading.New : DiskReading.Old))
            words = "dpkg said that all went well, and what is on the disk is not the package";
        if (words is null)
            return run with { Disk = disk };
        log.NotInstalled(files.Of(side), words);
        return run with { Disk = disk, Failures = run.Failures + 1, Words = words };
    }

    private async Task Restart(UpdateState state, CancellationToken stop)
    {
        Release(state);
        // A person stopped it.
        if ((state.Before == AgentStandard.Off ? await agent.Reload(stop).ConfigureAwait(false) : await agent.Restart(stop).ConfigureAwait(false)) is { } words)
            log.NotRestarted(words);
        restartedAt = time.GetTimestamp();
    }

    private async Task Finish(UpdateState state, bool kept, CancellationToken stop)
    {
        Release(state);
        // After a cut in this very place nothing was seen yet.
        if (lastWords == "not looked at" && state.Before != AgentStandard.Off)
            lastWords = (await agent.Look(stop).ConfigureAwait(false)).Words;
        var words = state.Before == AgentStandard.Off ? "stopped, as before" : lastWords;
        if (kept)
            log.Kept(state.From, state.To, words);
        else
            log.Undone(state.To, state.From, state.Reason, words);
        files.End(new(state.From, state.To, kept, state.Reason, words, time.GetUtcNow()));
    }

    /// <summary>Lets systemd start the agent.</summary>
    private void Release(UpdateState state)
    {
        if (!released)
            systemd.Ready(Words(state));
        released = true;
    }

    private void Tell(UpdateState state)
    {
        log.Stage(state.From, state.To, Words(state));
        if (released)
            systemd.Status(Words(state));
    }

    /// <summary>What goes on, for people.</summary>
    public static string Words(UpdateState state) => state.Phase switch
    {
        UpdatePhase.Install => $"installing {state.To}",
        UpdatePhase.Judge => state.Before switch
        {
            AgentStandard.Routing => $"{state.To} is installed, and must show that it is READY and routes",
            AgentStandard.Ready => $"{state.To} is installed, and must show that it is READY",
            AgentStandard.Down => $"{state.To} is installed; looking whether it runs",
            _ => $"{state.To} is installed",
        },
        UpdatePhase.Keep => $"{state.To} is good",
        UpdatePhase.Return => $"going back to {state.From}: {state.Reason}",
        _ => $"{state.From} is back, and being started",
    };
}
