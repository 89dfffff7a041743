using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Readings;
using FsCheck;
using FsCheck.Fluent;

namespace DVStakers.Edge.Tests.Core.Chain;

public sealed class ExpectedHeadTests
{
    private const ulong Wall = 50;

    private static readonly Arbitrary<Head[]> Heads =
        (from slot in Gen.Choose(44, 54) from fork in Gen.Choose(0, 2) from optimistic in Gen.Elements(true, false, false)
         select Given.Head((ulong)slot, fork, optimistic)).ArrayOf().ToArbitrary();

    private static Head? Merge(params Head[] heads) => ExpectedHead.Merge(heads, new Slot(Wall));

    [Fact]
    public void It_is_one_of_the_heads_given_never_optimistic_never_from_the_future_and_of_the_highest_slot() =>
        Prop.ForAll(Heads, heads =>
        {
            var fit = heads.Where(h => !h.Optimistic && h.Slot.Value <= Wall + 1).ToList();
            return Merge(heads) is { } head
                ? fit.Contains(head) && head.Slot == fit.Max(h => h.Slot)
                : fit.Count == 0;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void At_the_highest_slot_no_other_root_has_more_votes() =>
        Prop.ForAll(Heads, heads =>
        {
            int Votes(Root root) => heads.Count(h => h.Root == root && !h.Optimistic);
            return Merge(heads) is not { } head || heads.Where(h => h.Slot == head.Slot && !h.Optimistic).All(h => Votes(h.Root) <= Votes(head.Root));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void With_equal_votes_the_better_node_is_right()
    {
        Assert.Equal(Given.Head(50, 1), Merge(Given.Head(50, 1), Given.Head(50, 2)));
        Assert.Equal(Given.Head(50, 2), Merge(Given.Head(50, 2), Given.Head(50, 1)));
        Assert.Equal(Given.Head(50, 1), Merge(Given.Head(50, 2), Given.Head(50, 1), Given.Head(50, 1)));
    }

    [Fact]
    public void Nothing_is_expected_of_nobody() => Assert.Null(Merge());
}
