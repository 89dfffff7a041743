namespace DVStakers.Edge.Core.Configuration;

/// <summary>Why an execution client was taken to belong to a beacon node.</summary>
public enum PairingGrounds
{
    /// <summary>No execution client was found for it.</summary>
    None,

    /// <summary>Of all execution clients still free, only this one has the block of its head.</summary>
    OnlyMatch,

    /// <summary>Several have the block, so ports in order decided; both being in sync, it cannot be told from outside.</summary>
    Order,

    /// <summary>One beacon node and one execution client were left, though the block was not found in it (it may still be syncing).</summary>
    LastOnes,
}

/// <param name="Execution">Index of the execution client; null where there is none.</param>
public readonly record struct Pairing(int? Execution, PairingGrounds Grounds);

/// <summary>Which execution client belongs to which beacon node. Pure.</summary>
public static class StackPairing
{
    /// <param name="holders">Per beacon node, the execution clients that have the execution block of its head.</param>
    /// <param name="executions">How many execution clients there are.</param>
    public static IReadOnlyList<Pairing> Pair(IReadOnlyList<IReadOnlySet<int>> holders, int executions)
    {
        var pairs = new Pairing[holders.Count];
        var free = Enumerable.Range(0, executions).ToHashSet();

        // Certain ones first, again and again: each takes a client away from the others' choice.
        while (FirstOpen(pairs, holders, h => h.Count(free.Contains) == 1) is { } beacon)
            Take(beacon, holders[beacon].First(free.Contains), PairingGrounds.OnlyMatch);
        while (FirstOpen(pairs, holders, h => h.Any(free.Contains)) is { } beacon)
            Take(beacon, holders[beacon].Where(free.Contains).Min(), PairingGrounds.Order);
        if (free.Count == 1 && pairs.Count(p => p.Execution is null) == 1)
            Take(Array.FindIndex(pairs, p => p.Execution is null), free.First(), PairingGrounds.LastOnes);
        return pairs;

        void Take(int beacon, int execution, PairingGrounds grounds)
        {
            pairs[beacon] = new(execution, grounds);
            free.Remove(execution);
        }
    }

    private static int? FirstOpen(Pairing[] pairs, IReadOnlyList<IReadOnlySet<int>> holders, Func<IReadOnlySet<int>, bool> fits)
    {
        for (var i = 0; i < pairs.Length; i++)
            if (pairs[i].Execution is null && fits(holders[i]))
                return i;
        return null;
    }
}
