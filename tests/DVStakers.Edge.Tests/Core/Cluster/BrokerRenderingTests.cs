using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DVStakers.Edge.Core.Cluster;
using FsCheck;
using FsCheck.Fluent;

namespace DVStakers.Edge.Tests.Core.Cluster;

public sealed class BrokerRenderingTests
{
    private static readonly string Certificate = MakeCertificate("node-1", "10.0.0.1", "2001:db8::1");

    /// <summary>Members by whether they have a broker.</summary>
    private static readonly Arbitrary<bool[]> Rosters = Gen.Elements(true, false).ArrayOf().Where(m => m.Length is > 0 and < 20).ToArbitrary();

    [Fact]
    public void Every_box_with_a_broker_is_pulled_by_every_other_over_one_way_only_and_nothing_is_pushed() =>
        Prop.ForAll(Rosters, members =>
        {
            var roster = RosterOf(members);
            return roster.Members.All(own =>
            {
                var lines = Lines(BrokerConfiguration.Of(Plan(roster, own.Box)));
                var expected = roster.Members.Where(m => m.Broker is not null && m != own)
                    .Select(m => $"topic # in 1 dvstakers/kili/{m.Box}/ dvstakers/kili/{m.Box}/");
                return lines.Where(l => l.StartsWith("topic ", StringComparison.Ordinal)).SequenceEqual(expected)
                    && lines.Count(l => l.StartsWith("remote_clientid ", StringComparison.Ordinal)) == expected.Count()
                    && lines.Where(l => l.StartsWith("remote_clientid ", StringComparison.Ordinal)).Distinct().Count() == expected.Count();
            });
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_box_writes_below_its_own_name_at_its_own_broker_and_nobody_writes_anything_else() =>
        Prop.ForAll(Rosters, members =>
        {
            var roster = RosterOf(members);
            return roster.Members.All(own =>
            {
                var acl = BrokerAcl.Of(Plan(roster, own.Box));
                return roster.Members.Select(m => m.Box).Append(null).All(who =>
                    roster.Members.All(m => Allows(acl, who, "write", $"dvstakers/kili/{m.Box}/health") == (who == own.Box && m.Box == own.Box))
                    && roster.Members.All(m => Allows(acl, who, "read", $"dvstakers/kili/{m.Box}/health") == (who is null || who == own.Box || m.Box == own.Box)));
            });
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void At_a_shared_broker_a_box_writes_below_its_own_name_and_reads_all_and_there_is_no_bridge() =>
        Prop.ForAll(Rosters, members =>
        {
            var plan = Plan(RosterOf(members), "node-0") with { Shared = true };
            var acl = BrokerAcl.Of(plan);
            return !BrokerConfiguration.Of(plan).Contains("\nconnection ", StringComparison.Ordinal)
                && plan.Roster.Members.All(who => plan.Roster.Members.All(m =>
                    Allows(acl, who.Box, "write", $"dvstakers/kili/{m.Box}/health") == (m == who) && Allows(acl, who.Box, "read", $"dvstakers/kili/{m.Box}/health")))
                && plan.Roster.Members.All(m => !Allows(acl, null, "write", $"dvstakers/kili/{m.Box}/health"));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_removed_box_is_nowhere_in_the_ACL()
    {
        var roster = RosterOf(true, true) with { Removed = [new("gone", "01", DateTimeOffset.UnixEpoch)] };
        Assert.DoesNotContain("gone", BrokerAcl.Of(Plan(roster, "node-0")));
        Assert.DoesNotContain("gone", BrokerConfiguration.Of(Plan(roster, "node-0")));
    }

    [Fact]
    public void Only_a_certificate_of_the_cluster_opens_the_listener_to_the_world()
    {
        var lines = Lines(BrokerConfiguration.Of(Plan(RosterOf(true), "node-0") with { Port = 9999, LocalPort = 1999 }));
        Assert.Equal(["listener 1999 127.0.0.1", "listener 9999"], lines.Where(l => l.StartsWith("listener ", StringComparison.Ordinal)));
        Assert.All(new[] { "require_certificate true", "use_identity_as_username true", "use_username_as_clientid true", "cafile /f/ca.crt", "certfile /f/box.crt", "keyfile /f/box.key" },
            line => Assert.True(lines.IndexOf(line) > lines.IndexOf("listener 9999"), line));
        Assert.DoesNotContain(lines, l => l.StartsWith("crlfile", StringComparison.Ordinal));

        lines = Lines(BrokerConfiguration.Of(Plan(RosterOf(true), "node-0") with { LocalPort = 0, Address = "10.8.0.1", HasRevocations = true }));
        Assert.Equal(["listener 8883 10.8.0.1"], lines.Where(l => l.StartsWith("listener ", StringComparison.Ordinal)));
        Assert.Contains("crlfile /f/crl.pem", lines);
    }

    /// <summary>mosquitto 2.0 does not start with any of these said twice, and Debian's mosquitto.conf says them.</summary>
    [Fact]
    public void Nothing_is_said_that_Debian_s_own_configuration_says_and_nothing_twice()
    {
        var lines = Lines(BrokerConfiguration.Of(Plan(RosterOf(true, true, true), "node-0")));
        Assert.DoesNotContain(lines, l => l.StartsWith("pid_file", StringComparison.Ordinal) || l.StartsWith("persistence_location", StringComparison.Ordinal) || l.StartsWith("log_dest file", StringComparison.Ordinal));
        foreach (var once in new[] { "acl_file", "password_file", "allow_anonymous", "persistence", "max_packet_size" })
            Assert.Single(lines, l => l.StartsWith(once + " ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("node-1:8883", "address node-1:8883", false)]
    [InlineData("10.0.0.1:8884", "address 10.0.0.1:8884", false)]
    [InlineData("[2001:db8::1]:8883", "address 2001:db8::1:8883", false)]
    [InlineData("10.0.0.2:8883", "address 10.0.0.2:8883", true)]
    [InlineData("other.example:8883", "address other.example:8883", true)]
    public void The_name_is_checked_wherever_the_peer_s_certificate_has_it(string broker, string address, bool insecure)
    {
        var roster = RosterOf(true, true);
        roster = roster with { Members = [roster.Members[0], roster.Members[1] with { Broker = broker }] };
        var lines = Lines(BrokerConfiguration.Of(Plan(roster, "node-0")));
        Assert.Contains(address, lines);
        Assert.Equal(insecure, lines.Contains("bridge_insecure true"));
    }

    [Fact]
    public void A_certificate_that_is_none_is_named()
    {
        var roster = RosterOf(true, true);
        roster = roster with { Members = [roster.Members[0], roster.Members[1] with { Certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" }] };
        Assert.Contains("node-1", Assert.Throws<RosterException>(() => BrokerConfiguration.Of(Plan(roster, "node-0"))).Message);
    }

    /// <summary>mosquitto's rule: lines before the first user are for those without a name, lines behind a user for that one alone.</summary>
    private static bool Allows(string acl, string? who, string access, string topic)
    {
        string? section = null;
        foreach (var line in Lines(acl))
            if (line.StartsWith("user ", StringComparison.Ordinal))
                section = line["user ".Length..];
            else if (section == who && line.StartsWith($"topic {access} ", StringComparison.Ordinal) && topic.StartsWith(line.Split(' ')[2].TrimEnd('#'), StringComparison.Ordinal))
                return true;
        return false;
    }

    private static List<string> Lines(string text) => [.. text.Split('\n').Where(l => l.Length > 0 && l[0] != '#')];

    private static BrokerPlan Plan(Roster roster, string box) => new() { Roster = roster, Box = box, Folder = "/f" };

    private static Roster RosterOf(params bool[] brokers) => new()
    {
        Schema = 1,
        Cluster = "kili",
        Version = 1,
        Issued = DateTimeOffset.UnixEpoch,
        Members = [.. brokers.Select((has, i) => new Member { Box = $"node-{i}", Certificate = Certificate, Broker = has ? $"10.0.0.{i}:8883" : null })],
    };

    private static string MakeCertificate(string name, params string[] addresses)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        foreach (var address in addresses)
            names.AddIpAddress(IPAddress.Parse(address));
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return certificate.ExportCertificatePem();
    }
}
