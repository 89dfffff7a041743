using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.State;
using DVStakers.Edge.Tests.Core.Messages;

namespace DVStakers.Edge.Tests.Core.State;

public sealed class TransitionsTests
{
    private static readonly Snapshot Before = Sample.Snapshot;

    [Fact]
    public void Nothing_changed_is_nothing_to_say()
    {
        Assert.Empty(Transitions.Between(Before, Before));
        // A detail and a time change with every reading.
        var condition = Before.Conditions[0] with { Detail = "no route to host" };
        Assert.Empty(Transitions.Between(Before, Before with { At = Before.At.AddSeconds(1), Conditions = [condition] }));
    }

    [Fact]
    public void A_raised_condition_says_what_was_seen_and_what_to_do()
    {
        var after = Before with { Conditions = [.. Before.Conditions, new Condition(Conditions.BeaconFewPeers, "home-a", "2 peers", Before.At)] };
        var transition = Assert.Single(Transitions.Between(Before, after));
        Assert.Equal(
            new Transition("condition-raised", Severity.Warning, "home-a",
                "Beacon node has few peers (home-a): 2 peers. Check its p2p port, firewall and internet connection.", "beacon-few-peers"),
            transition);
    }

    [Fact]
    public void The_same_condition_of_another_stack_is_another_condition()
    {
        var after = Before with { Conditions = [.. Before.Conditions, Before.Conditions[0] with { Subject = "home-a" }] };
        Assert.Equal("home-a", Assert.Single(Transitions.Between(Before, after)).Subject);
    }

    [Theory]
    [InlineData(0, "42 s")]
    [InlineData(30, "1 min 12 s")]
    [InlineData(7200, "2 h 0 min")]
    [InlineData(200_000, "2 d 7 h")]
    public void A_cleared_condition_says_how_long_it_held(int laterSeconds, string span)
    {
        var after = Before with { At = Before.At.AddSeconds(laterSeconds), Conditions = [] };
        Assert.Equal(
            new Transition("condition-cleared", Severity.Info, "home-b", $"Over after {span}: Execution client unreachable (home-b).", "execution-unreachable"),
            Assert.Single(Transitions.Between(Before, after)));
    }

    [Fact]
    public void A_lost_stack_is_lost_redundancy()
    {
        var both = Before.With("home-b", Tier.Healthy, "on the expected head");
        var transition = Assert.Single(Transitions.Between(both, Before));
        Assert.Equal(
            new Transition("tier-changed", Severity.Warning, "home-b",
                "home-b is now suspect (was healthy): its execution client isn't there. It serves the validator only if nothing better answers."),
            transition);
        Assert.Equal(Severity.Info, Assert.Single(Transitions.Between(Before, both)).Severity);
        Assert.Equal(Severity.Info, Assert.Single(Transitions.Between(both, both.With("home-b", Tier.Lagging, "one slot behind"))).Severity);
    }

    [Fact]
    public void A_fail_over_says_from_where_to_where_and_why()
    {
        var both = Before.With("home-b", Tier.Healthy, "on the expected head");
        var after = both.With("home-a", Tier.Out, "connection refused") with { Serving = "home-b", ServingReason = "home-a is out" };
        var transitions = Transitions.Between(both, after);
        Assert.Equal(["tier-changed", "serving-changed"], transitions.Select(t => t.Code));
        Assert.Equal(
            new Transition("serving-changed", Severity.Info, "home-b",
                "home-b serves the validator now instead of home-a: home-a is out. Duties go on."),
            transitions[1]);
    }

    [Fact]
    public void The_last_suspect_and_no_readiness_are_errors_and_the_way_back_is_not()
    {
        var after = Before.With("home-a", Tier.Out, "connection refused") with { Serving = "home-b", ServingReason = "nothing better answers" };
        var lost = Transitions.Between(Before, after);
        Assert.Equal(["tier-changed", "serving-changed", "not-ready"], lost.Select(t => t.Code));
        Assert.Equal([Severity.Warning, Severity.Error, Severity.Error], lost.Select(t => t.Severity));
        Assert.Contains("may be wrong", lost[1].Text);

        var regained = Transitions.Between(after, Before);
        Assert.Equal(["tier-changed", "serving-changed", "ready"], regained.Select(t => t.Code));
        Assert.All(regained, t => Assert.Equal(Severity.Info, t.Severity));
        Assert.Equal("Ready: 1 of 2 stacks can serve the validator.", regained[2].Text);
    }

    [Fact]
    public void Nobody_serving_is_an_error()
    {
        var after = Before with { Serving = null, ServingReason = "no stack answers" };
        Assert.Equal(
            new Transition("serving-changed", Severity.Error, "agent",
                "No stack serves the validator any more (it was home-a): no stack answers. Its requests get an error, so that it goes to its own fallback."),
            Assert.Single(Transitions.Between(Before, after)));
    }

    [Fact]
    public void The_first_to_serve_replaces_nobody()
    {
        var transition = Assert.Single(Transitions.Between(Before with { Serving = null }, Before));
        Assert.Equal("home-a serves the validator now: first in the ranking. Duties go on.", transition.Text);
    }

    [Fact]
    public void One_that_was_not_read_to_the_end_yet_serves_without_an_alarm_until_it_is_known_that_none_is_good()
    {
        var starting = Before.With("home-a", Tier.Suspect, "execution client not read yet") with { ServingReason = "it ranks first: execution client not read yet" };
        var first = Assert.Single(Transitions.Between(starting with { Serving = null }, starting));
        Assert.Equal((Severity.Info, "home-a serves the validator now: it ranks first: execution client not read yet. Not everything was read yet."), (first.Severity, first.Text));

        var none = starting with { Conditions = [.. starting.Conditions, new Condition(Conditions.NoStack, "agent", "none of the stacks qualifies", starting.At)] };
        Assert.Equal(Severity.Error, Assert.Single(Transitions.Between(starting, none)).Severity);
        Assert.Contains(Transitions.Between(starting with { Serving = null }, none), t => t is { Code: "serving-changed", Severity: Severity.Error });
    }
}
