namespace DVStakers.Edge.Core.Routing;

/// <summary>How long one node's last answers to one class of request took.</summary>
public sealed class AnswerTimes
{
    /// <summary>How many are remembered: enough for a quantile, and few enough to notice within an epoch that the node became slower.</summary>
    public const int Kept = 64;

    /// <summary>Fewer say nothing about how slow this node may be and still answer.</summary>
    public const int Fewest = 8;

    /// <summary>The times are sorted once for so many new ones.</summary>
    private const int Every = 8;

    private readonly Lock gate = new();
    private readonly TimeSpan[] times = new TimeSpan[Kept];
    private long added;
    private long high = -1;

    /// <summary>Slower than nearly every answer that came: a node silent for longer is probably not just slow. Null until some came.</summary>
    public TimeSpan? High => Interlocked.Read(ref high) is >= 0 and var ticks ? TimeSpan.FromTicks(ticks) : null;

    public void Add(TimeSpan time)
    {
        lock (gate)
        {
            times[added++ % Kept] = time;
            if (added >= Fewest && added % Every == 0)
                Interlocked.Exchange(ref high, HighOf(times.AsSpan(0, (int)Math.Min(added, Kept))).Ticks);
        }
    }

    /// <summary>The 95th percentile, by nearest rank: one of the times itself.</summary>
    public static TimeSpan HighOf(ReadOnlySpan<TimeSpan> times)
    {
        Span<TimeSpan> sorted = stackalloc TimeSpan[Kept];
        sorted = sorted[..times.Length];
        times.CopyTo(sorted);
        sorted.Sort();
        return sorted[(int)Math.Ceiling(times.Length * 0.95) - 1];
    }
}
