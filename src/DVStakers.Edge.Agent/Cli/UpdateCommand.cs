using System.CommandLine;
using DVStakers.Edge.Agent.Power;
using DVStakers.Edge.Agent.Updates;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Updates;
using DVStakers.Edge.Linux.Systemd;

namespace DVStakers.Edge.Agent.Cli;

/// <summary><c>update</c>: puts a signed package in, and back out where its agent is not good; says what would be done; and is what the update's unit runs.</summary>
internal sealed class UpdateCommand(UpdateFiles files, TimeProvider time, TextWriter output, TextWriter errors)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(300);

    /// <summary>systemd takes a moment from the call to the unit's start.</summary>
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(20);

    private readonly Packages packages = new(time);
    private readonly AgentUnit agent = new(time);

    public static Command Create(TimeProvider time)
    {
        var command = new UpdateCommand(new(UpdateFiles.DefaultDirectory), time, Console.Out, Console.Error);
        var file = new Argument<string?>("FILE") { Description = "The package: dvstakers-edge_VERSION_ARCHITECTURE.deb, its signature beside it as FILE.sig.", Arity = ArgumentArity.ZeroOrOne };
        var signature = new Option<string?>("--signature") { Description = "The signature. Default: FILE.sig.", HelpName = "SIG" };
        var check = new Option<bool>("--check") { Description = "Change nothing: say what is installed, whose packages are taken, and what would be done with FILE." };
        var downgrade = new Option<bool>("--allow-downgrade") { Description = "Also to a version that is older than the one installed." };
        var goOn = new Option<bool>("--continue") { Description = "Go on with an update that was begun. The unit dvstakers-edge-update does this." };
        var update = new Command("update", "Update the agent from a signed package, and go back by itself where the new version is not READY and routing in time (docs/updates.md). Exit code: 0 updated, 1 not, with the reason.")
        {
            file, signature, check, downgrade, goOn,
        };
        update.SetAction((parsed, stop) => command.Execute(parsed.GetValue(file), parsed.GetValue(signature), parsed.GetValue(check), parsed.GetValue(downgrade), parsed.GetValue(goOn), stop));
        return update;
    }

    private async Task<int> Execute(string? file, string? signature, bool check, bool downgrade, bool goOn, CancellationToken stop)
    {
        try
        {
            var preparation = new Preparation(files, packages, agent, Preparation.KeyFolders, time);
            return goOn ? await Continue(stop)
                : check ? await Check(preparation, file, signature ?? file + ".sig", stop)
                : file is null ? await Fail("Which package? Like this: sudo dvstakers-edge update ./dvstakers-edge_VERSION_ARCHITECTURE.deb")
                : await Update(preparation, file, signature ?? file + ".sig", downgrade, stop);
        }
        catch (UpdateException e)
        {
            return await Fail(e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return await Fail($"{e.Message}. Run this as root: sudo dvstakers-edge update");
        }
    }

    private async Task<int> Check(Preparation preparation, string? file, string signature, CancellationToken stop)
    {
        var installed = await packages.Installed(stop);
        await output.WriteLineAsync(installed is null ? "dpkg knows no dvstakers-edge on this box; this binary did not come with a package." : $"installed  {installed.Version} ({installed.Architecture})");
        foreach (var key in preparation.Keys())
            await output.WriteLineAsync($"key        {key.Name}: {PackageSignature.Fingerprint(key) ?? "no public key of the right kind (ECDSA over P-256, PEM)"}");
        if (preparation.Keys().Count == 0)
            await output.WriteLineAsync($"key        none: no package is taken. Put the public key of whose packages you trust into {Preparation.KeyFolders[^1]} as NAME.pem");
        if (!Environment.IsPrivilegedProcess && Directory.Exists(files.Directory))
            await output.WriteLineAsync("last       known to root alone: sudo dvstakers-edge update --check");
        else
        {
            if (files.Last() is { } last)
                await output.WriteLineAsync($"last       {Words(last)}");
            if (files.State() is { } state)
                await output.WriteLineAsync($"now        {Updater.Words(state)}, since {state.StartedAt:yyyy-MM-dd HH:mm} UTC");
        }
        if (file is null)
        {
            await output.WriteLineAsync("What a package would change: dvstakers-edge update --check FILE");
            return ExitCode.Ok;
        }
        var plan = await preparation.Plan(file, signature, allowDowngrade: true, stop);
        await output.WriteLineAsync($"signed by  {plan.Key}");
        await output.WriteLineAsync($"would go   from {plan.From} to {plan.To}{(plan.IsDowngrade ? ", which is older: it needs --allow-downgrade" : "")}, and back where the agent is not good in time");
        return ExitCode.Ok;
    }

    private async Task<int> Update(Preparation preparation, string file, string signature, bool downgrade, CancellationToken stop)
    {
        files.Create();
        UpdateState state;
        using (var held = files.Hold() ?? throw new UpdateException("Another update is going on: sudo dvstakers-edge update --check"))
        {
            // Nobody carries it on, and it has an end to come to first: what is on the disk may be neither version.
            if (files.State() is { } other)
                throw new UpdateException($"An update from {other.From} to {other.To} came to no end ({Updater.Words(other)}). Let it: sudo systemctl start dvstakers-edge-update");
            var plan = await preparation.Plan(file, signature, downgrade, stop);
            await output.WriteLineAsync($"{file}: signed by {plan.Key}");
            if (plan.Damaged.Count > 0)
                await errors.WriteLineAsync($"Of the installed version {plan.From}, which would be put back, these are not as they were packed: {string.Join(", ", plan.Damaged)}");
            state = await preparation.Lay(plan, stop);
        }
        if (await agent.StartUpdate(stop) is { } words)
        {
            files.Clear();
            throw new UpdateException($"systemd does not start {AgentUnit.UpdateUnit}, which does the work ({words}). Nothing was changed");
        }
        await output.WriteLineAsync($"From {state.From} to {state.To}. It goes on by itself if you leave: journalctl -fu dvstakers-edge-update");
        return await Follow(state, stop);
    }

    private async Task<int> Follow(UpdateState begun, CancellationToken stop)
    {
        UpdatePhase? told = null;
        var since = time.GetTimestamp();
        try
        {
            while (files.State() is { } state && state.StartedAt == begun.StartedAt)
            {
                if (state.Phase != told)
                    await output.WriteLineAsync(Updater.Words(state));
                told = state.Phase;
                await Task.Delay(BetweenLooks, time, stop);
                if (time.GetElapsedTime(since) > StartsWithin && await agent.ActiveState(AgentUnit.UpdateUnit, stop) is "failed" or "inactive" && files.State() is not null)
                    return await Fail("The update came to no end: journalctl -u dvstakers-edge-update. The next boot tries again; now: sudo systemctl start dvstakers-edge-update");
            }
        }
        catch (OperationCanceledException)
        {
            await output.WriteLineAsync("The update goes on. How it ended: sudo dvstakers-edge update --check");
            return ExitCode.Failed;
        }
        if (files.Last() is not { } last || last.To != begun.To)
            return await Fail("The update came to no end, and was taken away by hand.");
        if (!last.Kept)
            return await Fail(Words(last));
        await output.WriteLineAsync(Words(last));
        return ExitCode.Ok;
    }

    private async Task<int> Continue(CancellationToken stop)
    {
        using var logs = Logging.Create(LogLevelName.Info, Logging.UnderJournal, time);
        using var systemd = SystemdNotify.FromEnvironment();
        using var held = files.Hold();
        if (held is null)
            return await Fail("Another process goes on with it.");
        try
        {
            return await new Updater(files, packages, agent, systemd, new BootFacts().Id, time, logs.CreateLogger("update")).Run(stop) ? ExitCode.Ok : ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            // The box goes down. The next start goes on from here.
            return ExitCode.Ok;
        }
    }

    private static string Words(UpdateOutcome last) => last.Kept
        ? $"{last.At:yyyy-MM-dd HH:mm} UTC: updated from {last.From} to {last.To}. The agent: {last.Agent}"
        : $"{last.At:yyyy-MM-dd HH:mm} UTC: the update to {last.To} was undone, and {last.From} is back: {last.Reason}. The agent: {last.Agent}";

    private async Task<int> Fail(string message)
    {
        await errors.WriteLineAsync(Printable.Of(message));
        return ExitCode.Failed;
    }
}
