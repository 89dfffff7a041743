using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Agent.Config;

/// <summary>What one look around brought.</summary>
/// <param name="Notes">What was found and how it was put together, in sentences.</param>
internal sealed record Discovered(IReadOnlyList<StackConfig> Stacks, IReadOnlyList<string> Notes);

/// <summary>
/// Looks for stacks on this machine:
/// 1. asks every usual port at once what it is; 2. asks engine ports, where a JWT secret can be read, for the beacon nodes that still lack an execution client;
/// 3. asks each execution client for the block of each beacon node's head; 4. pairs them.
/// </summary>
internal sealed class Discovery(DiscoveryPlaces places, TimeProvider time)
{
    private readonly NodeIdentity identity = new(time, places.Patience);

    public async Task<Discovered> Look(CancellationToken stop)
    {
        var notes = new List<string>();

        // 1.
        var beaconAnswers = places.Beacon.Select(port => identity.Beacon(At(port), stop)).ToList();
        var executionAnswers = places.Execution.Select(port => identity.Execution(At(port), null, stop)).ToList();
        var beacons = (await Task.WhenAll(beaconAnswers)).OfType<FoundBeacon>().ToList();
        var executions = (await Task.WhenAll(executionAnswers)).OfType<FoundExecution>().ToList();

        // 2.
        if (executions.Count < beacons.Count)
            executions.AddRange(await Engines(executions, notes, stop));
        if (beacons.Count == 0)
            return new([], [NothingFound(executions)]);

        // 3.
        var holders = await Task.WhenAll(beacons.Select(b => Holders(b, executions, stop)));

        // 4.
        var pairs = StackPairing.Pair(holders, executions.Count);
        var stacks = new List<StackConfig>();
        for (var i = 0; i < beacons.Count; i++)
        {
            var execution = pairs[i].Execution is { } e ? executions[e] : null;
            var name = NameOf(beacons[i], stacks);
            stacks.Add(new StackConfig { Name = name, BeaconNode = beacons[i].Address, ExecutionClient = execution?.Address, JwtSecret = execution?.JwtSecret });
            notes.Add($"found stack {name}: {beacons[i].Version} at {beacons[i].Address}{Partner(execution, pairs[i].Grounds)}");
        }
        foreach (var left in executions.Where(e => !stacks.Exists(s => s.ExecutionClient == e.Address)))
            notes.Add($"found {Client(left.Version)} at {left.Address}, which belongs to none of the beacon nodes found; it is not used");
        return new(stacks, notes);
    }

    /// <summary>How long until the machine is looked at again.</summary>
    public TimeSpan Interval => places.Interval;

    /// <summary>Looks again and again; returns when there is a beacon node, or an execution client for one that had none, that was not known.</summary>
    public async Task<Discovered> LookForMore(Discovered known, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(places.Interval, time);
        while (await timer.WaitForNextTickAsync(stop))
        {
            var seen = await Look(stop);
            var merged = Merge(known.Stacks, seen.Stacks);
            if (!merged.SequenceEqual(known.Stacks))
                return new(merged, seen.Notes);
        }
        return known;
    }

    /// <summary>All that is known, completed by what is seen; nothing known is dropped because it happens to be down.</summary>
    internal static IReadOnlyList<StackConfig> Merge(IReadOnlyList<StackConfig> known, IReadOnlyList<StackConfig> seen)
    {
        var merged = new List<StackConfig>();
        foreach (var stack in known)
        {
            var now = seen.FirstOrDefault(s => s.BeaconNode == stack.BeaconNode);
            var taken = known.Any(k => k.ExecutionClient is not null && k.ExecutionClient == now?.ExecutionClient);
            merged.Add(stack.ExecutionClient is null && now?.ExecutionClient is not null && !taken
                ? stack with { ExecutionClient = now.ExecutionClient, JwtSecret = now.JwtSecret }
                : stack);
        }
        foreach (var stack in seen.Where(s => known.All(k => k.BeaconNode != s.BeaconNode)))
        {
            var name = merged.Exists(m => m.Name == stack.Name) ? $"{stack.Name}-{stack.BeaconNode.Port}" : stack.Name;
            var taken = merged.Exists(m => m.ExecutionClient is not null && m.ExecutionClient == stack.ExecutionClient);
            merged.Add(taken ? stack with { Name = name, ExecutionClient = null, JwtSecret = null } : stack with { Name = name });
        }
        return merged;
    }

    private Uri At(int port) => new($"http://{places.Host}:{port}");

    private async Task<IReadOnlySet<int>> Holders(FoundBeacon beacon, List<FoundExecution> executions, CancellationToken stop)
    {
        if (beacon.HeadBlock is not { } block)
            return new HashSet<int>();
        var has = await Task.WhenAll(executions.Select(e => identity.HasBlock(e, block, stop)));
        return Enumerable.Range(0, has.Length).Where(i => has[i]).ToHashSet();
    }

    private async Task<List<FoundExecution>> Engines(List<FoundExecution> open, List<string> notes, CancellationToken stop)
    {
        var secrets = places.JwtSecrets.Where(IsReadableSecret).ToList();
        var found = new List<FoundExecution>();
        foreach (var address in places.Engine.Select(At))
        {
            var locked = false;
            FoundExecution? engine = null;
            foreach (var secret in secrets.Cast<string?>().DefaultIfEmpty(null))
                if ((engine = await identity.Execution(address, secret, stop, () => locked = true)) is not null)
                    break;
            // The engine port of a client whose open port was found already is not a second client.
            if (engine is { JwtSecret: not null } && !open.Exists(o => o.Version == engine.Version))
                found.Add(engine);
            else if (engine is null && locked)
                notes.Add($"{address} is an engine port, but {(secrets.Count == 0 ? "no JWT secret could be read" : "none of the JWT secrets found opens it")} ({string.Join(", ", places.JwtSecrets)}): write execution-client and jwt-secret into the configuration");
        }
        return found;
    }

    private static bool IsReadableSecret(string path)
    {
        try
        {
            return File.Exists(path) && SecretFiles.LooksLikeJwtSecret(File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // One of many usual places, and not ours to read: as good as not there. A locked engine port is reported by its own sentence.
            return false;
        }
    }

    private string NothingFound(List<FoundExecution> executions) =>
        $"no beacon node found on {places.Host} (looked on ports {string.Join(", ", places.Beacon)})"
        + (executions.Count > 0 ? $", only {string.Join(" and ", executions.Select(e => $"{Client(e.Version)} at {e.Address}"))}" : "")
        + $"; until there is one, the proxy answers 503 and the validator uses its own fallback. Start a beacon node with its HTTP API on, or name yours in {ConfigFile.DefaultPath}: stacks: [{{ name: main, beacon-node: http://HOST:5052, execution-client: http://HOST:8545 }}]";

    private static string Partner(FoundExecution? execution, PairingGrounds grounds) => execution is null
        ? ", without an execution client: it is judged by its beacon node alone"
        : $" with {Client(execution.Version)} at {execution.Address}" + grounds switch
        {
            PairingGrounds.OnlyMatch => " (it has the block of the beacon node's head)",
            PairingGrounds.Order => " (paired by the order of ports: several clients have that block, so if this is wrong, write the pairs into the configuration)",
            _ => " (the only ones left, though it does not have the block of the beacon node's head yet)",
        };

    private static string NameOf(FoundBeacon beacon, List<StackConfig> taken)
    {
        var name = Client(beacon.Version).ToLowerInvariant();
        return taken.Exists(s => s.Name == name) ? $"{name}-{beacon.Address.Port}" : name;
    }

    /// <summary>The client's name of a version such as <c>Geth/v1.14.0/linux-amd64</c>.</summary>
    private static string Client(string version)
    {
        var name = string.Concat(version.TakeWhile(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
        return name.Length > 0 ? name : "an execution client";
    }
}
