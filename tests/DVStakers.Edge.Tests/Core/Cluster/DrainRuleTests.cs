using System.Collections.Immutable;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Ranking;

namespace DVStakers.Edge.Tests.Core.Cluster;

/// <summary>What may be taken out of use; seen from alpha, whose peers are beta (a node) and cloud (none), three key shares each.</summary>
public sealed class DrainRuleTests
{
    [Fact]
    public void With_another_good_node_that_is_lent_nothing_speaks_against_it() => Assert.Null(Against(threshold: 6));

    [Fact]
    public void Too_few_shares_would_be_left() =>
        Assert.Equal("6 key shares would be left, and 7 must sign together: the other boxes have no more", Against(threshold: 7));

    [Fact]
    public void No_other_box_has_a_good_node() =>
        Assert.Equal("no other box has a good node of its own: beta has none of its own, cloud has none of its own", Against(threshold: 6, beta: Tier.Out));

    [Fact]
    public void A_good_node_that_is_drained_does_not_count() =>
        Assert.Equal("no other box has a good node of its own: beta is drained, cloud has none of its own", Against(threshold: 6, draining: true));

    /// <summary>It is ready now because this box lends it a node, and would not be then.</summary>
    [Theory]
    [InlineData(6, "3 key shares would be left, and 6 must sign together: cloud has none of its own")]
    [InlineData(0, "cloud would be left without a node: no other box lends it one")]
    public void A_box_that_lives_on_ours_and_finds_no_other_lender_does_not_count(int threshold, string why) =>
        Assert.Equal(why, Against(threshold, lends: false));

    private static string? Against(int threshold, Tier beta = Tier.Healthy, bool draining = false, bool lends = true)
    {
        var gateway = new Uri("https://beta.example:5071");
        var roster = Post.Cluster.Roster with
        {
            Threshold = threshold,
            Members =
            [
                new Member { Box = "alpha", Shares = 3, Certificate = "" },
                new Member { Box = "beta", Shares = 3, Certificate = "", Gateway = lends ? gateway : null },
                new Member { Box = "cloud", Shares = 3, Certificate = "", Role = MemberRole.Auxiliary },
            ],
        };
        ImmutableArray<Peer> peers = [Peer("beta", draining, new PeerStack("beta-node", beta, null, null)), Peer("cloud", false, new PeerStack("alpha", Tier.Healthy, null, null, Peer: "alpha"))];
        return DrainRule.AgainstBox(new PeerBook(peers, Refusals.None, "alpha", roster));
    }

    private static Peer Peer(string box, bool draining, PeerStack stack) => new()
    {
        Box = box,
        Role = MemberRole.Full,
        Standing = Standing.Known,
        Said = new PeerState { Box = box, Schema = 1, Boot = 1, Sequence = 1, Time = Post.Noon, TimeToLive = TimeSpan.FromSeconds(30), Ready = true, Stacks = [stack], Draining = draining },
    };
}
