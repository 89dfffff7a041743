using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Core.Duties;

/// <summary>
/// What became of one duty, given the chain. Pure. Null while a later block may change it: a duty is settled when it is in a block that has a successor,
/// or when no block to come can have it.
/// </summary>
internal static class Judgement
{
    /// <summary>Since Deneb an attestation may be in any block to the end of the next epoch; before, in fewer.</summary>
    public static Slot LastChance(ChainSpec spec, Slot slot) => new((spec.EpochOf(slot).Value + 2) * spec.SlotsPerEpoch - 1);

    /// <param name="sizes">The sizes of the slot's committees, where they are known.</param>
    /// <param name="needsSizes">True where nothing can be said without them.</param>
    public static SettledDuty? Attestation(AttesterDuty duty, ChainSpec spec, CanonicalChain chain, IReadOnlyList<int>? sizes, out bool needsSizes)
    {
        needsSizes = false;
        var epochStart = new Slot(spec.EpochOf(duty.Slot).Value * spec.SlotsPerEpoch);
        if (chain.Head is not { } head || chain.NewestAt(duty.Slot) is not { } newest || chain.NewestAt(epochStart) is not { } checkpoint)
            return null;
        var last = LastChance(spec, duty.Slot);
        for (var slot = duty.Slot.Next; slot <= last && slot <= head.Slot; slot = slot.Next)
            foreach (var vote in chain.At(slot)?.Votes ?? [])
            {
                if (vote.Slot != duty.Slot)
                    continue;
                var has = sizes is not null && vote.Committees.Count > 1 && !vote.Agrees(sizes) ? null : vote.Has((int)duty.Committee, (int)duty.Position, sizes);
                if (has is null)
                {
                    needsSizes = sizes is null;
                    return null;
                }
                if (has == true)
                    return head.Slot > slot ? Included(slot, vote) : null;
            }
        return head.Slot > last ? Settled(DutyOutcome.Missed) : null;

        SettledDuty Included(Slot slot, BlockVotes vote)
        {
            var distance = slot.Value - duty.Slot.Value;
            var (rightHead, rightTarget) = (vote.Head == newest.Root, vote.Target == checkpoint.Root);
            return Settled(!rightTarget ? DutyOutcome.WrongTarget : !rightHead ? DutyOutcome.WrongHead : distance > 1 ? DutyOutcome.Late : DutyOutcome.Made) with
            {
                Distance = distance, RightHead = rightHead, RightSource = true, RightTarget = rightTarget,
            };
        }

        SettledDuty Settled(DutyOutcome outcome) => new()
        {
            Kind = DutyKind.Attestation, Slot = duty.Slot, Validator = duty.Validator, Outcome = outcome, LastChance = last,
            NextSlotEmpty = chain.At(duty.Slot.Next) is null,
        };
    }

    public static SettledDuty? Proposal(ProposerDuty duty, CanonicalChain chain)
    {
        if (chain.Head is not { } head || head.Slot <= duty.Slot || chain.Since > duty.Slot)
            return null;
        var made = chain.At(duty.Slot)?.Proposer == duty.Validator;
        return new SettledDuty
        {
            Kind = DutyKind.Proposal, Slot = duty.Slot, Validator = duty.Validator, Outcome = made ? DutyOutcome.Made : DutyOutcome.Missed,
            Distance = made ? 0 : null, LastChance = duty.Slot,
        };
    }

    /// <summary>One that a node accepted went out. Of one that was neither asked for nor sent here nobody can tell what became: no block has it.</summary>
    public static SettledDuty Aggregation(AggregatorDuty duty, Serving? serving, Submission? submission) => new()
    {
        Kind = duty.Kind, Slot = duty.Slot, Validator = duty.Validator, LastChance = duty.Slot,
        Outcome = submission is { AcceptedBy.Count: > 0 } ? DutyOutcome.Made : submission is not null || serving is not null ? DutyOutcome.Missed : DutyOutcome.Unknown,
    };

    /// <summary>A slot's messages are in the next slot's block or nowhere. Where that slot has no block there was nothing to be had, and so no duty.</summary>
    /// <param name="sent">What the client sent for it.</param>
    /// <param name="isDuty">False where the chain tells that there was none.</param>
    public static SettledDuty? Sync(Slot slot, SyncDuty duty, CanonicalChain chain, Submission? sent, out bool isDuty)
    {
        isDuty = true;
        if (chain.Head is not { } head || head.Slot <= slot.Next || chain.Since > slot)
            return null;
        if (chain.At(slot.Next) is not { } block)
        {
            isDuty = false;
            return null;
        }
        var filled = duty.Seats.Count(block.SyncSeatFilled);
        return new SettledDuty
        {
            Kind = DutyKind.Sync, Slot = slot, Validator = duty.Validator, LastChance = slot.Next, Seats = duty.Seats.Count, SeatsFilled = filled,
            Outcome = filled == duty.Seats.Count ? DutyOutcome.Made : filled == 0 ? DutyOutcome.Missed : DutyOutcome.Partial,
            Distance = filled > 0 ? 1 : null,
            RightHead = sent?.Head is { } root ? root == block.Parent : null,
        };
    }
}
