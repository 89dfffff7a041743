using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace DVStakers.Edge.Core.Cluster;

/// <summary>
/// The part of mosquitto.conf (2.0) that makes a box's broker one of the cluster's. Each broker pulls the subtree of each other box from that box's own
/// broker, and nobody pushes: so every message comes over one way only, and no loop and no duplicate can be, however many they are.
/// It fits behind Debian's own mosquitto.conf, which sets <c>pid_file</c>, <c>persistence_location</c> and <c>log_dest file</c>; mosquitto takes none of
/// them twice.
/// </summary>
public static class BrokerConfiguration
{
    /// <exception cref="RosterException">A member's certificate cannot be read.</exception>
    public static string Of(BrokerPlan plan)
    {
        var text = new StringBuilder();
        text.Append(plan.Heading).Append('\n');
        text.Append(Common(plan.Folder));
        if (plan.LocalPort > 0)
            text.Append(LocalListener(plan.LocalPort));
        text.Append(Listener(plan));
        foreach (var member in plan.Pulled)
            text.Append(Bridge(plan, member));
        return text.ToString();
    }

    private static string Common(string folder) => $"""

        # Everybody says everything again within seconds: nothing here is worth a write to an SD card, and leftovers would only mislead.
        persistence false
        log_dest syslog

        # A payload over 64 KiB is dropped; a packet over 1 MiB ends the connection, before it takes that much memory.
        message_size_limit 65536
        max_packet_size 1048576
        # For a reader that hangs. What matters is retained, so it misses nothing that is still true.
        max_inflight_messages 20
        max_queued_messages 200

        # A name comes from a certificate: no name has a password (the file is empty), so nobody on this machine takes one by asking for it.
        allow_anonymous true
        password_file {folder}/{BrokerFileNames.Passwords}
        acl_file {folder}/{BrokerFileNames.Acl}

        """;

    private static string LocalListener(int port) => $"""

        # For the people on this machine: mosquitto_sub without a name. The ACL lets them read.
        listener {port} 127.0.0.1
        max_connections 64

        """;

    private static string Listener(BrokerPlan plan) => $"""

        # For {(plan.Shared ? "the agents of all boxes" : "this box's agent, and the brokers of the other boxes, which pull")}. One connection for each certificate: nobody can throw another out by taking its client id.
        listener {plan.Port}{(plan.Address is { } address ? " " + address : "")}
        max_connections 256
        cafile {plan.Folder}/{BrokerFileNames.Authority}
        certfile {plan.Folder}/{BrokerFileNames.Certificate}
        keyfile {plan.Folder}/{BrokerFileNames.Key}
        {(plan.HasRevocations ? $"crlfile {plan.Folder}/{BrokerFileNames.Revocations}\n" : "")}tls_version tlsv1.2
        require_certificate true
        use_identity_as_username true
        use_username_as_clientid true

        """;

    private static string Bridge(BrokerPlan plan, Member peer)
    {
        if (!HostPort.TryParse(peer.Broker ?? "", out var broker))
            throw new RosterException($"the broker of {peer.Box} is '{peer.Broker}': it must be a host and a port");
        return $"""

            connection {peer.Box}
            # mosquitto takes an IPv6 address without brackets.
            address {broker.Host}:{broker.Port}
            topic # in 1 {plan.Subtree(peer.Box)} {plan.Subtree(peer.Box)}
            bridge_cafile {plan.Folder}/{BrokerFileNames.Authority}
            bridge_certfile {plan.Folder}/{BrokerFileNames.Certificate}
            bridge_keyfile {plan.Folder}/{BrokerFileNames.Key}
            {(IsNamed(peer, broker.Host) ? "" : Insecure(broker.Host, plan.Roster.Cluster))}remote_clientid {plan.Box}-pulls-{peer.Box}
            # A clean session: after a cut the peer hands over what holds now, and not the queue of what held before.
            cleansession true
            bridge_attempt_unsubscribe false
            # $SYS/broker/connection/{plan.Box}-pulls-{peer.Box}/state, here and not there: 1 while it is connected.
            notifications true
            notifications_local_only true
            keepalive_interval 15
            # Seconds, with jitter. A peer is believed for 30 s: its broker's restart must not take longer.
            restart_timeout 1 10

            """;
    }

    private static string Insecure(string host, string cluster) =>
        $"# {host} is not in the certificate of that box. Its chain is checked all the same, so who answers is of cluster {cluster}; and each box signs what it says.\n"
        + "bridge_insecure true\n";

    private static bool IsNamed(Member peer, string host)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(peer.Certificate);
            return certificate.MatchesHostname(host);
        }
        catch (CryptographicException e)
        {
            throw new RosterException($"the certificate of {peer.Box} cannot be read ({e.Message}): ask that box for it again");
        }
    }
}
