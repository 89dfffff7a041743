using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Core.Cluster;

namespace DVStakers.Edge.Tests.Agent.Cluster;

public sealed class MembershipTests : IDisposable
{
    private readonly Town town = new();

    public void Dispose() => town.Dispose();

    [Fact]
    public void Without_a_roster_there_is_no_membership()
    {
        Assert.Null(Membership.Load("/not/there"));
        Directory.CreateDirectory(town.Directory("nuc-1"));
        Assert.Null(Membership.Load(town.Directory("nuc-1")));
    }

    [Theory]
    [InlineData("ca.crt", "/ca.crt: there is no such file; bring it back")]
    [InlineData("box.crt", "/box.crt: there is no such file; bring it back")]
    [InlineData("box.key", "/box.key: there is no such file; bring it back")]
    public void A_file_that_is_missing_is_named(string file, string why)
    {
        town.With("nuc-2");
        File.Delete(town.Files("nuc-2").In(file));
        Assert.Contains(why, Town.Refused(() => town.Load("nuc-2")));
    }

    [Theory]
    [InlineData("ca.crt", "/ca.crt: there is no certificate in PEM form in it")]
    [InlineData("box.crt", "/box.crt: there is no certificate in PEM form in it")]
    [InlineData("box.key", "/box.key: it is not a private key of the kind that is needed (ECDSA over P-256")]
    [InlineData("roster.json", "/roster.json: line 1, $: ")]
    public void A_file_with_nonsense_is_named(string file, string why)
    {
        town.With("nuc-2");
        File.WriteAllText(town.Files("nuc-2").In(file), "nonsense");
        Assert.Contains(why, Town.Refused(() => town.Load("nuc-2")));
    }

    [Fact]
    public void Files_that_do_not_belong_together_are_named()
    {
        town.With("nuc-2");
        var (one, two) = (town.Files("nuc-1"), town.Files("nuc-2"));
        string Now() => Town.Refused(() => town.Load("nuc-2"));
        var key = File.ReadAllText(two.In("box.key"));
        File.WriteAllText(two.In("box.key"), File.ReadAllText(one.In("box.key")));
        Assert.Contains("/box.key: it is not the key of", Now());
        File.Copy(one.In("box.crt"), two.In("box.crt"), overwrite: true);
        using (var twin = town.Load("nuc-2"))
            Assert.Equal("nuc-1", twin.Box);

        // A CA of the same name and another key.
        town.Founder("far-1").Init("kili", Town.Seat("nuc-2"), 0);
        File.Copy(town.Files("far-1").In("box.crt"), two.In("box.crt"), overwrite: true);
        File.Copy(town.Files("far-1").In("box.key"), two.In("box.key"), overwrite: true);
        Assert.Contains("/box.crt: it was not issued by", Now());
        File.Copy(town.Files("far-1").In("ca.crt"), two.In("ca.crt"), overwrite: true);
        Assert.Contains("/roster.json: its signature is not by this cluster's CA", Now());
        Assert.NotEqual(key, File.ReadAllText(two.In("box.key")));
    }

    [Theory]
    [InlineData("644", true)]
    [InlineData("660", true)]
    [InlineData("602", true)]
    [InlineData("640", false)]
    [InlineData("400", false)]
    public void A_key_that_others_can_read_is_an_error_with_its_remedy(string mode, bool wrong)
    {
        town.With();
        var key = town.Files("nuc-1").In("box.key");
        File.SetUnixFileMode(key, (UnixFileMode)Convert.ToInt32(mode, 8));
        if (wrong)
            Assert.Equal($"{key}: others can read this private key (mode {mode}); close it with: chmod 600 {key}", Town.Refused(() => town.Load("nuc-1")));
        else
            town.Load("nuc-1").Dispose();
    }

    [Fact]
    public void Certificates_hold_in_their_validity_only()
    {
        town.With("nuc-2");
        using var one = town.Load("nuc-1");
        using var two = town.Load("nuc-2");
        foreach (var (at, holds) in new[] { (town.Now.AddDays(-2), false), (town.Now.AddDays(-0.9), true), (town.Now.AddYears(2).AddDays(-1), true), (town.Now.AddYears(2).AddDays(1), false) })
        {
            Assert.Equal(holds, one.KeyOf("nuc-2", at) is not null);
            Assert.Equal(holds, one.Identify(two.Certificate, at, out var why) is not null);
            Assert.True(holds || why.Contains("is valid from", StringComparison.Ordinal), why);
        }
        Assert.Null(one.KeyOf("nuc-9", town.Now));
    }

    [Fact]
    public void A_stranger_at_the_gate_is_told_apart_in_words()
    {
        town.With("nuc-2");
        using var one = town.Load("nuc-1");
        town.Founder("far-1").Init("kili", Town.Seat("nuc-2"), 0);
        using var namesake = town.Load("far-1");
        Assert.Null(one.Identify(namesake.Certificate, town.Now, out var why));
        Assert.Equal("its certificate is not from this cluster's CA", why);
        Assert.Null(one.Identify(one.Ca, town.Now, out why));
        Assert.Equal("its certificate is not from this cluster's CA", why);

        town.Invite("nuc-3");
        town.Ask("nuc-3");
        town.Admit("nuc-3");
        town.Newcomer("nuc-3").Take("x", town.Bytes("nuc-3.grant"));
        using var three = town.Load("nuc-3");
        Assert.Null(one.Identify(three.Certificate, town.Now, out why));
        Assert.Equal("'nuc-3' is not on this box's roster (version 2); if it is a member, bring this box the newer roster", why);
    }

    [Fact]
    public void Only_a_newer_roster_with_the_ca_s_signature_is_adopted()
    {
        town.With("nuc-2");
        using var two = town.Load("nuc-2");
        var present = two.Roster;
        string Refused(byte[] roster)
        {
            Assert.False(two.Adopt(roster, out var why));
            Assert.Same(present, two.Roster);
            return why;
        }
        Assert.Contains("has that already", Refused(File.ReadAllBytes(town.Files("nuc-1").In("roster.json"))));
        Assert.Contains("it has no signature", Refused((present with { Version = 9 }).ToUtf8()));
        Assert.Contains("is not by this cluster's CA", Refused(SignedJson.Sign((present with { Version = 9 }).ToUtf8(), Roster.Place, two.Certificate.GetECDsaPrivateKey()!)));
        using var ca = ECDsa.Create();
        ca.ImportFromPem(File.ReadAllText(town.Files("nuc-1").In("ca.key")));
        Assert.Contains("is not by this cluster's CA", Refused(SignedJson.Sign((present with { Version = 9 }).ToUtf8(), "elsewhere", ca)));
        Assert.Contains("it is of cluster far", Refused(SignedJson.Sign((present with { Version = 9, Cluster = "far" }).ToUtf8(), Roster.Place, ca)));
        Assert.Contains("threshold", Refused(SignedJson.Sign((present with { Version = 9, Threshold = -1 }).ToUtf8(), Roster.Place, ca)));
        Assert.Contains("signature", Refused([]));

        var newer = SignedJson.Sign((present with { Version = 9 }).ToUtf8(), Roster.Place, ca);
        Assert.True(two.Adopt(newer, out var why), why);
        Assert.Equal((9L, ""), (two.Roster.Version, why));
        Assert.Equal(newer, two.SignedRoster);
        using var again = town.Load("nuc-2");
        Assert.Equal(9, again.Roster.Version);
    }

    [Fact]
    public void What_cannot_be_saved_is_in_force_all_the_same()
    {
        town.With("nuc-2", "nuc-3");
        using var loaded = town.Load("nuc-2");
        using var two = new Membership("nuc-2", loaded.Certificate, loaded.Ca, loaded.Roster, "/not/there");
        town.Founder().Remove("nuc-3");
        Assert.True(two.Adopt(File.ReadAllBytes(town.Files("nuc-1").In("roster.json")), out var why));
        Assert.Contains("it is in force, but not saved", why);
        Assert.Null(two.KeyOf("nuc-3", town.Now));
    }

    [Fact]
    public void What_the_command_line_changed_is_read_again_once()
    {
        town.With("nuc-2", "nuc-3");
        using var one = town.Load("nuc-1");
        Assert.False(one.Reread(out var why));
        town.Founder().Remove("nuc-3");
        Assert.True(one.Reread(out why), why);
        Assert.Null(one.KeyOf("nuc-3", town.Now));
        Assert.False(one.Reread(out why));

        File.WriteAllText(town.Files("nuc-1").In("roster.json"), "nonsense");
        Assert.False(one.Reread(out why));
        Assert.Contains("/roster.json: line 1", why);
        Assert.False(one.Reread(out why));
        Assert.Equal(("", 4L), (why, one.Roster.Version));
    }

    [Fact]
    public void Certificates_of_the_operator_s_own_with_a_roster_by_hand()
    {
        var (ca, issue) = Town.OwnCa(town.Now);
        using var mine = issue("CN=nuc-1,O=Me");
        using var other = issue("CN=nuc-2,O=Me");
        Put("nuc-1", ca, mine, $$"""
            {
              "schema": 1, "cluster": "kili", "version": 1, "issued": "2026-01-31T12:00:00Z", "threshold": 6,
              "members": [
                { "box": "nuc-1", "role": "full", "shares": 3, "certificate": {{Quoted(mine)}} },
                { "box": "nuc-2", "role": "auxiliary", "broker": "nuc-2.example:8883", "certificate": {{Quoted(other)}} }
              ]
            }
            """);
        using var one = town.Load("nuc-1");
        Assert.Equal(("kili", "nuc-1", null), (one.Roster.Cluster, one.Box, one.SignedRoster));
        Assert.Equal("nuc-2", one.Identify(other, town.Now, out _)?.Box);
        Assert.Equal(MemberRole.Auxiliary, one.Roster.Find("nuc-2")!.Role);
        Assert.False(one.Adopt((one.Roster with { Version = 2 }).ToUtf8(), out var why));
        Assert.Contains("it has no signature", why);
        Assert.Contains("written by hand", string.Join('\n', Listing.Of(town.Files("nuc-1"), town.Time).Lines()));

        Assert.Contains("nothing is overwritten", Town.Refused(() => town.Founder().Init("kili", Town.Seat("nuc-1"), 0)));
        Assert.Contains("A cluster with certificates of your own gets them, and roster.json, from you", Town.Refused(() => town.Invite("nuc-3")));
        Assert.Contains("it was written by hand", Town.Refused(() => town.Newcomer("nuc-1").Renew(s => s, town["x"])));

        var roster = town.Files("nuc-1").In("roster.json");
        File.WriteAllText(roster, File.ReadAllText(roster).Replace("threshold", "treshold"));
        Assert.Contains("/roster.json: line 2, ", Town.Refused(() => town.Load("nuc-1")));
        File.WriteAllText(roster, File.ReadAllText(roster).Replace("treshold", "threshold").Replace("nuc-1", "nuc-5"));
        Assert.Contains("'nuc-1', whom", Town.Refused(() => town.Load("nuc-1")));
    }

    [Fact]
    public void Certificates_that_cannot_serve_are_named()
    {
        var (ca, issue) = Town.OwnCa(town.Now);
        const string roster = """{"schema":1,"cluster":"kili","version":1,"issued":"2026-01-31T12:00:00Z","members":[]}""";
        using var nobody = issue("O=Me");
        Put("a", ca, nobody, roster);
        Assert.Contains("/box.crt: its subject must have one common name", Town.Refused(() => town.Load("a")));
        using var twice = issue("CN=a,CN=b");
        Put("b", ca, twice, roster);
        Assert.Contains("/box.crt: its subject must have one common name", Town.Refused(() => town.Load("b")));
        using var koblitz = Town.OwnCa(town.Now, ECCurve.CreateFromFriendlyName("secp256k1")).Issue("CN=a");
        Put("c", ca, koblitz, roster);
        Assert.Contains("/box.key: it is not a private key of the kind that is needed", Town.Refused(() => town.Load("c")));
    }

    [Fact]
    public void A_member_whose_certificate_is_nonsense_or_another_s_is_nobody_and_the_others_stay()
    {
        town.With("nuc-2");
        using var one = town.Load("nuc-1");
        var stolen = one.Roster.Find("nuc-2")!.Certificate;
        var roster = one.Roster with
        {
            Members = [.. one.Roster.Members, new() { Box = "junk", Certificate = "-----BEGIN CERTIFICATE-----" }, new() { Box = "mask", Certificate = stolen }],
        };
        using var member = new Membership("nuc-1", one.Certificate, one.Ca, roster);
        Assert.Equal([false, false, true], new[] { "junk", "mask", "nuc-2" }.Select(b => member.KeyOf(b, town.Now) is not null));
    }

    private void Put(string box, X509Certificate2 ca, X509Certificate2 own, string roster)
    {
        var files = town.Files(box);
        files.Create();
        files.Write("ca.crt", Encoding.ASCII.GetBytes(ca.ExportCertificatePem()), ClusterDirectory.ForAll);
        files.Write("box.crt", Encoding.ASCII.GetBytes(own.ExportCertificatePem()), ClusterDirectory.ForAll);
        using var key = own.GetECDsaPrivateKey()!;
        files.WriteKey("box.key", key.ExportECPrivateKeyPem());
        files.Write("roster.json", Encoding.UTF8.GetBytes(roster), ClusterDirectory.ForAll);
    }

    private static string Quoted(X509Certificate2 certificate) => $"\"{certificate.ExportCertificatePem().Replace("\n", "\\n")}\"";
}
