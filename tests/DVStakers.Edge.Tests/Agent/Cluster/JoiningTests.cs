using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Core.Cluster;

namespace DVStakers.Edge.Tests.Agent.Cluster;

public sealed class JoiningTests : IDisposable
{
    private readonly Town town = new();

    public void Dispose() => town.Dispose();

    [Fact]
    public void A_box_joins_with_a_key_that_never_leaves_it()
    {
        town.With("nuc-2");
        using var one = town.Load("nuc-1");
        using var two = town.Load("nuc-2");
        Assert.Equal(("kili", "nuc-2", 2L, 6), (two.Roster.Cluster, two.Box, two.Roster.Version, two.Roster.Threshold));
        Assert.Equal(["nuc-1", "nuc-2"], two.Roster.Members.Select(m => m.Box));
        Assert.Equal((Town.Seat("nuc-2"), town.Now.AddYears(2)), (two.Roster.Find("nuc-2")!.Seat, two.NotAfter));
        Assert.Equal("nuc-2", one.Identify(two.Certificate, town.Now, out _)?.Box);
        Assert.Equal("nuc-1", two.Identify(one.Certificate, town.Now, out _)?.Box);

        Assert.True(SignedJson.TrySplit(two.Sign("{\"a\":1}"u8, "t"), out var json, out var signature));
        Assert.True(SignedJson.Verify(json, signature, "t", one.KeyOf("nuc-2", town.Now)!));

        var key = File.ReadAllText(town.Files("nuc-2").In("box.key")).Split('\n')[1];
        Assert.All(new[] { "nuc-2.request", "nuc-2.grant", "nuc-2.invitation" }, f => Assert.DoesNotContain(key, File.ReadAllText(town[f])));
        var secret = Convert.ToBase64String(Invitation.Parse(town.Bytes("nuc-2.invitation")).Secret);
        Assert.DoesNotContain(secret, File.ReadAllText(town["nuc-2.request"]));
        Assert.All(Directory.EnumerateFiles(town.Directory("nuc-1"), "*", SearchOption.AllDirectories), f => Assert.DoesNotContain(secret, File.ReadAllText(f)));
        Assert.False(town.Files("nuc-2").Has("pending.key"));
    }

    [Fact]
    public void The_directory_and_its_keys_are_the_owner_s_alone()
    {
        town.With("nuc-2");
        Assert.Equal("700 600 600 600 600", string.Join(' ', new[] { "", "ca.key", "box.key", "invitations/" + Path.GetFileName(Directory.GetFiles(town.Files("nuc-1").In("invitations"))[0]) }
            .Select(f => Mode(town.Files("nuc-1").In(f))).Append(Mode(town["nuc-2.invitation"]))));
        Assert.Equal("700 600 644 644 644 644", string.Join(' ', new[] { "", "box.key", "box.crt", "ca.crt", "crl.pem", "roster.json" }.Select(f => Mode(town.Files("nuc-2").In(f)))));
        Assert.Empty(Directory.EnumerateFiles(town.Directory("nuc-1"), "*.tmp", SearchOption.AllDirectories));

        static string Mode(string path) => Convert.ToString((int)File.GetUnixFileMode(path), 8);
    }

    [Fact]
    public void A_directory_that_was_opened_to_a_group_opens_the_box_s_key_to_it_and_not_the_ca_s()
    {
        Directory.CreateDirectory(town.Directory("nuc-1"), (UnixFileMode)Convert.ToInt32("750", 8));
        town.With();
        Assert.Equal("640", Convert.ToString((int)File.GetUnixFileMode(town.Files("nuc-1").In("box.key")), 8));
        Assert.Equal("600", Convert.ToString((int)File.GetUnixFileMode(town.Files("nuc-1").In("ca.key")), 8));
        using var member = town.Load("nuc-1");
    }

    [Fact]
    public void Nothing_is_overwritten()
    {
        town.With();
        var before = File.ReadAllText(town.Files("nuc-1").In("ca.key"));
        Assert.Contains("it is there already, and nothing is overwritten", Town.Refused(() => town.Founder().Init("other", Town.Seat("nuc-9"), 0)));
        Assert.Equal(before, File.ReadAllText(town.Files("nuc-1").In("ca.key")));
        File.Delete(town.Files("nuc-1").In("roster.json"));
        Assert.Contains("ca.key: it is there already", Town.Refused(() => town.Founder().Init("other", Town.Seat("nuc-9"), 0)));
    }

    [Theory]
    [InlineData("ki li", "nuc-1", 0, "cluster: 'ki li' is not a name")]
    [InlineData("kili", "nuc/1", 0, "box: 'nuc/1' is not a name")]
    [InlineData("kili", "nuc-1", 2000, "threshold: it must be from 0 to 1000")]
    public void Names_and_numbers_are_checked_before_anything_is_made(string cluster, string box, int threshold, string why)
    {
        Assert.Contains(why, Town.Refused(() => town.Founder().Init(cluster, Town.Seat(box), threshold)));
        Assert.False(Directory.Exists(town.Directory("nuc-1")));
    }

    [Fact]
    public void An_invitation_works_once()
    {
        town.With("nuc-2");
        Assert.Contains("its invitation was used already, on 2026-01-31 12:00 UTC", Town.Refused(() => town.Admit("nuc-2")));
        // The secret in other hands, with another key.
        town.Newcomer("thief").Ask("x", town.Bytes("nuc-2.invitation"), town["nuc-2.request"]);
        Assert.Contains("used already", Town.Refused(() => town.Admit("nuc-2")));
    }

    [Fact]
    public void An_invitation_expires_here_and_there()
    {
        town.With();
        town.Invite("nuc-2", hours: 1);
        town.Ask("nuc-2");
        town.Time.Advance(TimeSpan.FromMinutes(61));
        Assert.Contains("its invitation expired on 2026-01-31 13:00 UTC; invite again with: dvstakers-edge cluster invite nuc-2", Town.Refused(() => town.Admit("nuc-2")));
        Assert.Contains("it expired on 2026-01-31 13:00 UTC, and it is 2026-01-31 13:01 by this box's clock", Town.Refused(() => town.Ask("nuc-2")));
    }

    [Fact]
    public void A_newer_invitation_takes_the_place_of_the_older_and_a_removal_takes_it_back()
    {
        town.With();
        town.Invite("nuc-2");
        town.Ask("nuc-2");
        town.Invite("nuc-2");
        Assert.Contains("its invitation is not known here", Town.Refused(() => town.Admit("nuc-2")));
        town.Ask("nuc-2");
        Assert.Contains("The invitation of nuc-2 is withdrawn", town.Founder().Remove("nuc-2"));
        Assert.Contains("its invitation is not known here", Town.Refused(() => town.Admit("nuc-2")));
        using var one = town.Load("nuc-1");
        Assert.Equal(1, one.Roster.Version);
    }

    [Fact]
    public void A_request_of_another_cluster_is_refused()
    {
        town.With();
        town.Founder("far-1").Init("far", Town.Seat("far-1"), 0);
        town.Invite("nuc-2");
        town.Ask("nuc-2");
        Assert.Contains("it asks for cluster kili, and this is far", Town.Refused(() => town.Founder("far-1").Admit("x", town.Bytes("nuc-2.request"), town["x"])));
        // As long as one cluster's request is under way, another's is refused.
        town.Founder("far-1").Invite(Town.Seat("nuc-2"), TimeSpan.FromHours(1), town["far.invitation"]);
        Assert.Contains("it is the CA of another cluster than far", Town.Refused(() => town.Newcomer("nuc-2").Ask("x", town.Bytes("far.invitation"), town["x"])));
    }

    [Fact]
    public void A_request_without_the_secret_or_with_another_seat_is_refused()
    {
        town.With();
        town.Invite("nuc-2");
        var invitation = Invitation.Parse(town.Bytes("nuc-2.invitation"));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new JoinRequest
        {
            Cluster = "kili", Seat = invitation.Seat, Invitation = invitation.Id,
            Pkcs10 = new CertificateRequest("CN=nuc-2", key, HashAlgorithmName.SHA256).CreateSigningRequestPem(),
        };
        string Try(byte[] bytes) => Town.Refused(() => town.Founder().Admit("x", bytes, town["x"]));
        Assert.Contains("its proof does not fit the invitation", Try(request.Sign(new byte[32])));
        Assert.Contains("its proof does not fit the invitation", Try(request.Sign(key)));
        Assert.Contains("it asks to be nuc-1 (full, 3 shares", Try((request with { Seat = Town.Seat("nuc-1") }).Sign(invitation.ProofKey)));
        Assert.Contains("the invitation is for nuc-2", Try((request with { Seat = invitation.Seat with { Shares = 9 } }).Sign(invitation.ProofKey)));
        Assert.Contains("is not known here", Try((request with { Invitation = "../../roster" }).Sign(invitation.ProofKey)));
        Assert.Contains("is not signed by the present key", Town.Refused(() => town.Founder().Admit("x", (request with { Seat = Town.Seat("nuc-1"), Invitation = null }).Sign(key), town["x"])));
        Assert.Contains("not ECDSA over P-256, or not signed by itself", Try((request with { Pkcs10 = "junk" }).Sign(invitation.ProofKey)));
        using var k1 = ECDsa.Create(ECCurve.CreateFromFriendlyName("secp256k1"));
        Assert.Contains("not ECDSA over P-256", Try((request with { Pkcs10 = new CertificateRequest("CN=a", k1, HashAlgorithmName.SHA256).CreateSigningRequestPem() }).Sign(invitation.ProofKey)));
        // None of these used it up.
        town.Ask("nuc-2");
        town.Admit("nuc-2");
    }

    [Fact]
    public void A_name_that_is_taken_is_refused()
    {
        town.With("nuc-2");
        Assert.Contains("there is a member named nuc-2 already", Town.Refused(() => town.Invite("nuc-2")));
        Assert.Contains("there is a member named nuc-1 already", Town.Refused(() => town.Invite("nuc-1")));
    }

    [Fact]
    public void A_grant_is_for_one_key_and_one_ca()
    {
        town.With("nuc-2");
        Assert.Contains("there is no CA in", Town.Refused(() => town.Newcomer("nuc-3").Take("nuc-2.grant", town.Bytes("nuc-2.grant"))));
        town.Invite("nuc-3");
        town.Ask("nuc-3");
        Assert.Contains("it has no certificate for this box's key", Town.Refused(() => town.Newcomer("nuc-3").Take("nuc-2.grant", town.Bytes("nuc-2.grant"))));
        town.Founder("far-1").Init("kili", Town.Seat("far-1"), 0);
        var foreign = File.ReadAllBytes(town.Files("far-1").In("roster.json"));
        Assert.Contains("its signature is not by this cluster's CA", Town.Refused(() => town.Newcomer("nuc-3").Take("x", foreign)));
        File.Delete(town.Files("nuc-3").In("pending.key"));
        Assert.Contains("pending.key: there is no such file", Town.Refused(() => town.Newcomer("nuc-3").Take("nuc-2.grant", town.Bytes("nuc-2.grant"))));
    }

    [Fact]
    public void A_member_does_not_join_again_and_takes_only_a_newer_roster()
    {
        town.With("nuc-2");
        town.Invite("nuc-3");
        Assert.Contains("this box is a member of a cluster already", Town.Refused(() => town.Newcomer("nuc-2").Ask("x", town.Bytes("nuc-3.invitation"), town["x"])));
        Assert.Contains("it has version 2, and this box has that already", Town.Refused(() => town.Newcomer("nuc-2").Take("x", town.Bytes("nuc-2.grant"))));
        town.Ask("nuc-3");
        town.Admit("nuc-3");
        Assert.Contains("version 3 here now: nuc-1, nuc-2, nuc-3", town.Newcomer("nuc-2").Take("x", town.Bytes("nuc-3.grant")));
        Assert.Contains("it has version 2, and this box has version 3 already", Town.Refused(() => town.Newcomer("nuc-2").Take("x", town.Bytes("nuc-2.grant"))));
    }

    [Fact]
    public void Without_the_ca_s_key_nobody_is_invited_admitted_or_removed()
    {
        town.With("nuc-2");
        Assert.All(new Action[]
        {
            () => town.Founder("nuc-2").Invite(Town.Seat("nuc-3"), TimeSpan.FromHours(1), town["x"]),
            () => town.Founder("nuc-2").Admit("x", town.Bytes("nuc-2.request"), town["x"]),
            () => town.Founder("nuc-2").Remove("nuc-1"),
        }, act => Assert.Contains("ca.key: there is no such file; only the box that made the cluster can do this", Town.Refused(act)));
        Assert.Contains("make a cluster first", Town.Refused(() => town.Founder("nuc-9").Remove("nuc-1")));
        File.SetUnixFileMode(town.Files("nuc-1").In("ca.key"), (UnixFileMode)Convert.ToInt32("640", 8));
        Assert.Contains("chmod 600", Town.Refused(() => town.Founder().Remove("nuc-2")));
    }

    [Fact]
    public void Two_changes_at_once_are_one_and_an_error()
    {
        town.With();
        using (town.Files("nuc-1").Hold())
            Assert.Contains("cannot write there", Town.Refused(() => town.Invite("nuc-2")));
        town.Invite("nuc-2");
    }

    [Fact]
    public void A_lost_request_can_be_made_again_for_the_same_key()
    {
        town.With();
        town.Invite("nuc-2");
        town.Ask("nuc-2");
        var first = town.Bytes("nuc-2.request");
        town.Ask("nuc-2");
        town.Founder().Admit("x", first, town["nuc-2.grant"]);
        town.Newcomer("nuc-2").Take("x", town.Bytes("nuc-2.grant"));
        using var two = town.Load("nuc-2");
    }
}
