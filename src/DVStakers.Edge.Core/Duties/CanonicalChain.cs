using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Core.Duties;

/// <summary>The blocks of the last epochs, and which of them the head builds on. Bounded by <see cref="Forget"/>.</summary>
public sealed class CanonicalChain
{
    private readonly Dictionary<Root, ChainBlock> blocks = [];
    private readonly SortedList<Slot, ChainBlock> canonical = [];
    private Root? tip;

    /// <summary>The newest block; null while it is not linked to anything.</summary>
    public ChainBlock? Head => canonical.Count > 0 ? canonical.Values[^1] : null;

    /// <summary>All of its blocks since this slot are known.</summary>
    public Slot? Since => canonical.Count > 0 ? canonical.Keys[0] : null;

    public int Count => blocks.Count;

    public bool Knows(Root root) => blocks.ContainsKey(root);

    public void Add(ChainBlock block) => blocks[block.Root] = block;

    /// <summary>
    /// Takes a root as head, and its known ancestors as the chain. Returns the next root to read, or null where all blocks are known back to
    /// <paramref name="oldest"/>. Until then the chain is as it was: half of one would tell that duties were missed which were not.
    /// </summary>
    /// <param name="headerIsEnough">The root to read is too old for its votes to matter.</param>
    public Root? Follow(Root head, Slot oldest, Slot oldestVotes, out bool headerIsEnough)
    {
        List<ChainBlock> found = [];
        var root = head;
        headerIsEnough = false;
        while (blocks.TryGetValue(root, out var block))
        {
            if (block.Votes is null && block.Slot > oldestVotes)
            {
                headerIsEnough = false;
                return root;
            }
            found.Add(block);
            if (block.Slot <= oldest)
            {
                Replace(found);
                return null;
            }
            headerIsEnough = block.Slot.Value <= oldestVotes.Value + 1;
            root = block.Parent;
        }
        return root;
    }

    /// <summary>The block of this very slot; null where there is none.</summary>
    public ChainBlock? At(Slot slot) => canonical.GetValueOrDefault(slot);

    /// <summary>The newest block at this slot; null where the chain is not known so far back.</summary>
    public ChainBlock? NewestAt(Slot slot)
    {
        for (var i = canonical.Count - 1; i >= 0; i--)
            if (canonical.Keys[i] <= slot)
                return canonical.Values[i];
        return null;
    }

    /// <summary>Forgets blocks before a slot, but the last one of them: it is the newest at that slot.</summary>
    public void Forget(Slot before)
    {
        var last = NewestAt(before)?.Slot ?? before;
        foreach (var old in blocks.Values.Where(b => b.Slot < last).ToList())
            blocks.Remove(old.Root);
        while (canonical.Count > 0 && canonical.Keys[0] < last)
            canonical.RemoveAt(0);
    }

    private void Replace(List<ChainBlock> newestFirst)
    {
        if (tip == newestFirst[0].Root && Since <= newestFirst[^1].Slot)
            return;
        tip = newestFirst[0].Root;
        canonical.Clear();
        foreach (var block in newestFirst)
            canonical[block.Slot] = block;
    }
}
