using System.Threading.Channels;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Power;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Power;

/// <summary>
/// Acts on the power that the snapshot has: 1. looks what the clients do; 2. asks the policy; 3. writes what it decided to disk; 4. does it; 5. says how far it has come.
/// </summary>
internal sealed class OutageLoop(PowerConfig config, SnapshotFeed state, OutageFiles files, ClientCommands commands, BootFacts boot, ChannelWriter<Observation> observations, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan OnBattery = TimeSpan.FromSeconds(5);

    /// <summary>While all is well, the clients are looked at for the sake of their stop limits alone.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromMinutes(1);

    /// <summary>More than two readings of the clock can be apart by themselves.</summary>
    private static readonly TimeSpan ClockWasSet = TimeSpan.FromSeconds(2);

    /// <summary>Looks until the snapshot has followed.</summary>
    private const int Settling = 3;

    private Outage outage = Outage.None;
    private int settling;
    private (DateTimeOffset Clock, long Stamp)? last;
    private IReadOnlyDictionary<ClientUnit, ClientFacts> clients = new Dictionary<ClientUnit, ClientFacts>();
    private DateTimeOffset lookedAt = DateTimeOffset.MinValue;
    private OutageReading told = OutageReading.None;
    private int asked;

    /// <summary>Returns when stopped. Whatever was told to stop goes on stopping; the next start of the agent goes on from the file.</summary>
    public async Task Run(CancellationToken stop)
    {
        try
        {
            outage = files.Read();
            while (true)
            {
                await Step(stop).ConfigureAwait(false);
                await Task.Delay(Every, time, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (ChannelClosedException)
        {
        }
    }

    /// <summary>Somebody at the box asks for an orderly shutdown.</summary>
    /// <returns>Null: it begins. Else why not, in words.</returns>
    public async Task<string?> Shutdown(CancellationToken stop)
    {
        if (!config.Clients.Any())
            return "power names no client that must be stopped before (power.validator, power.consensus, power.execution)";
        if (await commands.MayNotPowerOff(stop).ConfigureAwait(false) is { } refusal)
            return refusal;
        Volatile.Write(ref asked, 1);
        return null;
    }

    private async Task Step(CancellationToken stop)
    {
        // 1.
        var isAsked = Interlocked.Exchange(ref asked, 0) == 1;
        var power = state.Current.Power;
        var now = time.GetUtcNow();
        if (ClockIsSet(now))
            return;
        var fresh = now - lookedAt >= (outage.Phase != OutagePhase.None ? TimeSpan.Zero : power.Source == PowerSource.Battery ? OnBattery : Calm);
        if (fresh)
            await Look(now, stop).ConfigureAwait(false);

        // 2.
        var ready = outage.Phase == OutagePhase.Returning && await IsReady(stop).ConfigureAwait(false);
        var before = outage;
        var move = Decide(power, ready, isAsked);
        // Who ran when the stop began is kept for long: not by what was seen a while ago.
        if (before.Phase != move.After.Phase && !fresh)
        {
            await Look(now, stop).ConfigureAwait(false);
            move = Decide(power, ready, isAsked);
        }

        // 3.
        if (move.After != outage)
            files.Write(outage = move.After);
        Say(before, outage);

        // 4.
        foreach (var action in move.Actions)
            switch (action)
            {
                case StopClient client:
                    commands.Stop(client.Unit, stop);
                    break;
                case StartClient client:
                    commands.Start(client.Unit, stop);
                    break;
                case PowerOff:
                    await commands.PowerOff(stop).ConfigureAwait(false);
                    break;
            }

        // 5.
        var reading = Reading();
        if (reading != told)
            await observations.WriteAsync(new OutageSeen(told = reading), stop).ConfigureAwait(false);
    }

    /// <summary>
    /// A board without a clock of its own boots hours behind, and is told the time while what was stopped waits to be started: that wait must not be taken for one of hours, and given up.
    /// </summary>
    /// <returns>True: the snapshot may be of before that, and its times with it.</returns>
    private bool ClockIsSet(DateTimeOffset now)
    {
        var stamp = time.GetTimestamp();
        var set = last is var (clock, before) ? now - clock - time.GetElapsedTime(before, stamp) : TimeSpan.Zero;
        last = (now, stamp);
        if (set.Duration() > ClockWasSet)
        {
            settling = Settling;
            if (outage.Phase != OutagePhase.None)
                files.Write(outage = outage.Later(set));
        }
        if (settling == 0)
            return false;
        settling--;
        return true;
    }

    private async Task Look(DateTimeOffset now, CancellationToken stop) =>
        (clients, lookedAt) = (await commands.Look([.. config.Clients.Union(outage.Clients.Select(c => c.Unit))], files.StopTimes(), stop).ConfigureAwait(false), now);

    private PowerMove Decide(PowerStatus power, bool ready, bool isAsked) => PowerPolicy.Next(outage, config, new(power, time.GetUtcNow(), boot.Id, clients, ready, isAsked));

    private async Task<bool> IsReady(CancellationToken stop) =>
        boot.HasNetwork() && state.Current.Conditions.All(c => c.Kind != Conditions.ClockWrong) && await commands.IsTimeRight(stop).ConfigureAwait(false) != false;

    private void Say(Outage before, Outage after)
    {
        if (after.ByPerson && !before.ByPerson)
            log.ShutdownBegins(after.Reason);
        if (before.Phase != after.Phase && !after.ByPerson)
        {
            if (after.Phase == OutagePhase.Stopping || (before.Phase == OutagePhase.None && after.IsStopping))
                log.StopBegins(after.Reason);
            else if (after.Phase == OutagePhase.Returning)
                log.Returning(after.Reason);
            else if (after.Phase == OutagePhase.None)
                log.Over(string.Join("; ", before.Problems) is { Length: > 0 } left ? left : "every client that ran before runs again");
        }
        if (before.Boot != after.Boot)
            return;
        var stopped = after.Clients.Where(c => c.Stage == ClientStage.Stopped)
            .Select(c => (c.Unit, Before: before.Clients.FirstOrDefault(b => b.Unit == c.Unit), c.Since))
            .Where(c => c.Before is { Stage: ClientStage.Stopping })
            .Select(c => (c.Unit, Seconds: Math.Max(0, (c.Since - c.Before!.Since).TotalSeconds)))
            .ToList();
        if (stopped.Count == 0)
            return;
        var times = files.StopTimes();
        foreach (var (unit, seconds) in stopped)
        {
            log.ClientStopped(unit.Text, seconds);
            times[unit.Text] = Math.Round(seconds, 1);
        }
        files.Write(times);
    }

    private OutageReading Reading()
    {
        IEnumerable<string?> problems =
        [
            .. outage.Problems,
            .. clients.Where(c => c.Value.Error is not null && outage.Clients.All(o => o.Unit != c.Key || o.Problem is null)).Select(c => $"{c.Key}: {c.Value.Error}"),
            outage.Phase == OutagePhase.PoweringOff ? commands.PowerOffError : null,
            files.Problem is { } problem ? $"the record of the outage cannot be written: {problem}" : null,
        ];
        var early = clients.Where(c => c.Value.KilledAfter is { } limit && limit < Budgets.Of(c.Key, config, c.Value))
            .Select(c => $"{c.Key} is killed {Verdict.Words(c.Value.KilledAfter!.Value)} after it is told to stop, and may need {Verdict.Words(Budgets.Of(c.Key, config, c.Value))}");
        return new(outage.IsStopping, outage.Phase == OutagePhase.Returning, outage.Reason, [.. problems.OfType<string>()], [.. early]) { ByPerson = outage.ByPerson };
    }
}
