using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Core.Duties;

/// <summary>
/// What a validator with a static list would have got at the moment of serving from the first stack of the configuration, where any 2xx wins. Decided from
/// what was known then and never revised, so it is a finding about that moment: the first stack could not have served this duty right. Whether the
/// client's own fail-over would have saved the duty is known for <see cref="Stale"/> alone: there is nothing that it could notice.
/// </summary>
public enum OldPath
{
    /// <summary>It served, or it could have, or nothing is known against it.</summary>
    Fine,

    /// <summary>It was asked, and another had answered before it did; the probes had nothing against it. It may have answered a moment later: not counted.</summary>
    Slow,

    /// <summary>It did not answer, or with an error, or it was known not to answer. A client's own fail-over might have helped, at the price of its time-out.</summary>
    Failed,

    /// <summary>It answered as though all were well, from a head that was an old one: the vote would have been wrong or missed, and no fail-over notices that.</summary>
    Stale,
}

/// <summary>Judges the first stack of the configuration at the moment in which another one (or none) served.</summary>
public static class OldPathRule
{
    /// <param name="snapshot">At the moment of serving.</param>
    /// <param name="node">Who served; null: nobody.</param>
    /// <param name="head">The block root that was given out, where it is known.</param>
    /// <param name="asked">The nodes in the order of asking.</param>
    /// <param name="problems">What became of those that were asked and did not serve; each begins with the node's name.</param>
    public static (OldPath Path, string First, string State) Judge(
        Snapshot snapshot, string? node, Root? head, IReadOnlyList<string> asked, IReadOnlyList<string> problems)
    {
        if (snapshot.Stacks is not [{ } first, ..])
            return (OldPath.Fine, "", "");
        if (node is null || node == first.Name)
            return (OldPath.Fine, first.Name, "");
        var wasFirst = asked is [{ } one, ..] && one == first.Name;

        // 1. Its beacon node does not answer by the probes, or says itself that it cannot: then it answers 503.
        if (first.Beacon is not { Reach: Reach.Ok } reading)
            return (OldPath.Failed, first.Name, $"its beacon node does not answer ({first.Beacon?.Reach.ToString().ToLowerInvariant() ?? "never seen"})");
        if (reading.IsOptimistic || reading.IsSyncing)
            return (OldPath.Failed, first.Name, reading.IsOptimistic ? "its beacon node is optimistic" : "its beacon node is syncing");

        // 2. It answers, from an old head. One that is a single slot behind may only be some milliseconds later, unless it has been caught standing still.
        if (first.Head is { } own && own.Root != head && snapshot.Heads.Judge(own.Root) == Agreement.Stale
            && (!first.Tier.Qualifies() || first.Lag is { Slots: >= 2 } || (wasFirst && Spoke(first.Name, problems, "HTTP 2"))))
            return (OldPath.Stale, first.Name, $"its beacon node answers as if all were well, from an old head ({Behind(first.Lag?.Slots ?? 0)})");

        // 3. It was asked and failed, or was silent until another had answered.
        if (wasFirst && problems.FirstOrDefault(p => Is(p, first.Name)) is { } problem)
            return (OldPath.Failed, first.Name, problem);
        return wasFirst ? (OldPath.Slow, first.Name, "it had not answered yet") : (OldPath.Fine, first.Name, "");
    }

    private static string Behind(ulong slots) => slots == 1 ? "1 slot behind" : $"{slots} slots behind";

    private static bool Spoke(string node, IReadOnlyList<string> problems, string words) =>
        problems.Any(p => Is(p, node) && p.AsSpan(node.Length).StartsWith(": " + words, StringComparison.Ordinal));

    private static bool Is(string problem, string node) =>
        problem.StartsWith(node, StringComparison.Ordinal) && problem.Length > node.Length && (problem[node.Length] is ' ' or ':');
}
