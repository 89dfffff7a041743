using DVStakers.Edge.Core.Routing;
using FsCheck;
using FsCheck.Fluent;
using Outcome = DVStakers.Edge.Core.Routing.Outcome;

namespace DVStakers.Edge.Tests.Core.Routing;

public sealed class RetryRuleTests
{
    public static TheoryData<Retry> Rules => [.. Enum.GetValues<Retry>().Where(r => r != Retry.Never)];

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_request_that_never_left_or_was_not_answered_may_go_elsewhere(Retry rule)
    {
        Assert.True(RetryRule.AsksNext(rule, new Outcome(Stage.NotConnected, 0)));
        Assert.True(RetryRule.AsksNext(rule, new Outcome(Stage.NoAnswer, 0)));
        Assert.True(RetryRule.AsksNext(rule, new Outcome(Stage.Broken, 0)));
        Assert.False(RetryRule.AsksNext(Retry.Never, new Outcome(Stage.NotConnected, 0)));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void An_answer_ends_it_unless_the_node_is_in_trouble(Retry rule)
    {
        foreach (var status in new[] { 200, 202, 204, 206, 304, 400, 401, 405, 408, 415, 429 })
            Assert.False(RetryRule.AsksNext(rule, new Outcome(Stage.Answered, status)), $"{status}");
        foreach (var status in new[] { 500, 502, 503, 504 })
            Assert.True(RetryRule.AsksNext(rule, new Outcome(Stage.Answered, status)), $"{status}");
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Only_what_a_node_may_not_have_is_asked_for_elsewhere_after_404(Retry rule) =>
        Assert.Equal(rule == Retry.OnFailureOrMissing, RetryRule.AsksNext(rule, new Outcome(Stage.Answered, 404)));

    private static readonly Arbitrary<Outcome> Outcomes =
        (from stage in Gen.Elements(Enum.GetValues<Stage>()) from status in Gen.Choose(200, 599) select new Outcome(stage, stage == Stage.Answered ? status : 0)).ToArbitrary();

    [Fact]
    public void Whatever_the_rule_and_the_outcome_an_acceptance_ends_it_and_a_4xx_is_the_clients_own_but_for_what_is_not_there() =>
        Prop.ForAll(Outcomes, Gen.Elements(Enum.GetValues<Retry>()).ToArbitrary(), (outcome, rule) =>
        {
            var next = RetryRule.AsksNext(rule, outcome);
            return !(next && rule == Retry.Never)
                && !(next && outcome.Accepted)
                && !(next && outcome.Status is >= 300 and < 500 && !(outcome.Status == 404 && rule == Retry.OnFailureOrMissing))
                && (next || rule == Retry.Never || (outcome.Stage == Stage.Answered && outcome.Status < 500));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_202_on_a_block_is_an_acceptance() => Assert.True(new Outcome(Stage.Answered, 202).Accepted);

    [Fact]
    public void Of_several_answers_the_one_that_tells_most_counts()
    {
        Outcome[] bestFirst =
        [
            new(Stage.Answered, 200), new(Stage.Answered, 400), new(Stage.Answered, 500), new(Stage.Answered, 503), new(Stage.NoAnswer, 0), new(Stage.NotConnected, 0),
        ];
        Assert.Equal(bestFirst, bestFirst.Reverse().OrderByDescending(RetryRule.Usefulness));
        Assert.Equal(bestFirst.Length, bestFirst.Select(RetryRule.Usefulness).Distinct().Count());
    }
}
