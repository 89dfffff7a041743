using DVStakers.Edge.Core.Readings;

namespace DVStakers.Edge.Core.Chain;

/// <summary>What the head should be now, and how an answer's block root stands to it.</summary>
public static class ExpectedHead
{
    /// <summary>
    /// Merges the heads of the trustworthy nodes: the highest slot, then the root most of them have, then the order given
    /// (which is the ranking's). Optimistic heads do not count, nor heads from the future, which only a wrong clock or a broken node has.
    /// </summary>
    public static Head? Merge(IReadOnlyList<Head> headsBestNodeFirst, Slot wall)
    {
        Head? best = null;
        var votes = 0;
        foreach (var head in headsBestNodeFirst)
        {
            if (head.Optimistic || head.Slot > wall.Next)
                continue;
            if (best is { } b && (head.Slot < b.Slot || head.Root == b.Root))
                continue;
            var count = Votes(headsBestNodeFirst, head);
            if (best is { } known && known.Slot == head.Slot && count <= votes)
                continue;
            best = head;
            votes = count;
        }
        return best;
    }

    private static int Votes(IReadOnlyList<Head> heads, Head candidate)
    {
        var count = 0;
        foreach (var head in heads)
            if (head.Root == candidate.Root && !head.Optimistic)
                count++;
        return count;
    }
}
