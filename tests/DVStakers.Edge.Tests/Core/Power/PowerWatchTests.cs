using DVStakers.Edge.Core.Power;

namespace DVStakers.Edge.Tests.Core.Power;

public sealed class PowerWatchTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly PowerReading Mains = new() { OnMains = true, ChargePercent = 90, Volts = 4.1 };
    private static readonly PowerReading Battery = new() { OnMains = false, ChargePercent = 80, Volts = 3.9 };

    private PowerWatch watch = PowerWatch.Start(mayFreeze: true, Start);
    private DateTimeOffset now = Start;

    private PowerStatus Status => watch.Status;

    /// <summary>A reading each second.</summary>
    private PowerStatus Read(double seconds, Func<double, PowerReading?> reading)
    {
        for (var i = 0; i < seconds; i++)
        {
            now += TimeSpan.FromSeconds(1);
            watch = watch.Next(reading(i), now);
        }
        return Status;
    }

    [Fact]
    public void Nothing_read_is_unknown_and_the_first_word_counts_at_once()
    {
        Assert.Equal(PowerSource.Unknown, Status.Source);
        Assert.Equal((PowerSource.Mains, 90d), (Read(1, _ => Mains).Source, Status.ChargePercent));
        Assert.Null(Status.RunTimeLeft);
    }

    [Fact]
    public void One_word_of_battery_is_not_believed_and_two_seconds_of_it_are()
    {
        Read(5, _ => Mains);
        Assert.Equal(PowerSource.Mains, Read(1, _ => Battery).Source);
        Read(1, _ => Mains);
        Assert.Equal(PowerSource.Battery, Read(3, _ => Battery).Source);
        Assert.Equal(now, Status.Since);
    }

    [Fact]
    public void Mains_that_flicker_are_not_back()
    {
        Read(5, _ => Mains);
        Read(5, _ => Battery);
        Assert.Equal(PowerSource.Battery, Read(40, i => i % 5 == 4 ? Battery : Mains).Source);
        Assert.Equal(PowerSource.Mains, Read(6, _ => Mains).Source);
    }

    [Fact]
    public void Silence_on_mains_is_unknown_after_a_while()
    {
        Read(5, _ => Mains);
        Assert.Equal(PowerSource.Mains, Read(14, _ => PowerReading.Silent("gone")).Source);
        Assert.Equal((PowerSource.Unknown, "gone", false), (Read(2, _ => PowerReading.Silent("gone")).Source, Status.Trouble, Status.Nonsense));
        Assert.Null(Status.ChargePercent);
        // Ticks alone come to the same: a driver that hangs says nothing at all.
        Read(5, _ => Mains);
        Assert.Null(Status.Trouble);
        Assert.Equal(PowerSource.Unknown, Read(20, _ => null).Source);
    }

    [Fact]
    public void Silence_on_battery_is_the_worst()
    {
        Read(5, _ => Mains);
        Read(5, _ => Battery);
        Assert.False(Status.Low);
        Read(16, _ => PowerReading.Silent("the link is lost"));
        Assert.Equal((PowerSource.Battery, true, TimeSpan.Zero), (Status.Source, Status.Low, Status.RunTimeLeft));
        // It comes back, with charge: the worst is off.
        Read(1, _ => Battery);
        Assert.Equal((PowerSource.Battery, false, null), (Status.Source, Status.Low, Status.Trouble));
    }

    [Fact]
    public void A_dip_of_a_moment_is_no_low_battery()
    {
        Read(5, _ => Mains);
        Read(10, _ => Battery);
        var dip = Battery with { ChargePercent = 66, RunTimeLeft = TimeSpan.FromMinutes(1), Low = true };
        Read(2, _ => Battery with { RunTimeLeft = TimeSpan.FromMinutes(60) });
        Read(1, _ => dip);
        Assert.Equal((80d, false, TimeSpan.FromMinutes(60)), (Status.ChargePercent, Status.Low, Status.RunTimeLeft));
        Read(7, _ => dip);
        Assert.Equal((66d, true, TimeSpan.FromMinutes(1)), (Status.ChargePercent, Status.Low, Status.RunTimeLeft));
    }

    [Fact]
    public void Nonsense_is_named_as_such_and_counts_as_silence()
    {
        Read(5, _ => Mains);
        Read(1, _ => PowerReading.Nonsense("every bit is one"));
        Assert.Equal((PowerSource.Mains, 90d, null), (Status.Source, Status.ChargePercent, Status.Trouble));
        Read(20, _ => PowerReading.Nonsense("every bit is one"));
        Assert.Equal((PowerSource.Unknown, "every bit is one", true), (Status.Source, Status.Trouble, Status.Nonsense));
    }

    [Fact]
    public void A_jump_is_not_believed_until_others_agree_with_it()
    {
        Read(5, _ => Mains);
        Assert.Equal(90, Read(1, _ => Mains with { ChargePercent = 3 }).ChargePercent);
        Assert.Equal(90, Read(1, _ => Mains).ChargePercent);
        Assert.Equal(40, Read(4, _ => Mains with { ChargePercent = 40 }).ChargePercent);
        // Nonsense that jumps about never agrees with itself.
        Read(20, i => Mains with { ChargePercent = i % 2 == 0 ? 0 : 100 });
        Assert.NotNull(Status.Trouble);
        Assert.True(Status.Nonsense);
    }

    [Fact]
    public void A_part_that_gave_itself_away_is_halved_from_then_on()
    {
        Read(5, _ => Mains with { ChargePercent = 60 });
        // It was over 100 all along: 130 is 65.
        Read(1, _ => Mains with { ChargePercent = 65, ReportsDouble = true });
        Assert.Equal(65, Status.ChargePercent);
        Assert.Equal(45, Read(5, _ => Mains with { ChargePercent = 90 }).ChargePercent);
        Assert.Null(Status.Trouble);
    }

    [Fact]
    public void A_chip_that_says_exactly_the_same_on_battery_has_died_and_one_on_mains_may_be_full()
    {
        Read(1500, _ => Mains);
        Assert.Null(Status.Trouble);
        Read(590, _ => Battery);
        Assert.Equal((false, null), (Status.Low, Status.Trouble));
        Read(60, _ => Battery);
        Assert.Equal((PowerSource.Battery, true, true), (Status.Source, Status.Low, Status.Nonsense));
        Assert.Contains("exactly the same", Status.Trouble, StringComparison.Ordinal);
        // A server that rounds may say the same for long.
        watch = PowerWatch.Start(mayFreeze: false, now);
        Read(1500, _ => Battery);
        Assert.Equal((false, null), (Status.Low, Status.Trouble));
    }

    [Fact]
    public void The_run_time_comes_by_the_slope_when_it_has_settled()
    {
        Read(5, _ => Mains);
        // One per cent a minute.
        Read(240, i => Draining(i));
        Assert.Null(Status.RunTimeLeft);
        Read(200, i => Draining(240 + i));
        var left = Status.RunTimeLeft!.Value;
        Assert.InRange(left.TotalMinutes, 68, 82);

        static PowerReading Draining(double seconds) => Battery with { ChargePercent = 80 - seconds / 60, Volts = 3.9 - seconds / 10_000 };
    }

    [Fact]
    public void The_UPSs_own_count_goes_before_ours()
    {
        Read(5, _ => Mains);
        Assert.Equal(TimeSpan.FromMinutes(33), Read(5, i => Battery with { Volts = 3.9 - i / 1000, RunTimeLeft = TimeSpan.FromMinutes(33) }).RunTimeLeft);
        Assert.Null(Read(10, _ => Mains).RunTimeLeft);
    }

    [Fact]
    public void What_its_master_shuts_down_is_forced()
    {
        Read(5, _ => Mains);
        Read(1, _ => Battery with { Forced = true });
        Assert.Equal((PowerSource.Battery, true), (Status.Source, Status.Forced));
    }

    [Theory]
    [InlineData(3600)]
    [InlineData(-3600)]
    public void A_clock_that_is_set_is_no_silence_of_the_UPS(int seconds)
    {
        Read(5, _ => Mains);
        Read(60, i => Battery with { Volts = 3.9 - i / 1000 });
        now += TimeSpan.FromSeconds(seconds);
        Assert.Equal((PowerSource.Battery, false), (Read(1, _ => null).Source, Status.Low));
        Assert.Null(Status.Trouble);
        Assert.InRange((now - Status.Since!.Value).TotalSeconds, 50, 70);
        Assert.Equal((PowerSource.Battery, false), (Read(1, _ => Battery).Source, Status.Low));
        // And silence is as long as it was before.
        Assert.False(Read(14, _ => null).Low);
        Assert.True(Read(2, _ => null).Low);
    }

    [Fact]
    public void The_run_time_left_outlives_a_clock_that_is_set()
    {
        Read(5, _ => Mains);
        var before = Read(600, i => Battery with { ChargePercent = 80 - i / 60, Volts = 3.9 - i / 1000 }).RunTimeLeft!.Value;
        now += TimeSpan.FromHours(3);
        var after = Read(30, i => Battery with { ChargePercent = 70 - i / 60, Volts = 3.3 - i / 1000 }).RunTimeLeft!.Value;
        Assert.InRange(after, before - TimeSpan.FromMinutes(3), before);
    }
}
