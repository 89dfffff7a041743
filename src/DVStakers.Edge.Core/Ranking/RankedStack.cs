namespace DVStakers.Edge.Core.Ranking;

/// <summary>A place in the ranking.</summary>
/// <param name="Place">1 is best.</param>
/// <param name="Name">The stack's configured name.</param>
/// <param name="Reason">Why it has this place, in words for a person.</param>
public sealed record RankedStack(int Place, string Name, Tier Tier, string Reason);
