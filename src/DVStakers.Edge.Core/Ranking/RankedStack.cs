namespace DVStakers.Edge.Core.Ranking;

/// <summary>A place in the ranking.</summary>
/// <param name="Place">1 is best.</param>
/// <param name="Name">The stack's configured name.</param>
/// <param name="Reason">Why it has this place, in words for a person.</param>
/// <param name="IsPeer">It belongs to another box of the cluster.</param>
/// <param name="IsLeaving">It says that it will go away.</param>
public sealed record RankedStack(int Place, string Name, Tier Tier, string Reason, bool IsPeer = false, bool IsLeaving = false);
