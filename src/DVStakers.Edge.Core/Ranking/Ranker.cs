namespace DVStakers.Edge.Core.Ranking;

/// <summary>What is ranked.</summary>
/// <param name="Peer">Null for a stack of this box.</param>
/// <param name="Leaving">It says that it will go away: drained, stopping, or its battery empties.</param>
public sealed record Entrant(string Name, Tier Tier, string Reason, PeerStanding? Peer = null, bool Leaving = false);

/// <summary>
/// Puts stacks in order. What serves a duty right comes first: by that a stack with few peers is as good as a healthy one. Then who stays before who is about
/// to leave; own stacks before those of peers, which are further away and others' property; then the tier, what sets peers apart, and the order of the configuration.
/// </summary>
public static class Ranker
{
    public static IReadOnlyList<RankedStack> Rank(IEnumerable<Entrant> inConfiguredOrder) =>
        [.. inConfiguredOrder
            .OrderBy(s => s.Tier == Tier.Thin ? Tier.Healthy : s.Tier)
            .ThenBy(s => s.Leaving)
            .ThenBy(s => s.Peer is not null)
            .ThenBy(s => s.Peer is { TooFar: true })
            .ThenBy(s => s.Peer?.Choice)
            .ThenBy(s => s.Peer is { Strained: true })
            .ThenBy(s => s.Peer?.Distance)
            .ThenBy(s => s.Tier) // stable, so the configured order breaks ties
            .Select((s, i) => new RankedStack(i + 1, s.Name, s.Tier, s.Reason, s.Peer is not null, s.Leaving))];
}
