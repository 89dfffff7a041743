using System.Security.Cryptography.X509Certificates;
using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Core.Cluster;

namespace DVStakers.Edge.Tests.Agent.Cluster;

public sealed class RemovalTests : IDisposable
{
    private readonly Town town = new();

    public void Dispose() => town.Dispose();

    [Fact]
    public void A_removed_box_is_refused_by_whoever_has_the_roster()
    {
        town.With("nuc-2", "nuc-3");
        using var two = town.Load("nuc-2");
        using var three = town.Load("nuc-3");
        Assert.True(two.Adopt(town.Bytes("nuc-3.grant"), out var why), why);
        Assert.Contains("nuc-3 is removed", town.Founder().Remove("nuc-3"));
        Assert.Equal("nuc-3", two.Identify(three.Certificate, town.Now, out _)?.Box);

        Assert.True(two.Adopt(File.ReadAllBytes(town.Files("nuc-1").In("roster.json")), out why), why);
        Assert.Null(two.Identify(three.Certificate, town.Now, out why));
        Assert.Equal("'nuc-3' was removed from the cluster on 2026-01-31 12:00 UTC", why);
        Assert.Null(two.KeyOf("nuc-3", town.Now));
        Assert.Equal(two.Roster.Crl, File.ReadAllText(town.Files("nuc-2").In("crl.pem")));
        Assert.Equal([Serial(three)], Revoked(town.Files("nuc-2").In("crl.pem")));

        // It learns of it itself, and is none from its next start on.
        Assert.True(three.Adopt(File.ReadAllBytes(town.Files("nuc-1").In("roster.json")), out _));
        Assert.Contains("'nuc-3' was removed from cluster kili on 2026-01-31 12:00 UTC", Town.Refused(() => town.Load("nuc-3")));
    }

    [Fact]
    public void The_roster_as_it_is_on_the_founders_disk_passes_the_others_inbox()
    {
        town.With("nuc-2");
        using var one = town.Load("nuc-1");
        using var two = town.Load("nuc-2");
        var inbox = Inbox.Start("nuc-2", two.Roster, new Dictionary<string, PeerMark>());
        var (wanted, refused) = inbox.Look("dvstakers/kili/nuc-1/roster", one.SignedRoster, town.Now, TimeSpan.Zero);
        Assert.Null(refused);
        Assert.Equal("roster", wanted?.Name);
    }

    [Fact]
    public void A_box_may_come_back_with_a_new_key_and_its_old_one_stays_refused()
    {
        town.With("nuc-2");
        using var old = town.Load("nuc-2");
        town.Founder().Remove("nuc-2");
        Directory.Delete(town.Directory("nuc-2"), recursive: true);
        town.Invite("nuc-2");
        town.Ask("nuc-2");
        town.Admit("nuc-2");
        town.Newcomer("nuc-2").Take("x", town.Bytes("nuc-2.grant"));
        using var one = town.Load("nuc-1");
        using var two = town.Load("nuc-2");
        Assert.Equal("nuc-2", one.Identify(two.Certificate, town.Now, out _)?.Box);
        Assert.Null(one.Identify(old.Certificate, town.Now, out var why));
        Assert.StartsWith("'nuc-2' was removed", why);
    }

    [Fact]
    public void Whoever_is_not_there_and_the_ca_s_own_box_cannot_be_removed()
    {
        town.With("nuc-2");
        Assert.Contains("there is no member named 'nuc-3', only nuc-1, nuc-2", Town.Refused(() => town.Founder().Remove("nuc-3")));
        Assert.Contains("nuc-1 is this box, which holds the CA's key", Town.Refused(() => town.Founder().Remove("nuc-1")));
    }

    [Fact]
    public void A_member_renews_with_a_new_key_and_without_an_invitation()
    {
        town.With("nuc-2");
        town.Time.Advance(TimeSpan.FromDays(800));
        using var expired = town.Load("nuc-2");
        Assert.True(expired.NotAfter < town.Now);
        town.Newcomer("nuc-2").Renew(s => s with { Gateway = new("https://new.example:5071") }, town["nuc-2.request"]);
        Assert.Contains("nuc-2 has a new certificate", town.Admit("nuc-2"));
        town.Newcomer("nuc-2").Take("x", town.Bytes("nuc-2.grant"));
        using var two = town.Load("nuc-2");
        Assert.Equal((town.Now.AddYears(2), "https://new.example:5071/", 3L), (two.NotAfter, two.Roster.Find("nuc-2")!.Gateway!.AbsoluteUri, two.Roster.Version));
        Assert.NotEqual(expired.Certificate.GetPublicKeyString(), two.Certificate.GetPublicKeyString());
        Assert.Contains("new.example", San(two.Certificate));
        Assert.False(town.Files("nuc-2").Has("pending.key"));

        using var one = town.Load("nuc-1");
        Assert.Null(one.Identify(expired.Certificate, town.Now, out var why));
        Assert.Contains("is not the one that this box's roster (version 3) has for 'nuc-2'", why);
        Assert.Contains("is not signed by the present key of nuc-2", Town.Refused(() => town.Admit("nuc-2")));
        // Removed, both of its certificates are refused, by brokers too.
        town.Founder().Remove("nuc-2");
        Assert.Equal(new[] { Serial(expired), Serial(two) }.Order(), Revoked(town.Files("nuc-1").In("crl.pem")).Order());
        Assert.Contains("nuc-2 is not a member (any more)", Town.Refused(() => town.Admit("nuc-2")));
    }

    [Fact]
    public void A_renewal_is_complete_when_the_roster_comes_by_itself_and_on_the_ca_s_box_at_once()
    {
        town.With("nuc-2");
        using var two = town.Load("nuc-2");
        var before = two.Certificate;
        town.Newcomer("nuc-2").Renew(s => s, town["nuc-2.request"]);
        town.Admit("nuc-2");
        Assert.True(two.Adopt(town.Bytes("nuc-2.grant"), out var why), why);
        Assert.NotEqual(before.Thumbprint, two.Certificate.Thumbprint);
        using var one = town.Load("nuc-1");
        Assert.Equal("nuc-2", one.Identify(two.Certificate, town.Now, out _)?.Box);
        Assert.True(SignedJson.TrySplit(two.Sign("{\"a\":1}"u8, "t"), out var json, out var signature));
        Assert.True(SignedJson.Verify(json, signature, "t", one.KeyOf("nuc-2", town.Now)!));

        town.Newcomer("nuc-1").Renew(s => s, town["nuc-1.request"]);
        town.Admit("nuc-1");
        Assert.True(one.Reread(out why), why);
        Assert.Equal(4, one.Roster.Version);
        Assert.False(town.Files("nuc-1").Has("pending.key"));
        Assert.Equal("nuc-1", one.Identify(one.Certificate, town.Now, out _)?.Box);
    }

    [Fact]
    public void A_role_cannot_be_renewed_into_another()
    {
        town.With("nuc-2");
        town.Newcomer("nuc-2").Renew(s => s with { Role = MemberRole.Auxiliary }, town["nuc-2.request"]);
        Assert.Contains("a member cannot change its role", Town.Refused(() => town.Admit("nuc-2")));
    }

    private static string Serial(Membership member) => member.Certificate.SerialNumber;

    private static string San(X509Certificate2 certificate) =>
        string.Join(' ', certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().EnumerateDnsNames());

    // By openssl, which is what a broker reads it with.
    private static List<string> Revoked(string crl)
    {
        using var openssl = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("openssl", ["crl", "-in", crl, "-noout", "-text"]) { RedirectStandardOutput = true })!;
        var text = openssl.StandardOutput.ReadToEnd();
        openssl.WaitForExit();
        return [.. text.Split('\n').Where(l => l.Contains("Serial Number:", StringComparison.Ordinal)).Select(l => l.Split(':')[1].Trim())];
    }
}
