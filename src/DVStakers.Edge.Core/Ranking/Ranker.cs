namespace DVStakers.Edge.Core.Ranking;

/// <summary>Puts stacks in order: by tier, then by the order of the configuration.</summary>
public static class Ranker
{
    public static IReadOnlyList<RankedStack> Rank(IEnumerable<(string Name, Tier Tier, string Reason)> inConfiguredOrder) =>
        [.. inConfiguredOrder
            .OrderBy(s => s.Tier) // stable, so the configured order breaks ties
            .Select((s, i) => new RankedStack(i + 1, s.Name, s.Tier, s.Reason))];
}
