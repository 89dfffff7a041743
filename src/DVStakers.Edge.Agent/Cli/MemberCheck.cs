using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Agent.Cli;

/// <summary>What still stands between a member and its cluster, found by looking: settings, the broker's files, ports. For a person; nothing follows from it.</summary>
internal static class MemberCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static async Task<IReadOnlyList<string>> Lines(EdgeConfig config, Membership membership, TimeProvider time, CancellationToken stop)
    {
        var own = membership.Roster.Find(membership.Box)!;
        List<string> lines = [];
        if (MemberSettings.Missing(config, own) is { Length: > 0 } missing)
            lines.Add($"warning: the cluster needs these lines, which edge.yaml does not have:\n{missing.TrimEnd()}");
        var isLocal = config.Mqtt is { } mqtt && (mqtt.Host == "localhost" || (IPAddress.TryParse(mqtt.Host, out var address) && IPAddress.IsLoopback(address)));
        if (isLocal && BrokerFiles(config.Membership.Directory) is { } files)
            lines.Add(files);
        var looks = Doors(config, membership.Roster, membership.Box).Select(async door => (door, Problem: await Knock(door.Host, door.Port, time, stop).ConfigureAwait(false)));
        foreach (var (door, problem) in await Task.WhenAll(looks).ConfigureAwait(false))
            lines.Add(problem is null
                ? $"{door.What} answers at {new HostPort(door.Host, door.Port)}"
                : $"warning: {door.What} does not answer at {new HostPort(door.Host, door.Port)} ({problem}): {door.Remedy}");
        return lines;
    }

    /// <summary>Null where they are right, or where only root can see them.</summary>
    private static string? BrokerFiles(string membership)
    {
        try
        {
            var command = new BrokerCommand(membership, "/etc/mosquitto", null, null, BrokerPlan.DefaultLocalPort, Shared: false, Check: true);
            // The one broker of all has other files than a mesh's; either will do.
            return command.Outdated() is { Count: > 0 } outdated && (command with { Shared = true }).Outdated().Count > 0
                ? $"warning: mosquitto's files are not what the roster asks for ({string.Join(", ", outdated)}): sudo dvstakers-edge broker render"
                : null;
        }
        catch (Exception e) when (e is MembershipException or IOException or UnauthorizedAccessException or CryptographicException or RosterException or ArgumentException)
        {
            return null;
        }
    }

    private static IEnumerable<(string What, string Host, int Port, string Remedy)> Doors(EdgeConfig config, Roster roster, string box)
    {
        if (config.Mqtt is { } mqtt)
            yield return ("this box's broker", mqtt.Host, mqtt.Port, "sudo systemctl restart mosquitto, and journalctl -u mosquitto says why");
        foreach (var member in roster.Members.Where(m => m.Box != box))
        {
            if (member.Broker is { } text && HostPort.TryParse(text, out var broker))
                yield return ($"the broker of {member.Box}", broker.Host, broker.Port, "does mosquitto run there, and is the port open to this box?");
            if (member is { Gateway: { } gateway, Role: MemberRole.Full })
                yield return ($"the gateway of {member.Box}", gateway.DnsSafeHost, gateway.Port, "does the agent run there, with gateway: {} in its edge.yaml, and is the port open to this box?");
        }
    }

    /// <summary>Null: somebody takes the connection.</summary>
    private static async Task<string?> Knock(string host, int port, TimeProvider time, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(host, port, either.Token).ConfigureAwait(false);
            return null;
        }
        catch (SocketException e)
        {
            return e.Message;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return $"nothing within {Patience.TotalSeconds} s, as when a firewall drops it";
        }
    }
}
