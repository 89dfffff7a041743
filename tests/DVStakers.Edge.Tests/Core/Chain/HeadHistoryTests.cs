using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Readings;
using FsCheck;
using FsCheck.Fluent;

namespace DVStakers.Edge.Tests.Core.Chain;

public sealed class HeadHistoryTests
{
    private static HeadHistory Of(params Head[] heads) => heads.Aggregate(HeadHistory.Empty, (h, head) => h.With(head));

    [Fact]
    public void Every_answer_agrees_while_nothing_is_expected() =>
        Assert.Equal(Agreement.Agrees, HeadHistory.Empty.Judge(Given.Block(1)));

    [Fact]
    public void The_last_head_agrees_an_earlier_one_is_stale_an_unknown_one_is_newer()
    {
        var history = Of(Given.Head(10), Given.Head(11));
        Assert.Equal(Agreement.Agrees, history.Judge(Given.Block(11)));
        Assert.Equal(Agreement.Stale, history.Judge(Given.Block(10)));
        Assert.Equal(Agreement.Newer, history.Judge(Given.Block(12)));
    }

    [Fact]
    public void A_head_that_a_reorganisation_brings_back_is_not_stale()
    {
        var history = Of(Given.Head(10), Given.Head(11), Given.Head(11, fork: 1), Given.Head(11));
        Assert.Equal(Agreement.Agrees, history.Judge(Given.Block(11)));
        Assert.Equal(Agreement.Stale, history.Judge(Given.Block(11, fork: 1)));
        Assert.Equal(3, history.Heads.Length);
    }

    [Fact]
    public void A_head_that_only_a_lagging_node_has_is_stale_though_it_was_never_expected()
    {
        var history = Of(Given.Head(100)).Beside([Given.Head(97), Given.Head(100, fork: 1), Given.Head(101, optimistic: true), Given.Head(102, fork: 1)]);
        Assert.Equal(Given.Head(100), history.Expected);
        Assert.Equal(Agreement.Stale, history.Judge(Given.Block(97)));
        Assert.Equal(Agreement.Stale, history.Judge(Given.Block(100, fork: 1)));
        Assert.Equal(Agreement.Newer, history.Judge(Given.Block(101)));
        Assert.Equal(Agreement.Stale, history.Judge(Given.Block(102, fork: 1)));
    }

    [Fact]
    public void It_is_bounded_without_repeats_and_ends_with_the_last_head_whatever_comes() =>
        Prop.ForAll(Gen.Choose(0, 90).Select(s => Given.Head((ulong)s)).ArrayOf(300).ToArbitrary(), heads =>
        {
            var history = HeadHistory.Empty;
            foreach (var (head, beside) in heads.Zip(heads.Reverse()))
            {
                history = history.With(head).Beside([beside]);
                if (history.Expected != head || history.Heads.Length > HeadHistory.Capacity
                    || history.Heads.Select(h => h.Root).Distinct().Count() != history.Heads.Length)
                    return false;
            }
            return true;
        }).QuickCheckThrowOnFailure();
}
