using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Core.Ranking;

/// <summary>The stack that the validator's reads go to first, and why it is that one.</summary>
public sealed record Assignment(string? Stack, string Reason)
{
    public static readonly Assignment None = new(null, "no stack has been read yet");

    /// <summary>
    /// Leaves the stack in use only when it fails, or between the aggregates' time and the slot's end (rule 2: never mix nodes in one slot).
    /// </summary>
    public static Assignment Next(Assignment current, IReadOnlyList<RankedStack> ranking, ChainSpec? network, DateTimeOffset now)
    {
        if (ranking is not [{ } best, ..] || !best.Tier.MayRead())
            return new Assignment(null, "no stack may serve" + (ranking.Count > 0 ? $": {ranking[0].Name} is {ranking[0].Reason}" : ""));
        var used = ranking.FirstOrDefault(r => r.Name == current.Stack);
        if (used is null)
            return new Assignment(best.Name, $"it ranks first: {best.Reason}");
        if (used.Name == best.Name)
            return current with { Reason = $"it ranks first: {best.Reason}" };
        // Two nodes that are equally bad are no reason to mix them in one slot.
        if (!used.Tier.Qualifies() && best.Tier < used.Tier)
            return new Assignment(best.Name, $"{used.Name} failed");
        if (network is null || network.InSwitchWindow(now))
            return new Assignment(best.Name, $"it ranks before {used.Name} again: {best.Reason}");
        return current with { Reason = $"it stays until this slot's duties are done; then {best.Name}" };
    }
}
