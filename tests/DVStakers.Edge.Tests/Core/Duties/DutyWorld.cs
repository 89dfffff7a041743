using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Duties;
using DVStakers.Edge.Tests.Core.Chain;

namespace DVStakers.Edge.Tests.Core.Duties;

/// <summary>
/// A network like mainnet in epochs 100 and later, with one block in each slot unless the test leaves it out, and validators 7 and 8. Validator 7 is at
/// position 3 of committee 2 in slot 3205, validator 8 at position 0 of committee 0.
/// </summary>
internal sealed class DutyWorld
{
    public static readonly ChainSpec Spec = Given.Mainnet;
    public static readonly Slot Start = new(3200);
    public static readonly Slot DutySlot = new(3205);
    public static readonly AttesterDuty Seven = new(DutySlot, 7, 2, 3);
    public static readonly AttesterDuty Eight = new(DutySlot, 8, 0, 0);
    public static readonly Epoch ThisEpoch = new(100);

    private readonly HashSet<ulong> empty = [];
    private readonly Dictionary<ulong, List<BlockVotes>> votes = [];
    private readonly Dictionary<ulong, byte[]> syncBits = [];

    public Ledger Ledger { get; } = new(Spec);

    public static DateTimeOffset At(ulong slot, double seconds) => Given.At(slot, seconds);

    public static DateTimeOffset Before => At(3199, 0);

    public DutyWorld Knows(params AttesterDuty[] duties)
    {
        Ledger.Take(new AttestersLearnt(ThisEpoch, Before, duties));
        return this;
    }

    public DutyWorld WithoutBlock(ulong slot)
    {
        empty.Add(slot);
        return this;
    }

    /// <summary>The newest block at a slot.</summary>
    public Root NewestAt(ulong slot)
    {
        while (empty.Contains(slot))
            slot--;
        return Given.Block(slot);
    }

    /// <summary>A vote of one committee in a block, right unless said otherwise.</summary>
    public DutyWorld Vote(ulong inSlot, AttesterDuty duty, Root? head = null, Root? target = null) =>
        Vote(inSlot, [(int)duty.Committee], 16, [(int)duty.Position], head, target, duty.Slot);

    public DutyWorld Vote(ulong inSlot, int[] committees, int length, int[] set, Root? head = null, Root? target = null, Slot? of = null)
    {
        var bits = new byte[length / 8 + 1];
        foreach (var at in set)
            bits[at >> 3] |= (byte)(1 << (at & 7));
        var slot = of ?? DutySlot;
        if (!votes.TryGetValue(inSlot, out var list))
            votes[inSlot] = list = [];
        list.Add(new BlockVotes(slot, committees, bits, length, head ?? NewestAt(slot.Value), Spec.EpochOf(slot), target ?? NewestAt(Spec.EpochOf(slot).Value * 32)));
        return this;
    }

    public DutyWorld SyncBits(ulong slot, params byte[] bits)
    {
        syncBits[slot] = bits;
        return this;
    }

    public static Delivery Took(string node, double at, ulong slot = 3205) => new(node, true, "", At(slot, at));

    public static Delivery Refused(string node, string words, double at, ulong slot = 3205) => new(node, false, words, At(slot, at));

    public static Serving From(string? node, OldPath path = OldPath.Fine, double took = 0.012, string why = "first in the ranking") =>
        new(node, At(3205, 1), TimeSpan.FromSeconds(took), why, path, "primary", path == OldPath.Fine ? "" : "its beacon node does not answer (silent)");

    /// <summary>The chain has come to this slot's block, and everything that can be is settled.</summary>
    public IReadOnlyList<SettledDuty> SettleAt(ulong head, ulong? wall = null)
    {
        for (var slot = Start.Value; slot <= head; slot++)
            if (!empty.Contains(slot))
                Ledger.Chain.Add(new ChainBlock(new Slot(slot), Given.Block(slot), NewestAt(slot - 1), slot % 64, votes.GetValueOrDefault(slot, []), syncBits.GetValueOrDefault(slot, [])));
        Assert.Null(Ledger.Chain.Follow(NewestAt(head), Start, Start, out _));
        return Ledger.Settle(At(wall ?? head + 1, 2));
    }

    public SettledDuty Single(ulong head, ulong? wall = null) => Assert.Single(SettleAt(head, wall));
}
