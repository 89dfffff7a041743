using DVStakers.Edge.Core.Ranking;
using FsCheck;
using FsCheck.Fluent;

namespace DVStakers.Edge.Tests.Core.Ranking;

public sealed class RankerTests
{
    private static readonly Arbitrary<Tier[]> Tiers = Gen.Elements(Enum.GetValues<Tier>()).ArrayOf().ToArbitrary();

    private static IReadOnlyList<RankedStack> Rank(Tier[] tiers) => Ranker.Rank(tiers.Select((t, i) => new Entrant($"s{i}", t, $"why {i}")));

    private static int PlaceOf(Tier[] tiers, int stack) => Rank(tiers).Single(r => r.Name == $"s{stack}").Place;

    [Fact]
    public void Every_stack_has_one_place_and_keeps_its_tier_and_reason() =>
        Prop.ForAll(Tiers, tiers =>
        {
            var ranking = Rank(tiers);
            return ranking.Select(r => r.Place).SequenceEqual(Enumerable.Range(1, tiers.Length))
                && ranking.OrderBy(r => int.Parse(r.Name[1..])).Select(r => (r.Name, r.Tier, r.Reason))
                    .SequenceEqual(tiers.Select((t, i) => ($"s{i}", t, $"why {i}")));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_same_stacks_always_rank_the_same() =>
        Prop.ForAll(Tiers, tiers => Rank(tiers).SequenceEqual(Rank([.. tiers]))).QuickCheckThrowOnFailure();

    [Fact]
    public void No_stack_ranks_before_one_of_a_better_tier_and_the_configured_order_breaks_ties() =>
        Prop.ForAll(Tiers, tiers => Rank(tiers).Zip(Rank(tiers).Skip(1)).All(p =>
            p.First.Tier < p.Second.Tier || (p.First.Tier == p.Second.Tier && int.Parse(p.First.Name[1..]) < int.Parse(p.Second.Name[1..]))))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_better_tier_never_worsens_a_stacks_place() =>
        Prop.ForAll(Tiers, Gen.Choose(0, 1000).ToArbitrary(), (tiers, pick) =>
        {
            if (tiers.Length == 0)
                return true;
            var stack = pick % tiers.Length;
            var place = PlaceOf(tiers, stack);
            return Enum.GetValues<Tier>().Where(t => t < tiers[stack]).All(better =>
                PlaceOf([.. tiers.Select((t, i) => i == stack ? better : t)], stack) <= place);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(Tier.Healthy, true, true, true, true)]
    [InlineData(Tier.Thin, true, true, true, true)]
    [InlineData(Tier.Lagging, true, true, true, true)]
    [InlineData(Tier.Suspect, false, true, true, true)]
    [InlineData(Tier.Syncing, false, false, true, true)]
    [InlineData(Tier.Optimistic, false, false, true, true)]
    [InlineData(Tier.Out, false, false, false, false)]
    public void Each_row_of_the_tier_table_says_what_its_stacks_may_do(Tier tier, bool qualifies, bool attests, bool reads, bool submissions)
    {
        Assert.Equal(qualifies, tier.Qualifies());
        Assert.Equal(attests, tier.MayAttest());
        Assert.Equal(reads, tier.MayRead());
        Assert.Equal(submissions, tier.TakesSubmissions());
    }
}
