using System.Collections.Immutable;
using DVStakers.Edge.Core.Readings;

namespace DVStakers.Edge.Core.Chain;

/// <summary>A node's head, and the heads that it had before: they show who is only behind, and who is on another branch.</summary>
/// <param name="Trail">Its own last heads, the present one last.</param>
public readonly record struct Witness(Head Head, ImmutableArray<Root> Trail)
{
    /// <summary>Longer than any node in use is behind.</summary>
    public const int TrailLength = 16;

    /// <summary>True where this node has that head, had it, or stands where the other one came past.</summary>
    public bool Backs(Witness other) => Head.Root == other.Head.Root || Trail.Contains(other.Head.Root) || other.Trail.Contains(Head.Root);
}

/// <summary>What the head should be now.</summary>
public static class ExpectedHead
{
    /// <summary>A head this many slots behind another one is not what the chain should be at, whoever has it.</summary>
    private const ulong TooOld = 8;

    /// <summary>
    /// Merges the heads of the trustworthy nodes: the one that most nodes are on or on the way to, then the highest slot, then the order given (the ranking's).
    /// So one node on a branch of its own is outvoted, and the first of several to import a block is not. With two nodes on two branches nobody can tell;
    /// the higher slot counts. Optimistic heads do not count, nor heads from the future, which only a wrong clock or a broken node has.
    /// </summary>
    public static Head? Merge(IReadOnlyList<Witness> bestNodeFirst, Slot wall)
    {
        var fit = bestNodeFirst.Where(w => !w.Head.Optimistic && w.Head.Slot <= wall.Next).ToList();
        if (fit.Count == 0)
            return null;
        var newest = fit.Max(w => w.Head.Slot.Value);
        return fit
            .Where(w => w.Head.Slot.Value + TooOld >= newest)
            .OrderByDescending(w => fit.Count(other => other.Backs(w)))
            .ThenByDescending(w => w.Head.Slot.Value)
            .First().Head;
    }
}
