using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Core.Ranking;

/// <summary>What the readings of this moment say of one stack, before steadying.</summary>
/// <param name="Kind">The condition it amounts to; null where nothing is wrong.</param>
/// <param name="Reason">In words for a person.</param>
/// <param name="Evidence">The reading that says so. Soft evidence counts once per reading.</param>
/// <param name="Hard">True where one reading is enough: a refused connection, another network, the node's own word that it is not fit.</param>
public sealed record Verdict(Tier Tier, ConditionKind? Kind, string Reason, object? Evidence, bool Hard);
