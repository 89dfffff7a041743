using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;
using DVStakers.Edge.Tests.Core.Chain;

namespace DVStakers.Edge.Tests.Core.State;

public sealed class LentViewTests
{
    private static Snapshot Of(string? serving, params (string Name, Tier Tier, bool IsPeer)[] stacks) => new()
    {
        At = Given.At(100, 3),
        Spec = Given.Mainnet,
        Stacks = [.. stacks.Select(s => new StackStatus { Name = s.Name, Peer = s.IsPeer ? s.Name : null, Tier = s.Tier, Reason = "", Since = Given.At(90, 0) })],
        Ranking = Ranker.Rank(stacks.Select(s => new Entrant(s.Name, s.Tier, "as the test says", s.IsPeer ? new PeerStanding(false, 0, false, 0) : null))),
        Heads = HeadHistory.Empty.With(Given.Head(100)),
        Serving = serving,
        ServingReason = "",
        Conditions = [],
        Broker = new BrokerReading(BrokerState.NotConfigured, "", Given.At(90, 0)),
    };

    [Fact]
    public void What_a_peer_lends_is_never_lent_on()
    {
        var lent = LentView.Of(Of("kili", ("home", Tier.Suspect, false), ("kili", Tier.Healthy, true)));
        Assert.Equal(["home"], lent.Stacks.Select(s => s.Name));
        Assert.Equal(["home"], lent.Ranking.Select(r => r.Name));
        Assert.Equal("home", lent.Serving);
        Assert.False(lent.Ready);
    }

    [Fact]
    public void A_borrowers_turn_is_kept_while_that_stack_is_as_good_as_the_best()
    {
        Assert.Equal("b", LentView.Of(Of("a", ("a", Tier.Healthy, false), ("b", Tier.Healthy, false)), "b").Serving);
        Assert.Equal("a", LentView.Of(Of("a", ("a", Tier.Healthy, false), ("b", Tier.Lagging, false)), "b").Serving);
        Assert.Equal("a", LentView.Of(Of("a", ("a", Tier.Healthy, false), ("b", Tier.Healthy, false)), "gone").Serving);
    }

    [Fact]
    public void Where_none_of_ours_may_serve_it_says_so()
    {
        var lent = LentView.Of(Of("kili", ("a", Tier.Out, false), ("kili", Tier.Healthy, true)));
        Assert.Null(lent.Serving);
        Assert.Contains("a is as the test says", lent.ServingReason);
        Assert.Contains("no stack of its own", LentView.Of(Of("kili", ("kili", Tier.Healthy, true))).ServingReason);
    }
}
