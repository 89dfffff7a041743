using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Core.Ranking;

/// <summary>The stack that the validator's reads go to first, and why it is that one.</summary>
/// <param name="Provisional">Made before every stack was read once: the best one was perhaps not known yet.</param>
public sealed record Assignment(string? Stack, string Reason, bool Provisional = false)
{
    public static readonly Assignment None = new(null, "no stack has been read yet");

    /// <summary>
    /// Leaves the stack in use at once when it fails; for a stack of a better tier between the last duties' time and the slot's end (rule 2: never mix nodes in one
    /// slot); for one that is only earlier in the configured order then at the end of an epoch, whose duties and events so come from one node.
    /// </summary>
    /// <param name="allRead">Every stack was read at least once.</param>
    public static Assignment Next(Assignment current, IReadOnlyList<RankedStack> ranking, ChainSpec? network, DateTimeOffset now, bool allRead = true)
    {
        if (ranking is not [{ } best, ..] || !best.Tier.MayRead())
            return new Assignment(null, "no stack may serve" + (ranking.Count > 0 ? $": {ranking[0].Name} is {ranking[0].Reason}" : ""));
        var used = ranking.FirstOrDefault(r => r.Name == current.Stack);
        if (used is null)
            return new Assignment(best.Name, $"it ranks first: {best.Reason}", !allRead);
        if (used.Name == best.Name)
            return current with { Reason = $"it ranks first: {best.Reason}", Provisional = current.Provisional && !allRead };
        // Two nodes that are equally bad are no reason to mix them in one slot.
        if (!used.Tier.Qualifies() && best.Tier < used.Tier)
            return new Assignment(best.Name, current.Provisional ? $"it ranks first: {best.Reason}" : $"{used.Name} failed", current.Provisional && !allRead);
        // One that is about to leave is left between two slots; it still serves meanwhile.
        var better = best.Tier < used.Tier || (used.IsLeaving && !best.IsLeaving && best.Tier.Qualifies());
        // In the second after the start nobody was promised anything yet.
        if (network is null || current.Provisional || (better ? network.InSwitchWindow(now) : network.InEpochSwitchWindow(now)))
            return new Assignment(best.Name, $"it ranks before {used.Name}{(current.Provisional ? "" : " again")}: {best.Reason}", current.Provisional && !allRead);
        return current with { Reason = $"it stays until this {(better ? "slot's duties are done" : "epoch ends")}; then {best.Name}" };
    }
}
