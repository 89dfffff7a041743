using System.Collections.Immutable;

namespace DVStakers.Edge.Core.Power;

/// <summary>
/// How fast a battery empties, from what its charge was lately. The median of the slopes between all pairs of samples (Theil and Sen): up to a quarter of the samples may be wrong
/// without a say. Gauges that estimate by voltage make a step with every step of the load, so a step begins the window anew, as does the change to battery.
/// </summary>
public sealed record Slope
{
    /// <summary>A battery's voltage, and with it the gauge, takes so long to come to rest under a new load.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromMinutes(2);

    /// <summary>A shorter stretch says more of the gauge's rounding than of the battery.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMinutes(3);

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    /// <summary>No load empties a battery so fast between two samples.</summary>
    private const double StepPercent = 2;

    private readonly ImmutableArray<(DateTimeOffset At, double Percent)> samples;
    private readonly DateTimeOffset from;
    private readonly (DateTimeOffset At, double Percent)? newest;

    private Slope(DateTimeOffset from, ImmutableArray<(DateTimeOffset, double)> samples, (DateTimeOffset, double)? newest) =>
        (this.from, this.samples, this.newest) = (from, samples, newest);

    /// <summary>Nothing is believed until so long after this moment.</summary>
    public static Slope Start(DateTimeOffset now) => new(now + Settling, [], null);

    public Slope With(double percent, DateTimeOffset now)
    {
        if (newest is { } before && Math.Abs(percent - before.Percent) > StepPercent && now - before.At <= Every * 2)
            return new(now + Settling, [], (now, percent));
        var seen = new Slope(from, samples, (now, percent));
        if (now < from || (samples is [.., var last] && now - last.At < Every))
            return seen;
        return new(from, [.. samples.Where(s => now - s.At <= Window), (now, percent)], (now, percent));
    }

    /// <summary>The clock was set by so much.</summary>
    public Slope Later(TimeSpan by) => new(from + by, [.. samples.Select(s => (s.At + by, s.Percent))], newest is { } last ? (last.At + by, last.Percent) : null);

    /// <summary>Until nothing is left; null while that cannot be told.</summary>
    public TimeSpan? Left()
    {
        if (samples is not [var first, .., var last] || last.At - first.At < Shortest)
            return null;
        var slopes = new List<double>(samples.Length * (samples.Length - 1) / 2);
        for (var i = 0; i < samples.Length; i++)
            for (var j = i + 1; j < samples.Length; j++)
                slopes.Add((samples[j].Percent - samples[i].Percent) / (samples[j].At - samples[i].At).TotalSeconds);
        slopes.Sort();
        var median = slopes.Count % 2 == 1 ? slopes[slopes.Count / 2] : (slopes[slopes.Count / 2 - 1] + slopes[slopes.Count / 2]) / 2;
        // A day and more is beyond what so short a stretch can say.
        return median < 0 && last.Percent / -median is < 86_400 and var seconds ? TimeSpan.FromSeconds(seconds) : null;
    }
}
