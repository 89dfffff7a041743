using System.Collections.Immutable;

namespace DVStakers.Edge.Core.Ranking;

/// <summary>The last round trips to a node, newest last.</summary>
public sealed record RoundTrips(ImmutableArray<TimeSpan> Last)
{
    /// <summary>About two minutes of probes of a peer on mainnet, where it is read often.</summary>
    private const int Kept = 20;

    public static readonly RoundTrips None = new(ImmutableArray<TimeSpan>.Empty);

    /// <summary>The 95th percentile; null before the first.</summary>
    public TimeSpan? High => Last.IsEmpty ? null : Last.Sort()[(int)Math.Ceiling(Last.Length * 0.95) - 1];

    public RoundTrips With(TimeSpan time) => new((Last.Length < Kept ? Last : Last.RemoveAt(0)).Add(time));
}
