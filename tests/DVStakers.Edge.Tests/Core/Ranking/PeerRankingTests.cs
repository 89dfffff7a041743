using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Tests.Core.Chain;
using FsCheck;
using FsCheck.Fluent;

namespace DVStakers.Edge.Tests.Core.Ranking;

public sealed class PeerRankingTests
{
    private static readonly Arbitrary<Entrant[]> Entrants =
        (from tier in Gen.Elements(Enum.GetValues<Tier>())
         from isPeer in Gen.Elements(true, false)
         from tooFar in Gen.Elements(true, false)
         from choice in Gen.Choose(0, 2)
         from strained in Gen.Elements(true, false)
         from distance in Gen.Choose(0, 4)
         from leaving in Gen.Elements(true, false)
         select (tier, peer: isPeer ? new PeerStanding(tooFar, choice, strained, distance) : null, leaving)).ArrayOf()
        .Select(all => all.Select((e, i) => new Entrant($"s{i}", e.tier, "", e.peer, e.leaving)).ToArray()).ToArbitrary();

    private static string[] Order(params Entrant[] entrants) => [.. Ranker.Rank(entrants).Select(r => r.Name)];

    private static PeerStanding At(double milliseconds, int choice = 0, bool strained = false) => PeerStanding.Of(TimeSpan.FromMilliseconds(milliseconds), choice, strained, Given.Mainnet);

    [Fact]
    public void Own_stacks_come_before_peers_that_are_no_better_for_a_duty() => Assert.Equal(
        ["own", "own-thin", "peer", "own-behind", "own-doubtful"],
        Order(
            new("own-doubtful", Tier.Suspect, ""), new("own-behind", Tier.Lagging, ""), new("own-thin", Tier.Thin, ""), new("own", Tier.Healthy, ""),
            new("peer", Tier.Healthy, "", At(5))));

    [Fact]
    public void A_peer_that_is_thin_is_as_good_as_a_healthy_one_that_is_further() => Assert.Equal(
        ["near", "far"], Order(new("far", Tier.Healthy, "", At(120)), new("near", Tier.Thin, "", At(10))));

    [Fact]
    public void Who_is_about_to_leave_comes_after_all_that_stay_and_serve() => Assert.Equal(
        ["peer", "own", "bad"], Order(new("own", Tier.Healthy, "", Leaving: true), new("bad", Tier.Lagging, ""), new("peer", Tier.Healthy, "", At(80))));

    [Fact]
    public void The_clusters_spread_decides_before_distance_and_reach_before_the_spread() => Assert.Equal(
        ["chosen", "near", "too-far"],
        Order(new("near", Tier.Healthy, "", At(10, choice: 1)), new("too-far", Tier.Healthy, "", At(1700)), new("chosen", Tier.Healthy, "", At(250))));

    [Fact]
    public void A_box_on_battery_or_with_too_much_to_do_comes_after_one_that_is_further_and_never_after_one_that_would_carry_too_many_shares() => Assert.Equal(
        ["mains", "battery", "full"],
        Order(new("battery", Tier.Healthy, "", At(10, strained: true)), new("full", Tier.Healthy, "", At(10, choice: 1)), new("mains", Tier.Healthy, "", At(250))));

    [Fact]
    public void A_little_nearer_is_no_reason_to_move() => Assert.Equal(["first", "second"], Order(new("first", Tier.Healthy, "", At(95)), new("second", Tier.Healthy, "", At(60))));

    [Theory]
    [InlineData(1599, false)]
    [InlineData(1601, true)]
    public void Too_far_is_what_cannot_fetch_and_hand_in_between_attestations_and_aggregates(double milliseconds, bool tooFar) =>
        Assert.Equal(tooFar, At(milliseconds).TooFar); // mainnet: 4 s between the two

    [Fact]
    public void An_unknown_distance_counts_as_next_door() => Assert.Equal(new PeerStanding(false, 0, false, 0), PeerStanding.Of(null, 0, false, null));

    [Fact]
    public void What_qualifies_always_comes_before_what_does_not() =>
        Prop.ForAll(Entrants, entrants =>
        {
            var ranking = Ranker.Rank(entrants);
            return ranking.Count == entrants.Length
                && ranking.Zip(ranking.Skip(1)).All(p => p.First.Tier.Qualifies() || !p.Second.Tier.Qualifies())
                // And within one tier a stack of this box is never behind a peer's, unless it is the one that leaves.
                && ranking.Zip(ranking.Skip(1)).All(p => !(p.First.IsPeer && !p.Second.IsPeer && p.First.Tier == p.Second.Tier && !p.Second.IsLeaving));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Round_trips_give_their_95th_percentile_of_the_last_twenty()
    {
        var trips = Enumerable.Range(1, 100).Aggregate(RoundTrips.None, (t, ms) => t.With(TimeSpan.FromMilliseconds(ms)));
        Assert.Equal(TimeSpan.FromMilliseconds(99), trips.High);
        Assert.Equal(20, trips.Last.Length);
        Assert.Null(RoundTrips.None.High);
    }
}
