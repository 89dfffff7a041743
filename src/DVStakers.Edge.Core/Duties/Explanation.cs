using System.Globalization;

namespace DVStakers.Edge.Core.Duties;

/// <summary>One sentence for each duty: what became of it and why. Made of what was witnessed alone.</summary>
public static class Explanation
{
    public static string Of(SettledDuty duty) => duty switch
    {
        { Outcome: DutyOutcome.Unknown, Kind: DutyKind.Aggregate or DutyKind.Contribution } =>
            $"unknown: the validator neither asked the agent for {What(duty.Kind)} nor sent it, and no block tells whether it did so elsewhere",
        { Outcome: DutyOutcome.Unknown } => $"unknown: the blocks up to slot {duty.LastChance} could not be read",
        { Outcome: DutyOutcome.Missed } => "missed: " + WhyMissed(duty),
        { Kind: DutyKind.Sync, Outcome: DutyOutcome.Partial } => $"partial: {duty.SeatsFilled} of {duty.Seats} seats counted, {Path(duty)}",
        { Outcome: DutyOutcome.WrongHead or DutyOutcome.WrongTarget } => WhyWrong(duty),
        { Outcome: DutyOutcome.Late } => WhyLate(duty),
        { WouldHaveBeenMissed: true } => "made" + Instead(duty),
        _ => "made: " + Path(duty),
    };

    private static string WhyMissed(SettledDuty duty) => (duty.Kind, duty.Serving, duty.Submission) switch
    {
        (_, { Node: null } none, null) => $"the validator asked for {What(duty.Kind)} and got no answer: {none.Why}",
        (DutyKind.Sync, null, null) => "the validator sent no sync committee message through the agent",
        (_, null, null) => $"the validator never asked the agent for {What(duty.Kind)}",
        (_, { } given, null) => $"{given.Node} gave {What(duty.Kind)} after {Time(given.Took)}, but the validator sent nothing back",
        (_, _, { AcceptedBy.Count: 0 } refused) => $"sent {After(duty)} and accepted by no node: {string.Join("; ", refused.Refusals)}",
        (DutyKind.Proposal, _, { } sent) => $"sent {After(duty)} and accepted by {Names(sent)}, but the chain went on without it: it came too late or another block won",
        (DutyKind.Sync, _, { } sent) when duty.RightHead == false => $"sent {After(duty)} to {Names(sent)} for another block than the one the next slot built on",
        (DutyKind.Sync, _, { } sent) => $"sent {After(duty)} and accepted by {Names(sent)}, but not in the block of slot {duty.LastChance}",
        (_, _, { } sent) => $"sent {After(duty)} and accepted by {Names(sent)}, but in no block up to slot {duty.LastChance}",
    };

    private static string WhyWrong(SettledDuty duty)
    {
        var late = duty.Distance > 1 ? $", and {duty.Distance} slots later" : "";
        var vote = duty.Outcome == DutyOutcome.WrongTarget ? "wrong target: included with a vote for another checkpoint than the epoch's first block" : "wrong head: included with a vote for another block than the newest at its slot";
        return duty.Serving is { Node: { } node } given
            ? $"{vote}{late}; {node} gave the data after {Time(given.Took)}: {given.Why}"
            : $"{vote}{late}; what it signs was not asked for here";
    }

    private static string WhyLate(SettledDuty duty) => duty switch
    {
        { NextSlotEmpty: true } => $"late: in the block {duty.Distance} slots later, because slot {duty.Slot.Next} has no block{Instead(duty)}",
        { Submission: { } sent } => $"late: in the block {duty.Distance} slots later; sent {After(duty)}, accepted by {Names(sent)}{Instead(duty)}",
        _ => $"late: in the block {duty.Distance} slots later; it was not sent through the agent",
    };

    /// <summary>Where the first stack of the configuration could not have done it.</summary>
    private static string Instead(SettledDuty duty) => duty is { WouldHaveBeenMissed: true, Serving: { } given }
        ? $", and would have been missed{(duty.Unnoticed ? "" : " without a fail-over")}: {given.First}, first in the configuration, could not serve it ({given.FirstState}), so {given.Node} did"
        : "";

    private static string Path(SettledDuty duty) => (duty.Serving, duty.Submission) switch
    {
        ({ Node: { } node } given, { } sent) => $"{What(duty.Kind)} from {node}{Beside(given)}, sent {After(duty)}, accepted by {Names(sent)}",
        (_, { } sent) => $"sent {After(duty)}, accepted by {Names(sent)}",
        ({ Node: { } node }, null) => $"{What(duty.Kind)} from {node}, but not sent through the agent",
        _ => "not through the agent: the validator did it another way",
    };

    private static string Beside(Serving given) => given.OldPath == OldPath.Slow ? $" after {Time(given.Took)}, because {given.First} had not answered yet" : "";

    private static string What(DutyKind kind) => kind switch
    {
        DutyKind.Attestation => "attestation data",
        DutyKind.Proposal => "a block",
        DutyKind.Aggregate => "the aggregate",
        DutyKind.Contribution => "the contribution",
        _ => "the head",
    };

    private static string After(SettledDuty duty) => duty.SentAfter is { } after ? $"{Time(after)} into the slot" : "";

    private static string Names(Submission sent) => sent.AcceptedBy.Count == 0 ? "no node" : string.Join(" and ", sent.AcceptedBy);

    private static string Time(TimeSpan time) => time.TotalSeconds < 1
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");
}
