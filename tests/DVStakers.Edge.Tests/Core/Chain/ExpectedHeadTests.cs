using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Readings;
using FsCheck;
using FsCheck.Fluent;

namespace DVStakers.Edge.Tests.Core.Chain;

public sealed class ExpectedHeadTests
{
    private const ulong Wall = 50;

    private static readonly Arbitrary<Witness[]> Witnesses =
        (from slot in Gen.Choose(34, 54) from fork in Gen.Choose(0, 2) from optimistic in Gen.Elements(true, false, false) from seen in Gen.Choose(1, 16)
         select On(fork, (ulong)slot, seen, optimistic)).ArrayOf().ToArbitrary();

    /// <summary>A node that followed one branch for some slots.</summary>
    private static Witness On(int fork, ulong slot, int seen = 8, bool optimistic = false) =>
        new(Given.Head(slot, fork, optimistic), [.. Enumerable.Range(0, seen).Reverse().Select(back => Given.Block(slot - (ulong)back, fork))]);

    private static Head? Merge(params Witness[] nodes) => ExpectedHead.Merge(nodes, new Slot(Wall));

    [Fact]
    public void It_is_one_of_the_heads_given_never_optimistic_never_from_the_future_never_far_behind_another() =>
        Prop.ForAll(Witnesses, nodes =>
        {
            var fit = nodes.Select(w => w.Head).Where(h => !h.Optimistic && h.Slot.Value <= Wall + 1).ToList();
            return Merge(nodes) is { } head
                ? fit.Contains(head) && head.Slot.Value + 8 >= fit.Max(h => h.Slot.Value)
                : fit.Count == 0;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_other_head_that_is_not_far_behind_is_backed_by_more_nodes() =>
        Prop.ForAll(Witnesses, nodes =>
        {
            var fit = nodes.Where(w => !w.Head.Optimistic && w.Head.Slot.Value <= Wall + 1).ToList();
            int Backers(Head head) => fit.Count(w => fit.Where(o => o.Head == head).Any(w.Backs));
            return Merge(nodes) is not { } expected
                || fit.Where(w => w.Head.Slot.Value + 8 >= fit.Max(o => o.Head.Slot.Value)).All(w => fit.Count(o => o.Backs(w)) <= Backers(expected));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_first_of_several_to_import_a_block_is_not_outvoted() =>
        Assert.Equal(Given.Head(50), Merge(On(0, 49), On(0, 50), On(0, 49)));

    [Fact]
    public void Nodes_that_stand_still_do_not_outvote_one_that_goes_on()
    {
        Assert.Equal(Given.Head(50), Merge(On(0, 46), On(0, 46), On(0, 50)));
        Assert.Equal(Given.Head(50), Merge(On(0, 36), On(0, 36), On(0, 50, seen: 3)));
    }

    [Fact]
    public void A_node_on_a_branch_of_its_own_is_outvoted_even_where_it_is_ahead()
    {
        Assert.Equal(Given.Head(49), Merge(On(1, 50), On(0, 49), On(0, 49)));
        Assert.Equal(Given.Head(49), Merge(On(1, 50), On(0, 48), On(0, 49)));
    }

    [Fact]
    public void A_reorganisation_is_followed_by_the_first_node_that_tells_of_it()
    {
        var reorganised = new Witness(Given.Head(50, 1), [Given.Block(48), Given.Block(49), Given.Block(50, 1)]);
        Assert.Equal(Given.Head(50, 1), Merge(On(0, 49), reorganised, On(0, 49)));
    }

    [Fact]
    public void Of_two_nodes_on_two_branches_the_higher_slot_counts_then_the_better_node()
    {
        Assert.Equal(Given.Head(50, 1), Merge(On(0, 49), On(1, 50)));
        Assert.Equal(Given.Head(50, 1), Merge(On(1, 50), On(2, 50)));
        Assert.Equal(Given.Head(50, 2), Merge(On(2, 50), On(1, 50)));
    }

    [Fact]
    public void Nothing_is_expected_of_nobody() => Assert.Null(Merge());
}
