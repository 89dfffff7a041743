using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Duties;
using DVStakers.Edge.Tests.Core.Chain;
using static DVStakers.Edge.Tests.Core.Duties.DutyWorld;

namespace DVStakers.Edge.Tests.Core.Duties;

public sealed class LedgerTests
{
    /// <summary>The last slot whose block can have a vote of slot 3205.</summary>
    private const ulong Last = 3263;

    private readonly DutyWorld world = new();

    [Fact]
    public void An_attestation_in_the_next_block_is_made_when_that_block_has_a_successor()
    {
        world.Knows(Seven).Vote(3206, Seven);
        world.Ledger.Take(new DataGiven(DutyKind.Attestation, DutySlot, 2, From("primary")));
        world.Ledger.Take(new AttestationSent(DutySlot, 2, 3, Took("secondary", 4.25)));
        world.Ledger.Take(new AttestationSent(DutySlot, 2, 3, Took("primary", 4.125)));
        Assert.Empty(world.SettleAt(3206));
        var duty = world.Single(3207);
        Assert.Equal((DutyOutcome.Made, 1UL, true, true, true), (duty.Outcome, duty.Distance, duty.RightHead, duty.RightSource, duty.RightTarget));
        Assert.Equal(("primary", TimeSpan.FromSeconds(4.125)), (duty.Serving?.Node, duty.SentAfter));
        Assert.Equal(["primary", "secondary"], duty.Submission?.AcceptedBy);
        Assert.Empty(world.SettleAt(3208));
        Assert.Equal(0, world.Ledger.Open);
    }

    [Fact]
    public void Only_the_member_whose_bit_is_set_has_voted()
    {
        world.Knows(Seven, Eight).Vote(3206, Seven);
        Assert.Equal(7UL, world.Single(3207).Validator);
        var other = world.Single(Last + 1);
        Assert.Equal((8UL, DutyOutcome.Missed), (other.Validator, other.Outcome));
    }

    [Fact]
    public void In_no_block_until_the_end_of_the_next_epoch_is_missed()
    {
        world.Knows(Seven);
        Assert.Empty(world.SettleAt(Last));
        var duty = world.Single(Last + 1);
        Assert.Equal((DutyOutcome.Missed, null, null, null), (duty.Outcome, duty.Distance, duty.RightHead, duty.RightTarget));
        Assert.Equal("missed: the validator never asked the agent for attestation data", Explanation.Of(duty));
    }

    [Fact]
    public void The_last_possible_block_still_counts()
    {
        world.Knows(Seven).Vote(Last, Seven);
        var duty = world.Single(Last + 1);
        Assert.Equal((DutyOutcome.Late, Last - 3205), (duty.Outcome, duty.Distance));
    }

    [Fact]
    public void The_first_of_two_blocks_with_it_counts()
    {
        world.Knows(Seven).Vote(3208, Seven).Vote(3206, Seven);
        Assert.Equal(1UL, world.Single(3210).Distance);
    }

    [Fact]
    public void A_vote_for_an_older_block_is_a_wrong_head()
    {
        world.Knows(Seven).Vote(3206, Seven, head: Given.Block(3204));
        var duty = world.Single(3207);
        Assert.Equal((DutyOutcome.WrongHead, false, true), (duty.Outcome, duty.RightHead, duty.RightTarget));
    }

    [Fact]
    public void Where_the_duty_slot_has_no_block_the_one_before_is_right()
    {
        world.WithoutBlock(3205).Knows(Seven).Vote(3206, Seven);
        Assert.True(world.Single(3207).RightHead);
    }

    [Fact]
    public void A_vote_for_another_checkpoint_is_a_wrong_target()
    {
        world.Knows(Seven).Vote(3206, Seven, target: Given.Block(3199));
        var duty = world.Single(3207);
        Assert.Equal((DutyOutcome.WrongTarget, false, true), (duty.Outcome, duty.RightTarget, duty.RightHead));
    }

    [Fact]
    public void Late_because_the_next_slot_has_no_block_says_so()
    {
        world.WithoutBlock(3206).Knows(Seven).Vote(3207, Seven);
        var duty = world.Single(3208);
        Assert.Equal((DutyOutcome.Late, 2UL, true), (duty.Outcome, duty.Distance, duty.NextSlotEmpty));
        Assert.Equal("late: in the block 2 slots later, because slot 3206 has no block", Explanation.Of(duty));
    }

    [Fact]
    public void A_block_that_a_reorganisation_removed_does_not_count()
    {
        world.Knows(Seven);
        var orphan = new ChainBlock(new Slot(3206), Given.Block(3206, fork: 1), Given.Block(3205), 1,
            [new BlockVotes(DutySlot, [2], [0b1000], 16, Given.Block(3205), ThisEpoch, Given.Block(3200))], []);
        world.SettleAt(3205);
        world.Ledger.Chain.Add(orphan);
        Assert.Null(world.Ledger.Chain.Follow(orphan.Root, Start, Start, out _));
        Assert.Empty(world.Ledger.Settle(At(3206, 3)));
        Assert.Empty(world.SettleAt(3210));
        Assert.Equal(DutyOutcome.Missed, world.Single(Last + 1).Outcome);
    }

    [Fact]
    public void Blocks_that_cannot_be_read_make_it_unknown_not_missed()
    {
        world.Knows(Seven);
        Assert.Empty(world.SettleAt(3204, wall: Last + 32));
        var duty = world.Single(3204, wall: Last + 33);
        Assert.Equal(DutyOutcome.Unknown, duty.Outcome);
        Assert.Equal("unknown: the blocks up to slot 3263 could not be read", Explanation.Of(duty));
    }

    [Fact]
    public void A_duty_learnt_after_its_deadline_is_not_ours_unless_it_was_sent_here()
    {
        world.Ledger.Take(new AttestersLearnt(ThisEpoch, At(3205, 4.5), [Seven, Eight]));
        Assert.Null(world.Ledger.OldestOpen(At(3206, 0)));
        world.Ledger.Take(new AttestationSent(DutySlot, 0, 0, Took("primary", 5)));
        Assert.Equal(DutySlot, world.Ledger.OldestOpen(At(3206, 0)));
        world.Vote(3206, Eight);
        Assert.Equal(8UL, world.Single(3207).Validator);
        Assert.Empty(world.SettleAt(Last + 1));
    }

    [Fact]
    public void Another_duty_after_a_reorganisation_takes_the_place_of_the_first()
    {
        world.Knows(Seven);
        var moved = Seven with { Slot = new Slot(3207), Committee = 1 };
        world.Ledger.Take(new AttestersLearnt(ThisEpoch, At(3201, 0), [moved]));
        world.Vote(3208, moved);
        Assert.Equal((3207UL, DutyOutcome.Made), world.SettleAt(3210) is [var duty] ? (duty.Slot.Value, duty.Outcome) : default);
        Assert.Empty(world.SettleAt(Last + 1));
    }

    [Fact]
    public void Asked_again_for_the_same_duties_nothing_is_settled_twice()
    {
        world.Knows(Seven).Vote(3206, Seven);
        Assert.Single(world.SettleAt(3207));
        world.Ledger.Take(new AttestersLearnt(ThisEpoch, At(3207, 1), [Seven]));
        Assert.Empty(world.SettleAt(3208));
    }

    [Fact]
    public void Since_Electra_the_bits_of_several_committees_follow_one_another()
    {
        // Committee 2 begins after the 5 members of committee 0; committee 1 is not in it.
        world.Knows(Seven, Eight).Vote(3206, [0, 2], 5 + 6, [5 + 3]);
        Assert.Empty(world.SettleAt(3207));
        Assert.Equal([DutySlot], world.Ledger.SizesWanted);
        world.Ledger.TakeSizes(DutySlot, [5, 9, 6]);
        Assert.Equal(7UL, world.Single(3207).Validator);
        Assert.Empty(world.Ledger.SizesWanted);
    }

    [Fact]
    public void Bits_that_are_not_of_the_committees_sizes_prove_nothing()
    {
        world.Knows(Seven).Vote(3206, [0, 2], 11, [8]);
        world.SettleAt(3207);
        world.Ledger.TakeSizes(DutySlot, [5, 9, 7]);
        Assert.Empty(world.SettleAt(Last + 1));
        Assert.Equal(DutyOutcome.Unknown, world.Single(Last + 33).Outcome);
    }

    [Fact]
    public void Since_Electra_the_data_of_committee_0_is_for_all()
    {
        world.Knows(Seven).Vote(3206, Seven);
        world.Ledger.Take(new DataGiven(DutyKind.Attestation, DutySlot, 0, From("secondary")));
        world.Ledger.Take(new SingleAttestationSent(DutySlot, 7, Took("primary", 3)));
        Assert.Equal(("secondary", 1), world.Single(3207) is { } duty ? (duty.Serving?.Node, duty.Submission!.AcceptedBy.Count) : default);
    }

    [Fact]
    public void Before_Electra_it_is_not()
    {
        world.Knows(Seven).Vote(3206, Seven);
        world.Ledger.Take(new DataGiven(DutyKind.Attestation, DutySlot, 0, From("secondary")));
        Assert.Null(world.Single(3207).Serving);
    }

    [Fact]
    public void A_proposal_is_made_when_its_block_is_in_the_chain()
    {
        // The block of slot 3206 is by validator 3206 % 64.
        world.Knows(new AttesterDuty(DutySlot, 6, 0, 1)).Vote(3206, [0], 8, [1]);
        world.Ledger.Take(new ProposersLearnt(ThisEpoch, Before, [new(new Slot(3206), 6), new(new Slot(3207), 6), new(new Slot(3208), 99)]));
        world.Ledger.Take(new DataGiven(DutyKind.Proposal, new Slot(3206), 0, From("primary")));
        world.Ledger.Take(new BlockSent(new Slot(3206), 6, Took("primary", 0.8, 3206)));
        var proposals = world.SettleAt(3210).Where(d => d.Kind == DutyKind.Proposal).ToList();
        Assert.Equal([(3206UL, DutyOutcome.Made), (3207UL, DutyOutcome.Missed)], proposals.Select(p => (p.Slot.Value, p.Outcome)));
        Assert.Equal("made: a block from primary, sent 800 ms into the slot, accepted by primary", Explanation.Of(proposals[0]));
        Assert.Equal("missed: the validator never asked the agent for a block", Explanation.Of(proposals[1]));
    }

    [Fact]
    public void Sync_committee_messages_are_in_the_next_block_or_nowhere()
    {
        // Seats 1 and 9: bit 1 of the first byte, bit 1 of the second.
        world.WithoutBlock(3204).SyncBits(3202, 0b10, 0b10).SyncBits(3203, 0b10, 0).SyncBits(3205, 0, 0);
        world.Ledger.Take(new SyncCommitteeLearnt(ThisEpoch, At(3201, 0), [new SyncDuty(7, [1, 9])]));
        world.Ledger.Take(new SyncMessageSent(new Slot(3204), 7, Given.Block(3202), Took("primary", 4, 3204)));
        var settled = world.SettleAt(3206);
        Assert.Equal([(3201UL, DutyOutcome.Made, 2), (3202UL, DutyOutcome.Partial, 1), (3204UL, DutyOutcome.Missed, 0)],
            settled.Select(d => (d.Slot.Value, d.Outcome, d.SeatsFilled)));
        // Slot 3203 has no duty: the next slot has no block, and so nobody's message could count.
        Assert.False(settled[2].RightHead);
        Assert.Contains("for another block than the one the next slot built on", Explanation.Of(settled[2]), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_anything_open_no_block_is_wanted()
    {
        Assert.Null(world.Ledger.OldestOpen(At(3205, 0)));
        world.Knows(Seven);
        Assert.Null(world.Ledger.OldestOpen(At(3204, 0)));
        Assert.Equal(DutySlot, world.Ledger.OldestOpen(At(3205, 0)));
    }
}
