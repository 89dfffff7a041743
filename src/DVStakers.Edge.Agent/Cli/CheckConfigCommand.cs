using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Agent.Config;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Power;

namespace DVStakers.Edge.Agent.Cli;

/// <summary><c>check-config</c>: every error, or what the agent would do.</summary>
internal static class CheckConfigCommand
{
    public static async Task<int> Execute(string? file, Discovery discovery, TextWriter output, TextWriter errors, TimeProvider time, CancellationToken stop)
    {
        var read = ConfigFile.Load(file, ConfigFile.ProcessEnvironment(), Environment.MachineName, out var source);
        read = ConfiguredMembership.Join(read, out var joined);
        using var membership = joined;
        foreach (var problem in read.Problems)
            await errors.WriteLineAsync(problem.ToString());
        if (read.Config is not { } config)
        {
            var count = read.Problems.Count(p => !p.IsWarning);
            if (!Environment.IsPrivilegedProcess)
                await errors.WriteLineAsync($"What user {Environment.UserName} cannot read, the agent's own user perhaps can: sudo dvstakers-edge check-config tells.");
            await errors.WriteLineAsync($"{count} error{(count == 1 ? "" : "s")}: the agent would not start.");
            return ExitCode.Config;
        }
        await output.WriteLineAsync($"OK  {source}");
        var peers = membership is null ? [] : PeerStacks.With(config, membership.Roster, membership.Box).Stacks.Where(s => s.Peer is not null).ToList();
        foreach (var line in Summary(config, peers, ConfiguredMembership.Describe(membership, config, time.GetUtcNow())))
            await output.WriteLineAsync(line);
        if (config is { Stacks.Count: 0, Role: BoxRole.Full })
            foreach (var note in (await discovery.Look(stop)).Notes)
                await output.WriteLineAsync($"   - {note}");
        if (membership is not null)
            foreach (var line in await MemberCheck.Lines(config, membership, time, stop))
                await output.WriteLineAsync(line);
        return ExitCode.Ok;
    }

    public static IEnumerable<string> Summary(EdgeConfig config, IReadOnlyList<StackConfig> peers, string membership)
    {
        yield return $"box {config.Box} in cluster {config.Cluster}";
        yield return membership;
        yield return $"validators and DVT clients: http://{config.Proxy.Listen}";
        yield return $"status: http://{config.Status.Listen}/status";
        yield return config.Mqtt is { } mqtt
            ? $"MQTT: {mqtt.Host}:{mqtt.Port}{(mqtt.Username is { } user ? $" as {user}" : "")}{(TlsFiles.Of(config) is { } tls ? $", TLS, authority {tls.Authority}" : "")}"
            : "MQTT: off (no mqtt section)";
        if (config.Power is { } power)
            yield return $"power: {PowerModels.Find(power.Model)!.Title}; {(PowerModels.Find(power.Model)!.Link == PowerLink.None ? "the panel's button" : "in an outage it")} stops, in this order: {(power.Clients.Any() ? string.Join(", ", power.Clients) : "nothing")}";
        if (config.Gateway is { } gateway)
            yield return $"lends its own nodes to the cluster: https://{gateway.Listen}";
        foreach (var peer in peers)
            yield return $"borrows, where its own are not well: {peer.Name} at {peer.BeaconNode}";
        if (config.Role == BoxRole.Auxiliary)
        {
            yield return "auxiliary: no stacks of its own";
            if (peers.Count < 2)
                yield return $"warning: {(peers.Count == 0 ? "no box" : "only one box")} of the cluster lends its nodes; two are needed for one to fail (docs/cluster.md)";
            yield break;
        }
        yield return config.Stacks.Count > 0
            ? "stacks, in the order of preference:"
            : "stacks: none configured, so the agent looks for them on this machine; now it finds:";
        for (var i = 0; i < config.Stacks.Count; i++)
            yield return $"  {i + 1}. {Describe(config.Stacks[i])}";
    }

    private static string Describe(StackConfig stack)
    {
        var execution = stack.ExecutionClient is { } url
            ? $"execution client {ConfigKeys.WithoutCredentials(url)}{(stack.JwtSecret is { } secret ? $" (engine port, secret {secret})" : "")}"
            : "no execution client, so it is judged by its beacon node alone and never ranks as healthy";
        return $"{stack.Name}: beacon node {ConfigKeys.WithoutCredentials(stack.BeaconNode)}, {execution}";
    }
}
