using DVStakers.Edge.Core.Machine;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;
using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Tests.Core.Machine;

public sealed class DiskTrendTests
{
    private const long Gib = 1L << 30;
    private static readonly DateTimeOffset Start = Snapshots.Now;

    [Fact]
    public void A_disk_that_loses_ten_gibibytes_a_day_is_full_in_its_rest_over_ten()
    {
        var left = Days(hours => 100 - (hours * 10 / 24), 24);
        Assert.InRange(left!.Value, 8.9, 9.1);
    }

    [Fact]
    public void Noise_moves_it_little()
    {
        var noise = new Random(1);
        Assert.InRange(Days(hours => 100 - (hours * 10 / 24) + (noise.NextDouble() * 2), 24)!.Value, 8, 10.5);
    }

    [Fact]
    public void A_prune_in_between_does_not_hide_that_it_fills() =>
        Assert.InRange(Days(hours => 100 - (hours * 10 / 24) + (hours > 20 ? 60 : 0), 24)!.Value, 10, 20);

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void A_disk_that_stays_or_gets_emptier_has_no_end(double perDay) => Assert.Null(Days(hours => 100 + (hours * perDay / 24), 24));

    [Fact]
    public void Two_hours_tell_nothing() => Assert.Null(Days(hours => 100 - (hours * 10), 2));

    [Fact]
    public void A_clock_that_is_set_back_begins_anew()
    {
        var trend = DiskTrend.Empty;
        for (var i = 0; i < 30; i++)
            trend = trend.With(Start + (DiskTrend.Step * i), (100 - i) * Gib);
        Assert.NotNull(trend.Left(Gib));
        Assert.Null(trend.With(Start - TimeSpan.FromDays(1), 50 * Gib).Left(Gib));
    }

    private static double? Days(Func<double, double> gibibytes, double hours)
    {
        var trend = DiskTrend.Empty;
        long free = 0;
        for (var at = TimeSpan.Zero; at <= TimeSpan.FromHours(hours); at += TimeSpan.FromMinutes(5))
            trend = trend.With(Start + at, free = (long)(gibibytes(at.TotalHours) * Gib));
        return trend.Left(free)?.TotalDays;
    }
}
