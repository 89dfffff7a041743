using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.State;
using DVStakers.Edge.Tests.Core.Chain;
using FsCheck;
using FsCheck.Fluent;

namespace DVStakers.Edge.Tests.Core.Ranking;

public sealed class SteadyTests
{
    private static readonly RankingConfig Config = new();
    private static readonly Steady Good = Steady.Unknown(Given.At(0, 0)).Next(Says(Tier.Healthy), Given.Mainnet, Given.At(0, 0), Config, nothingBetter: true);
    private static readonly Steady Gone = Steady.Unknown(Given.At(0, 0)).Next(Says(Tier.Out), Given.Mainnet, Given.At(0, 0), Config, nothingBetter: true);

    private static Verdict Says(Tier tier, bool hard = false, object? reading = null) =>
        new(tier, tier == Tier.Healthy ? null : Conditions.BeaconSyncing, $"seen as {tier}", reading ?? new object(), hard);

    private static Steady Next(Steady steady, Verdict verdict, DateTimeOffset now, bool nothingBetter = false) =>
        steady.Prepared().Next(verdict, Given.Mainnet, now, Config, nothingBetter);

    [Fact]
    public void The_first_reading_counts_at_once_in_either_direction()
    {
        Assert.Equal(Tier.Healthy, Good.Tier);
        Assert.True(Good.Settled);
        Assert.Equal(Tier.Lagging, Next(Steady.Unknown(Given.At(0, 0)), Says(Tier.Lagging), Given.At(0, 1)).Tier);
    }

    [Fact]
    public void A_verdict_without_a_reading_settles_nothing()
    {
        var steady = Next(Steady.Unknown(Given.At(0, 0)), new Verdict(Tier.Suspect, null, "not read yet", null, Hard: false), Given.At(0, 1));
        Assert.False(steady.Settled);
        Assert.Equal(Tier.Healthy, Next(steady, Says(Tier.Healthy), Given.At(0, 2)).Tier);
    }

    [Fact]
    public void Soft_evidence_counts_once_for_each_reading_however_often_it_is_judged()
    {
        var reading = new object();
        var steady = Good;
        for (var i = 0; i < 100; i++)
            steady = Next(steady, Says(Tier.Suspect, reading: reading), Given.At(1, i * 0.1));
        Assert.Equal(Tier.Healthy, steady.Tier);
        Assert.Equal(1, steady.Doubts);
        steady = Next(steady, Says(Tier.Suspect), Given.At(2, 0));
        Assert.Equal(Tier.Suspect, steady.Tier);
        Assert.Equal(Given.At(2, 0), steady.Since);
        Assert.Equal(Conditions.BeaconSyncing, steady.Kind);
    }

    [Fact]
    public void A_good_reading_clears_the_doubt()
    {
        var steady = Next(Next(Next(Good, Says(Tier.Suspect), Given.At(1, 0)), Says(Tier.Healthy), Given.At(1, 1)), Says(Tier.Suspect), Given.At(1, 2));
        Assert.Equal(Tier.Healthy, steady.Tier);
        Assert.Equal(1, steady.Doubts);
    }

    [Fact]
    public void Two_readings_in_turn_are_two_and_going_back_to_the_first_is_not_a_third()
    {
        var (beacon, execution) = (new object(), new object());
        var config = Config with { SoftReadings = 3 };
        var steady = Good;
        foreach (var reading in new[] { execution, beacon, execution, beacon, execution })
            steady = steady.Next(Says(Tier.Suspect, reading: reading), Given.Mainnet, Given.At(1, 0), config, nothingBetter: false);
        Assert.Equal(Tier.Healthy, steady.Tier);
        Assert.Equal(2, steady.Doubts);
    }

    [Fact]
    public void Hard_evidence_counts_at_once() =>
        Assert.Equal(Tier.Out, Next(Good, Says(Tier.Out, hard: true), Given.At(1, 0)).Tier);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(64)]
    public void A_recovered_stack_is_used_again_after_the_configured_good_slots_and_not_before(int slots)
    {
        var config = Config with { RecoverySlots = slots };
        var steady = Gone;
        for (var second = 0; second < slots * 12; second++)
        {
            steady = steady.Next(Says(Tier.Healthy), Given.Mainnet, Given.At(10, second), config, nothingBetter: false);
            Assert.Equal(Tier.Out, steady.Tier);
            Assert.True(steady.IsRecovering);
        }
        Assert.Contains("recovering", steady.Reason);
        steady = steady.Prepared();
        Assert.Equal(Tier.Healthy, steady.Next(Says(Tier.Healthy), Given.Mainnet, Given.At(10 + (ulong)slots, 0), config, nothingBetter: false).Tier);
    }

    [Fact]
    public void A_recovered_stack_is_not_used_before_it_has_this_epochs_subscriptions()
    {
        var steady = Gone;
        for (ulong slot = 10; slot < 30; slot++)
            steady = steady.Next(Says(Tier.Healthy), Given.Mainnet, Given.At(slot, 0), Config, nothingBetter: false);
        Assert.Equal(Tier.Out, steady.Tier);
        Assert.Contains("waits for this epoch's subscriptions", steady.Reason);
        Assert.Equal(Tier.Healthy, Next(steady, Says(Tier.Healthy), Given.At(30, 0)).Tier);
    }

    [Fact]
    public void What_it_was_given_while_it_was_not_yet_good_does_not_count()
    {
        var steady = Next(Gone, Says(Tier.Syncing), Given.At(10, 0)).Prepared();
        Assert.True(steady.IsPrepared);
        steady = steady.Next(Says(Tier.Healthy), Given.Mainnet, Given.At(11, 0), Config, nothingBetter: false);
        Assert.True(steady.IsRecovering);
        Assert.False(steady.IsPrepared);
    }

    [Fact]
    public void What_it_was_given_before_it_failed_again_does_not_count()
    {
        var steady = Next(Next(Gone, Says(Tier.Healthy), Given.At(10, 0)), Says(Tier.Healthy), Given.At(11, 0));
        Assert.True(steady.IsPrepared);
        steady = Next(Next(steady, Says(Tier.Out, hard: true), Given.At(12, 0)), Says(Tier.Out, hard: true), Given.At(12, 1));
        Assert.False(steady.IsPrepared);
    }

    [Fact]
    public void A_stack_that_fails_again_soon_after_its_return_needs_twice_the_slots_each_time_up_to_eight_times()
    {
        var (steady, slot) = (Gone, 10ul);
        var needed = new List<ulong>();
        for (var i = 0; i < 6; i++)
        {
            var began = slot;
            while (!(steady = Next(steady, Says(Tier.Healthy), Given.At(slot, 0))).Tier.Qualifies())
                slot++;
            needed.Add(slot - began);
            steady = Next(steady, Says(Tier.Out, hard: true), Given.At(++slot, 0));
        }
        Assert.Equal([3ul, 6, 12, 24, 24, 24], needed);
    }

    [Fact]
    public void After_a_good_epoch_it_is_trusted_again()
    {
        var steady = Gone;
        for (var i = 0; i < 2; i++)
        {
            for (ulong slot = 0; slot < 7; slot++)
                steady = Next(steady, Says(Tier.Healthy), Given.At(10 + slot, 0));
            Assert.True(steady.Tier.Qualifies());
            steady = Next(steady, Says(Tier.Out, hard: true), Given.At(16 + (40 * (ulong)i), 6));
        }
        for (ulong slot = 0; slot < 3; slot++)
            steady = Next(steady, Says(Tier.Healthy), Given.At(100 + slot, 0));
        Assert.True(Next(steady, Says(Tier.Healthy), Given.At(103, 0)).Tier.Qualifies());
    }

    [Fact]
    public void Slots_in_which_it_was_better_but_not_good_do_not_count_as_good()
    {
        var steady = Gone;
        for (ulong slot = 10; slot < 13; slot++)
            steady = Next(steady, Says(Tier.Syncing), Given.At(slot, 0));
        steady = Next(steady, Says(Tier.Healthy), Given.At(12, 6));
        for (var second = 0; second < 24; second++)
        {
            steady = Next(steady, Says(Tier.Healthy), Given.At(13, second));
            Assert.False(steady.Tier.Qualifies(), $"qualifies {second} s after slot 13 began: {steady.Reason}");
        }
        Assert.Equal(Tier.Healthy, Next(steady, Says(Tier.Healthy), Given.At(15, 0)).Tier);
    }

    [Fact]
    public void A_few_peers_more_or_less_do_not_hold_a_recovering_stack_down()
    {
        var steady = Gone;
        for (ulong slot = 10; slot < 14; slot++)
            steady = Next(steady, Says(slot % 2 == 0 ? Tier.Healthy : Tier.Thin), Given.At(slot, 0));
        Assert.True(steady.Tier.Qualifies());
    }

    [Fact]
    public void Where_nothing_better_is_there_it_is_taken_at_once() =>
        Assert.Equal(Tier.Healthy, Next(Gone, Says(Tier.Healthy), Given.At(10, 0), nothingBetter: true).Tier);

    [Fact]
    public void A_stack_that_alternates_every_few_seconds_stays_out() =>
        Prop.ForAll(Gen.Choose(1, 35).ArrayOf(40).ToArbitrary(), goodSeconds =>
        {
            var (steady, now) = (Gone, Given.At(10, 0));
            foreach (var seconds in goodSeconds)
            {
                for (var s = 0; s < seconds; s++)
                {
                    now = now.AddSeconds(1);
                    steady = Next(steady, Says(Tier.Healthy), now);
                    // Three slots take at least 24 s and a bit, where the first is counted from its end.
                    if (s < 24 && steady.Tier.Qualifies())
                        return false;
                }
                now = now.AddSeconds(1);
                steady = Next(steady, Says(Tier.Out, hard: true), now);
                if (steady.Tier != Tier.Out)
                    return false;
            }
            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_clock_that_is_set_back_neither_ends_the_recovery_nor_stretches_it()
    {
        var steady = Next(Gone, Says(Tier.Healthy), Given.At(1000, 0));
        steady = Next(steady, Says(Tier.Healthy), Given.At(700, 0));
        Assert.Equal(Tier.Out, steady.Tier);
        Assert.Equal(Tier.Healthy, Next(steady, Says(Tier.Healthy), Given.At(703, 0)).Tier);
    }

    [Fact]
    public void A_recovery_that_is_interrupted_begins_anew()
    {
        var steady = Next(Next(Gone, Says(Tier.Healthy), Given.At(10, 0)), Says(Tier.Healthy), Given.At(12, 0));
        steady = Next(steady, Says(Tier.Out), Given.At(12, 6));
        steady = Next(steady, Says(Tier.Healthy), Given.At(13, 0));
        Assert.Equal(Tier.Out, Next(steady, Says(Tier.Healthy), Given.At(15, 11)).Tier);
        Assert.Equal(Tier.Healthy, Next(steady, Says(Tier.Healthy), Given.At(16, 0)).Tier);
    }
}
