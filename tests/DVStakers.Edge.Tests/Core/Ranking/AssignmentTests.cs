using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Tests.Core.Chain;
using FsCheck;
using FsCheck.Fluent;

namespace DVStakers.Edge.Tests.Core.Ranking;

public sealed class AssignmentTests
{
    private static readonly DateTimeOffset DutyTime = Given.At(100, 3);
    private static readonly DateTimeOffset Window = Given.At(100, 9);
    private static readonly DateTimeOffset EpochWindow = Given.At(127, 9);
    private static readonly Assignment OnB = new("b", "it ranks first");

    private static IReadOnlyList<RankedStack> Ranking(Tier a, Tier b) => Ranker.Rank([new("a", a, "a's reason"), new("b", b, "b's reason")]);

    private static Assignment Next(Assignment current, Tier a, Tier b, DateTimeOffset now) => Assignment.Next(current, Ranking(a, b), Given.Mainnet, now);

    [Fact]
    public void The_first_assignment_is_the_best_stack_at_any_time()
    {
        var first = Next(Assignment.None, Tier.Healthy, Tier.Healthy, DutyTime);
        Assert.Equal("a", first.Stack);
        Assert.Contains("a's reason", first.Reason);
    }

    [Fact]
    public void A_good_stack_in_use_is_left_for_one_of_a_better_tier_only_in_the_switch_window()
    {
        var kept = Next(OnB, Tier.Healthy, Tier.Thin, DutyTime);
        Assert.Equal("b", kept.Stack);
        Assert.Contains("slot's duties are done; then a", kept.Reason);
        Assert.Equal("a", Next(kept, Tier.Healthy, Tier.Thin, Window).Stack);
    }

    [Fact]
    public void What_was_chosen_before_all_were_read_lasts_only_until_a_better_one_was()
    {
        var first = Assignment.Next(Assignment.None, Ranking(Tier.Out, Tier.Healthy), Given.Mainnet, DutyTime, allRead: false);
        Assert.Equal("b", first.Stack);
        var moved = Next(first, Tier.Healthy, Tier.Healthy, DutyTime);
        Assert.Equal("a", moved.Stack);
        Assert.False(moved.Provisional);
    }

    [Fact]
    public void For_an_equal_one_that_is_only_preferred_it_is_left_at_the_end_of_the_epoch()
    {
        Assert.Equal("b", Next(OnB, Tier.Healthy, Tier.Healthy, DutyTime).Stack);
        Assert.Equal("b", Next(OnB, Tier.Healthy, Tier.Healthy, Given.At(127, 3)).Stack);
        var kept = Next(OnB, Tier.Healthy, Tier.Healthy, Window);
        Assert.Equal("b", kept.Stack);
        Assert.Contains("epoch ends; then a", kept.Reason);
        Assert.Equal("a", Next(kept, Tier.Healthy, Tier.Healthy, EpochWindow).Stack);
    }

    [Theory]
    [InlineData(Tier.Suspect)]
    [InlineData(Tier.Syncing)]
    [InlineData(Tier.Optimistic)]
    [InlineData(Tier.Out)]
    public void A_stack_in_use_that_fails_is_left_at_once_and_the_reason_says_why(Tier failed)
    {
        var moved = Next(OnB, Tier.Lagging, failed, DutyTime);
        Assert.Equal("a", moved.Stack);
        Assert.Contains("b failed", moved.Reason);
    }

    [Theory]
    [InlineData(Tier.Suspect)]
    [InlineData(Tier.Syncing)]
    [InlineData(Tier.Optimistic)]
    public void Among_equally_bad_stacks_the_slot_is_finished_on_the_one_in_use(Tier both)
    {
        Assert.Equal("b", Next(OnB, both, both, DutyTime).Stack);
        Assert.Equal("a", Next(OnB, both, both, EpochWindow).Stack);
    }

    [Fact]
    public void A_stack_that_ranks_lower_is_never_moved_to() =>
        Assert.Equal("a", Next(new Assignment("a", ""), Tier.Healthy, Tier.Healthy, EpochWindow).Stack);

    [Fact]
    public void Where_none_may_serve_none_is_named_and_the_reason_is_the_best_ones()
    {
        var none = Next(OnB, Tier.Out, Tier.Out, DutyTime);
        Assert.Null(none.Stack);
        Assert.Contains("a's reason", none.Reason);
        Assert.Null(Assignment.Next(OnB, [], null, DutyTime).Stack);
    }

    [Fact]
    public void Outside_the_window_a_stack_that_qualifies_is_never_left() =>
        Prop.ForAll(Gen.Elements(Enum.GetValues<Tier>()).Two().ToArbitrary(), Gen.Choose(0, 11_999).ToArbitrary(), (tiers, ms) =>
        {
            var now = Given.At(5, ms / 1000.0);
            var (a, b) = tiers;
            var next = Next(OnB, a, b, now);
            return next.Reason.Length > 0 && (!b.Qualifies() || Given.Mainnet.InSwitchWindow(now) || next.Stack == "b");
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void At_the_start_one_that_was_taken_half_read_gives_way_and_comes_back_when_it_is_read()
    {
        // a: its beacon node answered, its execution client was not read yet.
        var first = Assignment.Next(Assignment.None, Ranking(Tier.Suspect, Tier.Out), Given.Mainnet, DutyTime, allRead: false);
        Assert.Equal(("a", true), (first.Stack, first.Provisional));
        var second = Assignment.Next(first, Ranking(Tier.Suspect, Tier.Healthy), Given.Mainnet, DutyTime, allRead: false);
        Assert.Equal(("b", true), (second.Stack, second.Provisional));
        var third = Assignment.Next(second, Ranking(Tier.Healthy, Tier.Healthy), Given.Mainnet, DutyTime, allRead: true);
        Assert.Equal(("a", false), (third.Stack, third.Provisional));
    }
}
