using System.Net;
using System.Security.Cryptography;
using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Core.Cluster;

namespace DVStakers.Edge.Agent.Cli;

/// <summary><c>broker render</c>: writes what this box's mosquitto needs, or says whether what is there is right.</summary>
/// <param name="Membership">The cluster directory.</param>
/// <param name="Out">mosquitto's configuration folder.</param>
/// <param name="Options">As they were given, for the next time.</param>
/// <param name="Port">Null: the one that the roster names for this box's broker.</param>
internal sealed record BrokerCommand(string Membership, string Out, int? Port, string? Address, int LocalPort, bool Shared, bool Check, string Options = "")
{
    public Task<int> Execute(TextWriter output, TextWriter errors) => Tell(errors, async () =>
    {
        if (Check)
            return await Compare(output);
        await output.WriteLineAsync(await Write(output) switch
        {
            BrokerChange.Restart => "Next: sudo systemctl restart mosquitto",
            BrokerChange.Reload => "Next: sudo systemctl reload mosquitto",
            _ => "Nothing has changed.",
        });
        return ExitCode.Ok;
    });

    /// <summary>Writes what has changed, and has mosquitto take it on; again, where the roster changed meanwhile.</summary>
    /// <param name="systemctl">Runs that verb on mosquitto's unit; null, or why it failed.</param>
    public Task<int> Follow(TextWriter output, TextWriter errors, Func<string, Task<string?>> systemctl) => Tell(errors, async () =>
    {
        while (await Write(output) is var change && change != BrokerChange.None)
        {
            var verb = change == BrokerChange.Restart ? "restart" : "reload";
            if (await systemctl(verb) is { } problem)
            {
                await errors.WriteLineAsync($"mosquitto does not go by the new roster yet: {problem.Trim()}. Next: sudo systemctl {verb} mosquitto");
                return ExitCode.Failed;
            }
            await output.WriteLineAsync($"systemctl {verb} mosquitto");
        }
        return ExitCode.Ok;
    });

    private async Task<int> Tell(TextWriter errors, Func<Task<int>> act)
    {
        try
        {
            return await act();
        }
        catch (Exception e) when (e is MembershipException or ArgumentException)
        {
            await errors.WriteLineAsync(e.Message);
        }
        catch (UnauthorizedAccessException e)
        {
            await errors.WriteLineAsync($"{e.Message} Run it with sudo: the box's key is secret, and so is mosquitto's copy of it.");
        }
        catch (Exception e) when (e is IOException or CryptographicException or RosterException)
        {
            await errors.WriteLineAsync($"{Membership}: {e.Message}");
        }
        return ExitCode.Failed;
    }

    /// <summary>The files that the roster asks to be another, whatever options were given the last time.</summary>
    /// <exception cref="RosterException">Roster or certificates cannot be used.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public IReadOnlyList<string> Outdated()
    {
        return [.. Changed(Plan())
            .Where(f => f.Name != BrokerFiles.Configuration || !File.Exists(Path.Combine(Out, f.Name)))
            .Select(f => f.Name)];
    }

    private BrokerPlan Plan()
    {
        // As the agent reads it: signed by the CA, or written by hand as a whole. Nobody becomes a peer of this broker, or gets a line of its ACL, by a changed file.
        var directory = new ClusterDirectory(Membership);
        if (MembershipFiles.Load(directory) is not var (box, standing))
            throw new MembershipException(directory.In(ClusterDirectory.RosterFile), Newcomer.NoMember(directory).Text);
        var roster = standing.Roster;
        var own = roster.Find(box)!;
        var port = Port ?? (own.Broker is { } broker && HostPort.TryParse(broker, out var known) ? known.Port : BrokerPlan.DefaultPort);
        if (port is < 1 or > 65535 || LocalPort is < 0 or > 65535 || port == LocalPort)
            throw new ArgumentException($"ports {port} and {LocalPort} cannot be taken: give --port and --local-port two different ones from 1 to 65535 (--local-port 0: none)");
        if (Address is not null && !IPAddress.TryParse(Address, out _))
            throw new ArgumentException($"--address {Address} is not an IP address of this machine");
        return new()
        {
            Roster = roster,
            Box = box,
            Folder = Path.Combine(Path.GetFullPath(Out), BrokerFiles.Folder),
            Shared = Shared,
            Port = port,
            Address = Address,
            LocalPort = LocalPort,
            Options = Options,
            HasRevocations = File.Exists(Path.Combine(Membership, BrokerFileNames.Revocations)),
        };
    }

    private List<BrokerFile> Changed(BrokerPlan plan) => BrokerFiles.Changed(Out, BrokerFiles.Compose(Membership, plan));

    private async Task<int> Compare(TextWriter output)
    {
        var changed = Changed(Plan());
        foreach (var file in changed)
            await output.WriteLineAsync($"not as it should be: {Path.Combine(Out, file.Name)}");
        await output.WriteLineAsync(changed.Count == 0
            ? $"OK  {Out} is what the roster asks for"
            : "Next: sudo dvstakers-edge broker render, with the options you gave the last time");
        return changed.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    private async Task<BrokerChange> Write(TextWriter output)
    {
        var plan = Plan();
        var changed = Changed(plan);
        var given = BrokerFiles.Write(Out, changed);
        foreach (var file in changed)
            await output.WriteLineAsync($"wrote {Path.Combine(Out, file.Name)}");
        foreach (var member in plan.Pulled)
            await output.WriteLineAsync($"pulls from {member.Box} at {member.Broker}");
        foreach (var member in plan.Shared ? [] : plan.Roster.Members.Where(m => m.Box != plan.Box && m.Broker is null))
            await output.WriteLineAsync($"does not pull from {member.Box}: the roster names no broker of it");
        if (!given)
            await output.WriteLineAsync($"mosquitto may be unable to read them. Is it installed? sudo apt install mosquitto; then sudo chgrp -R mosquitto {plan.Folder}");
        return changed.Select(f => f.Change).DefaultIfEmpty().Max();
    }
}
