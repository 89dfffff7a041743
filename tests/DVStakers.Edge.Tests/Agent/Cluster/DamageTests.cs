using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Core.Cluster;
using FsCheck;
using FsCheck.Fluent;

namespace DVStakers.Edge.Tests.Agent.Cluster;

/// <summary>A byte that changes on the way, or is changed, is noticed; nothing that is not meant comes of it.</summary>
public sealed class DamageTests : IDisposable
{
    private readonly Town town = new();

    public void Dispose() => town.Dispose();

    [Fact]
    public void Of_an_invitation()
    {
        town.With();
        town.Invite("nuc-2");
        var whole = Invitation.Parse(town.Bytes("nuc-2.invitation"));
        EachByte(town.Bytes("nuc-2.invitation"), 400, damaged =>
        {
            var read = Invitation.Parse(damaged);
            Assert.Equal(whole with { Secret = [] }, read with { Secret = [] });
            Assert.Equal(whole.Secret, read.Secret);
        });
    }

    [Fact]
    public void Of_a_request()
    {
        town.With();
        town.Invite("nuc-2");
        town.Ask("nuc-2");
        var whole = JoinRequest.Parse(town.Bytes("nuc-2.request"));
        var pending = town.Founder().AllInvitations().Single();
        using var one = town.Load("nuc-1");
        EachByte(town.Bytes("nuc-2.request"), 400, damaged =>
        {
            var read = JoinRequest.Parse(damaged);
            if (Admission.Refusal(read, pending, one.Roster, town.Now) is { } why)
                throw new MembershipException("x", why);
            Assert.Equal(whole.Request, read.Request);
        });
    }

    [Fact]
    public void Of_a_grant_and_of_a_roster()
    {
        town.With("nuc-2");
        town.Invite("nuc-3");
        town.Ask("nuc-3");
        town.Admit("nuc-3");
        using var two = town.Load("nuc-2");
        var grant = town.Bytes("nuc-3.grant");
        var whole = Roster.Parse(grant).ToUtf8();
        EachByte(grant, 400, damaged =>
        {
            // Not disposed: its certificates are the other's.
            var member = new Membership("nuc-2", two.Certificate, two.Ca, two.Roster);
            if (!member.Adopt(damaged, out var why))
            {
                Assert.Same(two.Roster, member.Roster);
                throw new MembershipException("x", why);
            }
            Assert.Equal(whole, member.Roster.ToUtf8());
        });

        // On its own disk as well: a damaged signed one is never taken for one written by hand.
        using var ca = Certificates.KeyOf(two.Ca);
        EachByte(grant, 400, damaged =>
        {
            var read = Roster.ParseOwn(damaged, ca, out var signed);
            Assert.True(signed);
            Assert.Equal(whole, read.ToUtf8());
        });
    }

    [Fact]
    public void A_file_cut_short_is_refused()
    {
        town.With("nuc-2");
        using var two = town.Load("nuc-2");
        using var ca = Certificates.KeyOf(two.Ca);
        var grant = town.Bytes("nuc-2.grant");
        Prop.ForAll(Gen.Choose(0, grant.Length - 2).ToArbitrary(), length => Town.Refused(() => Roster.ParseOwn(grant.AsSpan(0, length), ca, out _)).Length > 0)
            .QuickCheckThrowOnFailure();
    }

    /// <param name="take">Throws where it is refused; otherwise it looks that nothing is different.</param>
    private static void EachByte(byte[] whole, int tries, Action<byte[]> take)
    {
        var refused = 0;
        Prop.ForAll(Gen.Zip(Gen.Choose(0, whole.Length - 1), Gen.Choose(1, 255)).ToArbitrary(), change =>
        {
            var damaged = (byte[])whole.Clone();
            damaged[change.Item1] ^= (byte)change.Item2;
            try
            {
                take(damaged);
            }
            catch (Exception e) when (e is MembershipException or ClusterFileException)
            {
                refused++;
            }
        }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(tries));
        Assert.True(refused > tries / 2, $"{refused} refused");
        take(whole);
    }
}
