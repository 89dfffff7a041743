using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Duties;
using static DVStakers.Edge.Tests.Core.Duties.DutyWorld;

namespace DVStakers.Edge.Tests.Core.Duties;

public sealed class ExplanationTests
{
    private static readonly SettledDuty Missed = new() { Kind = DutyKind.Attestation, Slot = DutySlot, Validator = 7, Outcome = DutyOutcome.Missed, LastChance = new Slot(3263) };
    private static readonly SettledDuty Made = Missed with { Outcome = DutyOutcome.Made, Distance = 1, RightHead = true, RightSource = true, RightTarget = true };

    public static TheoryData<string, SettledDuty> Sentences => new()
    {
        { "missed: the validator never asked the agent for attestation data", Missed },
        { "missed: the validator asked for attestation data and got no answer: primary: HTTP 503", Missed with { Serving = From(null, why: "primary: HTTP 503") } },
        { "missed: primary gave attestation data after 12 ms, but the validator sent nothing back", Missed with { Serving = From("primary") } },
        { "missed: sent 4.0 s into the slot and accepted by no node: a: HTTP 400 no; b: HTTP 500", Sent(Missed, Refused("b", "b: HTTP 500", 4), Refused("a", "a: HTTP 400 no", 4)) },
        { "missed: sent 3.1 s into the slot and accepted by primary and secondary, but in no block up to slot 3263",
            Sent(Missed with { Serving = From("primary") }, Took("secondary", 3.125), Took("primary", 3.125)) },
        { "missed: sent 800 ms into the slot and accepted by primary, but the chain went on without it: it came too late or another block won",
            Sent(Missed with { Kind = DutyKind.Proposal }, Took("primary", 0.8)) },
        { "missed: the validator sent no sync committee message through the agent", Missed with { Kind = DutyKind.Sync } },
        { "made: attestation data from primary, sent 4.0 s into the slot, accepted by primary", Sent(Made with { Serving = From("primary") }, Took("primary", 4)) },
        { "made: attestation data from secondary after 260 ms, because primary had not answered yet, sent 4.0 s into the slot, accepted by primary",
            Sent(Made with { Serving = From("secondary", OldPath.Slow, took: 0.26) }, Took("primary", 4)) },
        { "made: not through the agent: the validator did it another way", Made },
        { "made, and would have been missed without a fail-over: primary, first in the configuration, could not serve it (its beacon node does not answer (silent)), so secondary did",
            Sent(Made with { Serving = From("secondary", OldPath.Failed) }, Took("secondary", 4)) },
        { "made, and would have been missed: primary, first in the configuration, could not serve it (its beacon node does not answer (silent)), so secondary did",
            Sent(Made with { Serving = From("secondary", OldPath.Stale) }, Took("secondary", 4)) },
        { "late: in the block 3 slots later; sent 9.0 s into the slot, accepted by primary", Sent(Made with { Outcome = DutyOutcome.Late, Distance = 3 }, Took("primary", 9)) },
        { "wrong head: included with a vote for another block than the newest at its slot, and 2 slots later; primary gave the data after 12 ms: first in the ranking",
            Made with { Outcome = DutyOutcome.WrongHead, Distance = 2, RightHead = false, Serving = From("primary") } },
        { "wrong target: included with a vote for another checkpoint than the epoch's first block; what it signs was not asked for here",
            Made with { Outcome = DutyOutcome.WrongTarget, RightTarget = false } },
    };

    [Theory]
    [MemberData(nameof(Sentences))]
    public void Each_end_has_its_sentence(string sentence, SettledDuty duty) => Assert.Equal(sentence, Explanation.Of(duty));

    [Fact]
    public void A_missed_duty_would_not_have_been_missed_but_was() =>
        Assert.False((Missed with { Serving = From("secondary", OldPath.Stale) }).WouldHaveBeenMissed);

    private static SettledDuty Sent(SettledDuty duty, params Delivery[] deliveries)
    {
        var submission = Submission.Of(deliveries[0]);
        foreach (var delivery in deliveries[1..])
            submission = submission.With(delivery);
        return duty with { Submission = submission, SentAfter = submission.At - Spec.StartOf(duty.Slot) };
    }
}
