using DVStakers.Edge.Core.Routing;
using DVStakers.Edge.Tests.Core.Chain;
using FsCheck;
using FsCheck.Fluent;

namespace DVStakers.Edge.Tests.Core.Routing;

/// <summary>After how long a silent node is hedged, learned from its own answers.</summary>
public sealed class HedgingTests
{
    private static readonly Route AttestationData = Routes.Find("GET", "/eth/v1/validator/attestation_data");
    private static readonly Deadlines Mainnet = Deadlines.For(AttestationData, Given.Mainnet, Given.At(1000, 0));

    private static Arbitrary<TimeSpan[]> Samples => Gen.Choose(0, 2_000).Select(ms => TimeSpan.FromMilliseconds(ms)).ArrayOf()
        .Where(s => s.Length is > 0 and <= AnswerTimes.Kept).ToArbitrary();

    [Fact]
    public void It_is_always_between_250_and_400_ms() =>
        Prop.ForAll(Samples, s => Mainnet.HedgeAfter(AnswerTimes.HighOf(s)).TotalMilliseconds is >= 250 and <= 400).QuickCheckThrowOnFailure();

    [Fact]
    public void It_never_falls_when_an_answer_took_longer() =>
        Prop.ForAll(Samples, Gen.Choose(0, AnswerTimes.Kept - 1).ToArbitrary(), Gen.Choose(0, 500).ToArbitrary(), (samples, which, more) =>
        {
            var slower = samples.ToArray();
            slower[which % samples.Length] += TimeSpan.FromMilliseconds(more);
            return AnswerTimes.HighOf(slower) >= AnswerTimes.HighOf(samples) && Mainnet.HedgeAfter(AnswerTimes.HighOf(slower)) >= Mainnet.HedgeAfter(AnswerTimes.HighOf(samples));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_high_time_is_one_that_was_taken_and_at_most_a_twentieth_took_longer() =>
        Prop.ForAll(Samples, s => s.Contains(AnswerTimes.HighOf(s)) && s.Count(t => t > AnswerTimes.HighOf(s)) <= s.Length / 20.0).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(5, 250)]
    [InlineData(320, 320)]
    [InlineData(3_000, 400)]
    public void A_node_is_hedged_by_its_own_latency(int usually, int hedgedAfter)
    {
        var times = new AnswerTimes();
        for (var i = 0; i < AnswerTimes.Kept; i++)
            times.Add(TimeSpan.FromMilliseconds(usually));
        Assert.Equal(hedgedAfter, Mainnet.HedgeAfter(times.High).TotalMilliseconds);
    }

    [Fact]
    public void What_is_not_known_yet_is_the_slots_share()
    {
        var times = new AnswerTimes();
        for (var i = 0; i < AnswerTimes.Fewest - 1; i++)
            times.Add(TimeSpan.FromMilliseconds(5));
        Assert.Null(times.High);
        Assert.Equal(Mainnet.Hedge, Mainnet.HedgeAfter(times.High));
    }

    [Fact]
    public void Old_answers_are_forgotten()
    {
        var times = new AnswerTimes();
        for (var i = 0; i < AnswerTimes.Kept; i++)
            times.Add(TimeSpan.FromSeconds(1));
        for (var i = 0; i < AnswerTimes.Kept; i++)
            times.Add(TimeSpan.FromMilliseconds(10));
        Assert.Equal(TimeSpan.FromMilliseconds(10), times.High);
    }

    [Fact]
    public void In_the_shortest_slots_the_next_node_still_has_its_time()
    {
        var spec = Given.Mainnet with { SlotDuration = TimeSpan.FromSeconds(1), AttestationDue = TimeSpan.FromSeconds(1) / 3, AggregateDue = TimeSpan.FromSeconds(2) / 3 };
        var deadlines = Deadlines.For(AttestationData, spec, spec.GenesisTime);
        Assert.All([TimeSpan.Zero, TimeSpan.FromSeconds(5)], t => Assert.True(deadlines.HedgeAfter(t) < spec.AttestationDue / 2));
    }

    [Fact]
    public void A_block_is_never_hedged_early() =>
        Assert.Equal(Given.Mainnet.AttestationDue / 4, Deadlines.For(Routes.Find("GET", "/eth/v3/validator/blocks/1"), Given.Mainnet, Given.At(1000, 0)).HedgeAfter(TimeSpan.Zero));
}
