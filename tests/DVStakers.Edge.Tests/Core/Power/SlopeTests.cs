using DVStakers.Edge.Core.Power;
using FsCheck;
using FsCheck.Fluent;

namespace DVStakers.Edge.Tests.Core.Power;

public sealed class SlopeTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static Slope Run(int seconds, Func<int, double> percent)
    {
        var slope = Slope.Start(Start);
        for (var i = 0; i <= seconds; i += 5)
            slope = slope.With(percent(i), Start + TimeSpan.FromSeconds(i));
        return slope;
    }

    [Fact]
    public void Nothing_is_told_before_it_has_settled_and_run_for_a_while()
    {
        Assert.Null(Run(290, i => 90 - i / 60.0).Left());
        Assert.Equal(84, Run(320, i => 90 - i / 60.0).Left()!.Value.TotalMinutes, 1.5);
    }

    [Fact]
    public void A_step_of_the_voltage_is_no_slope()
    {
        // A load comes on: the gauge drops seven per cent within a second, and goes on as slowly as before.
        double Stepped(int i) => (i < 600 ? 90 : 83) - i / 120.0;
        Assert.Null(Run(610, Stepped).Left());
        Assert.Null(Run(850, Stepped).Left());
        var left = Run(1100, Stepped).Left()!.Value;
        Assert.Equal((83 - 1100 / 120.0) * 2, left.TotalMinutes, 4.0);
    }

    [Fact]
    public void What_does_not_fall_has_no_end()
    {
        Assert.Null(Run(900, _ => 50).Left());
        Assert.Null(Run(900, i => 50 + i / 100.0).Left());
    }

    [Fact]
    public void A_quarter_of_wrong_samples_has_no_say()
    {
        var noise = Gen.Choose(-15, 15).ListOf(400);
        Prop.ForAll(noise.ToArbitrary(), wrong =>
        {
            var left = Run(1200, i => 80 - i / 60.0 + (i / 15 % 5 == 0 ? wrong[i / 5] / 20.0 : 0)).Left();
            Assert.NotNull(left);
            Assert.InRange(left.Value.TotalMinutes, 45, 80);
        }).QuickCheckThrowOnFailure();
    }
}
