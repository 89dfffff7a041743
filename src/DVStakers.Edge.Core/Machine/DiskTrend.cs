using System.Collections.Immutable;

namespace DVStakers.Edge.Core.Machine;

/// <summary>
/// How fast a disk fills, by the middle of all slopes between two of its readings (Theil and Sen): a sync, a prune or a snapshot that comes and goes moves it little.
/// </summary>
internal sealed record DiskTrend
{
    public static readonly DiskTrend Empty = new();

    /// <summary>How far apart the readings are that are kept.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromMinutes(15);

    /// <summary>A day, so that what happens once a day is in it once.</summary>
    private const int MostSamples = 96;

    /// <summary>Less than this tells nothing.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromHours(3);

    private ImmutableList<(DateTimeOffset At, long Free)> samples = [];

    private DiskTrend()
    {
    }

    /// <summary>Bytes that become free a second; negative while it fills. Null: not known yet.</summary>
    public double? Slope { get; private init; }

    public DiskTrend With(DateTimeOffset at, long free)
    {
        // A clock that was set back begins anew.
        if (!samples.IsEmpty && at < samples[^1].At)
            return Empty.With(at, free);
        if (!samples.IsEmpty && at - samples[^1].At < Step)
            return this;
        var kept = samples.Add((at, free));
        if (kept.Count > MostSamples)
            kept = kept.RemoveAt(0);
        return new() { samples = kept, Slope = kept[^1].At - kept[0].At < Shortest ? null : Middle(kept) };
    }

    /// <summary>Until it is full at this pace; null: not known, it does not fill, or not within ten years.</summary>
    public TimeSpan? Left(long free) =>
        Slope is { } slope and < 0 && free / -slope is var seconds and < 3650d * 86400 ? TimeSpan.FromSeconds(seconds) : null;

    private static double Middle(ImmutableList<(DateTimeOffset At, long Free)> samples)
    {
        var slopes = new List<double>(samples.Count * samples.Count / 2);
        var all = samples.ToArray();
        for (var i = 0; i < all.Length; i++)
            for (var j = i + 1; j < all.Length; j++)
                slopes.Add((all[j].Free - all[i].Free) / (all[j].At - all[i].At).TotalSeconds);
        slopes.Sort();
        return slopes.Count % 2 == 1 ? slopes[slopes.Count / 2] : (slopes[(slopes.Count / 2) - 1] + slopes[slopes.Count / 2]) / 2;
    }
}
