using System.Collections.Immutable;
using DVStakers.Edge.Core.Readings;

namespace DVStakers.Edge.Core.Chain;

/// <summary>How the block root of an answer stands to what the head should be.</summary>
public enum Agreement
{
    /// <summary>It is the expected head.</summary>
    Agrees,

    /// <summary>A root nobody has told of yet: the node imported a block and answered before its event arrived.</summary>
    Newer,

    /// <summary>A root that was the head before: the node stands still.</summary>
    Stale,
}

/// <summary>The heads that were expected lately, newest last; bounded.</summary>
public sealed record HeadHistory(ImmutableArray<Head> Heads)
{
    /// <summary>Two epochs of mainnet: a node that stands still longer than that is out of every tier that may attest.</summary>
    public const int Capacity = 64;

    public static readonly HeadHistory Empty = new(ImmutableArray<Head>.Empty);

    public Head? Expected => Heads.Length == 0 ? null : Heads[^1];

    public HeadHistory With(Head head)
    {
        if (Expected is { } last && last.Root == head.Root)
            return this;
        // A head that comes back after a reorganisation moves to the end; it must not count as stale.
        var heads = Heads.RemoveAll(h => h.Root == head.Root);
        return new HeadHistory((heads.Length >= Capacity ? heads.RemoveAt(0) : heads).Add(head));
    }

    /// <summary>
    /// Remembers heads that some node has and that are not expected: a node that stood still before we came, or is on a branch of its own,
    /// would else answer with a root nobody knows, which counts as newer.
    /// </summary>
    public HeadHistory Beside(IEnumerable<Head> others)
    {
        if (Expected is not { } expected)
            return this;
        var heads = Heads;
        foreach (var other in others)
        {
            // A later head that is not verified yet may be the expected one in a moment.
            if ((other.Optimistic && other.Slot > expected.Slot) || heads.Any(h => h.Root == other.Root))
                continue;
            if (heads.Length >= Capacity)
                heads = heads.RemoveAt(0);
            heads = heads.Insert(heads.Length - 1, other);
        }
        return heads == Heads ? this : new HeadHistory(heads);
    }

    /// <summary>Judges an answer. While nothing is expected, every answer agrees: there is nothing better to hold it against.</summary>
    public Agreement Judge(Root root)
    {
        if (Expected is not { } expected || expected.Root == root)
            return Agreement.Agrees;
        foreach (var head in Heads)
            if (head.Root == root)
                return Agreement.Stale;
        return Agreement.Newer;
    }
}
