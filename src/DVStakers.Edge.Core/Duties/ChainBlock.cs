using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Core.Duties;

/// <summary>A block, as far as duties are concerned.</summary>
/// <param name="Votes">Null where only the header was read: that block is too old to have a vote that matters.</param>
/// <param name="SyncBits">One bit per seat of the sync committee, lowest bit first.</param>
public sealed record ChainBlock(Slot Slot, Root Root, Root Parent, ulong Proposer, IReadOnlyList<BlockVotes>? Votes, byte[] SyncBits)
{
    public bool SyncSeatFilled(int seat) => Bits.IsSet(SyncBits, seat);
}

/// <summary>The attestations of one slot with the same vote in a block.</summary>
/// <param name="Committees">In ascending order. One before Electra; since then as many as committee_bits has, and their bits follow one another.</param>
/// <param name="Voters">Without the bit that marks the length.</param>
public sealed record BlockVotes(Slot Slot, IReadOnlyList<int> Committees, byte[] Voters, int Length, Root Head, Epoch TargetEpoch, Root Target)
{
    /// <summary>
    /// Whether a member of a committee voted. Null where that cannot be told: the sizes of the committees before it are not known.
    /// </summary>
    /// <param name="sizes">The sizes of all committees of the slot.</param>
    public bool? Has(int committee, int position, IReadOnlyList<int>? sizes)
    {
        var offset = 0;
        foreach (var one in Committees)
        {
            if (one == committee)
                return offset + position < Length && Bits.IsSet(Voters, offset + position);
            if (one > committee)
                break;
            if (sizes is null || one >= sizes.Count)
                return Committees.Contains(committee) ? null : false;
            offset += sizes[one];
        }
        return false;
    }

    /// <summary>False where sizes are known and the bits are not of them: then the block or the sizes were misread.</summary>
    public bool Agrees(IReadOnlyList<int> sizes) => Committees.Sum(c => c < sizes.Count ? sizes[c] : 0) == Length;
}

/// <summary>SSZ bit fields: lowest bit of the first byte first.</summary>
public static class Bits
{
    public static bool IsSet(byte[] bits, int at) => at >> 3 < bits.Length && (bits[at >> 3] >> (at & 7) & 1) == 1;

    /// <summary>The number of bits in a bitlist, whose last set bit marks its length; -1 where there is none.</summary>
    public static int ListLength(ReadOnlySpan<byte> list)
    {
        for (var at = list.Length - 1; at >= 0; at--)
            if (list[at] != 0)
                return at * 8 + 7 - (System.Numerics.BitOperations.LeadingZeroCount(list[at]) - 24);
        return -1;
    }

    /// <summary>The indices of the set bits below a length.</summary>
    public static List<int> Set(byte[] bits, int length)
    {
        List<int> set = [];
        for (var at = 0; at < length; at++)
            if (IsSet(bits, at))
                set.Add(at);
        return set;
    }
}
