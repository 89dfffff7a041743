using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Duties;
using DVStakers.Edge.Tests.Core.Chain;
using FsCheck;
using FsCheck.Fluent;
using static DVStakers.Edge.Tests.Core.Duties.DutyWorld;

namespace DVStakers.Edge.Tests.Core.Duties;

public sealed class LedgerPropertyTests
{
    private static readonly Fact[] Told =
    [
        new AttestersLearnt(ThisEpoch, Before, [Seven, Eight]),
        new AttestersLearnt(ThisEpoch, At(3201, 0), [Seven, Eight]),
        new ProposersLearnt(ThisEpoch, Before, [new(new Slot(3206), 6), new(new Slot(3207), 7)]),
        new SyncCommitteeLearnt(ThisEpoch, At(3200, 1), [new SyncDuty(7, [1])]),
        new DataGiven(DutyKind.Attestation, DutySlot, 2, From("secondary", OldPath.Stale)),
        new DataGiven(DutyKind.Attestation, DutySlot, 2, From(null) with { At = At(3205, 0.5) }),
        new DataGiven(DutyKind.Attestation, DutySlot, 2, From("primary") with { At = At(3205, 9) }),
        new AttestationSent(DutySlot, 2, 3, Took("primary", 4.2)),
        new AttestationSent(DutySlot, 2, 3, Took("secondary", 4.1)),
        new AttestationSent(DutySlot, 2, 3, Refused("peer", "peer: HTTP 500", 4.1)),
        new SyncMessageSent(new Slot(3205), 7, Given.Block(3205), Took("primary", 4.3)),
        new BlockSent(new Slot(3207), 7, Took("primary", 1, 3207)),
        new AggregatorsLearnt(Before, [new(DutyKind.Aggregate, DutySlot, 7, 2), new(DutyKind.Aggregate, DutySlot, 8, 0)]),
        new DataGiven(DutyKind.Aggregate, DutySlot, 0, From("primary")),
        new AggregateSent(new(DutyKind.Aggregate, DutySlot, 7, 2), Refused("peer", "peer: HTTP 500", 8.1)),
        new AggregateSent(new(DutyKind.Aggregate, DutySlot, 7, 2), Took("primary", 8.1)),
        new AggregateSent(new(DutyKind.Contribution, DutySlot, 7, 1), Refused("primary", "primary: HTTP 500", 8.2)),
    ];

    [Fact]
    public void What_is_told_in_another_order_comes_to_the_same_account()
    {
        var expected = Lines(Told);
        Assert.NotEmpty(expected);
        Prop.ForAll(Gen.Shuffle(Told).ToArbitrary(), order => Assert.Equal(expected, Lines(order))).QuickCheckThrowOnFailure();

        static string[] Lines(IEnumerable<Fact> facts)
        {
            var world = new DutyWorld().Vote(3206, Seven).SyncBits(3206, 0b10);
            foreach (var fact in facts)
                world.Ledger.Take(fact);
            return [.. world.SettleAt(3265).Select(d => $"{d.Kind} {d.Slot} {d.Validator} {d.Serving?.Node} {d.SentAfter} {d.WouldHaveBeenMissed} {Explanation.Of(d)}")];
        }
    }

    [Fact]
    public void Whatever_is_told_the_memory_is_bounded_and_every_duty_is_settled_once()
    {
        var fact = from slot in Gen.Choose(3200, 3500)
                   from validator in Gen.Choose(0, 8)
                   from committee in Gen.Choose(0, 3)
                   from late in Gen.Choose(0, 20)
                   from kind in Gen.Choose(0, 8)
                   let s = new Slot((ulong)slot)
                   let v = (ulong)validator
                   let at = At(s.Value, late - 10)
                   select kind switch
                   {
                       0 => new AttestersLearnt(Spec.EpochOf(s), at, [new AttesterDuty(s, v, (ulong)committee, v)]),
                       1 => new ProposersLearnt(Spec.EpochOf(s), at, [new ProposerDuty(s, v)]),
                       2 => new SyncCommitteeLearnt(Spec.EpochOf(s), at, [new SyncDuty(v, [validator])]),
                       3 => new DataGiven(DutyKind.Attestation, s, (ulong)committee, From("primary")),
                       4 => new AttestationSent(s, (ulong)committee, v, new Delivery("primary", late % 2 == 0, "no", at)),
                       5 => new SingleAttestationSent(s, v, new Delivery("primary", true, "", at)),
                       6 => new AggregatorsLearnt(at, [new AggregatorDuty(DutyKind.Aggregate, s, v, 1)]),
                       7 => new AggregateSent(new AggregatorDuty(DutyKind.Contribution, s, v, 1), new Delivery("primary", late % 2 == 0, "no", at)),
                       _ => (Fact)new SyncMessageSent(s, v, Given.Block(s.Value), new Delivery("primary", true, "", at)),
                   };
        Prop.ForAll(Gen.ArrayOf(fact, 400).ToArbitrary(), facts =>
        {
            var ledger = new Ledger(Spec);
            HashSet<(DutyKind, Slot, ulong)> seen = [];
            var next = 0;
            var ordered = facts.OrderBy(f => f is AttestersLearnt a ? a.At : f is ProposersLearnt p ? p.At : f is SyncCommitteeLearnt c ? c.At : At(3200, 0)).ToArray();
            for (var slot = 3200UL; slot < 3800; slot += 4)
            {
                for (; next < ordered.Length && next < (int)(slot - 3199) * 2; next++)
                    ledger.Take(ordered[next]);
                // No chain at all: everything ends as unknown.
                foreach (var duty in ledger.Settle(At(slot, 0)))
                    Assert.True(seen.Add((duty.Kind, duty.Slot, duty.Validator)), $"twice: {duty}");
            }
            // Own validators, and those with a seat in the present sync committee, are all that is left.
            Assert.Equal(0, ledger.Open);
            Assert.InRange(ledger.Size, 0, 9 + 9);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_flood_is_dropped_and_counted()
    {
        var ledger = new Ledger(Spec);
        for (var validator = 0UL; validator < 40_000; validator++)
            ledger.Take(new AttestersLearnt(ThisEpoch, Before, [new AttesterDuty(DutySlot, validator, 0, validator)]));
        for (var position = 0UL; position < 70_000; position++)
            ledger.Take(new AttestationSent(DutySlot, 0, position, Took("primary", 4)));
        Assert.Equal(Ledger.MostDuties, ledger.Open);
        Assert.True(ledger.Dropped >= 40_000 - Ledger.MostDuties + 70_000 - 65_536);
        Assert.InRange(ledger.Size, 1, Ledger.MostDuties + Ledger.MostValidators + 65_536);
    }

    [Fact]
    public void The_book_keeps_the_newest()
    {
        var book = DutyBook.Empty;
        for (var slot = 0UL; slot < 10_000; slot++)
            book = book.With([new SettledDuty { Kind = DutyKind.Attestation, Slot = new Slot(slot), Validator = slot, Outcome = slot % 3 == 0 ? DutyOutcome.Missed : DutyOutcome.Made }], Spec);
        Assert.Equal((DutyBook.MostDuties, 9999UL), (book.Duties.Count, book.Duties[^1].Slot.Value));
        Assert.Equal((DutyBook.MostEpochs, DutyBook.MostValidators), (book.Epochs.Count, book.Validators.Count));
        Assert.Equal((10_000, 3334), (book.Totals.Attestations.Due, book.Totals.Attestations.Missed));
    }
}
