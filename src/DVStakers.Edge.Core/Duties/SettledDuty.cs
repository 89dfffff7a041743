using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Core.Duties;

public enum DutyKind
{
    Attestation,
    Proposal,
    Sync,
    Aggregate,

    /// <summary>To the sync committee.</summary>
    Contribution,
}

public enum DutyOutcome
{
    Made,

    /// <summary>In a block, but not in the next slot's.</summary>
    Late,

    /// <summary>In a block, with a vote for another block than the newest at that slot.</summary>
    WrongHead,

    /// <summary>In a block, with a vote for another checkpoint than the epoch's first block.</summary>
    WrongTarget,

    /// <summary>Some of a validator's sync committee seats counted, others did not.</summary>
    Partial,

    /// <summary>In no block that could have it; of an aggregate or contribution: asked for or sent, and not taken by any node.</summary>
    Missed,

    /// <summary>The blocks that would tell could not be read; of an aggregate: nothing was seen of it here.</summary>
    Unknown,
}

/// <summary>What became of a duty; it cannot change any more.</summary>
public sealed record SettledDuty
{
    public required DutyKind Kind { get; init; }
    public required Slot Slot { get; init; }
    public required ulong Validator { get; init; }
    public required DutyOutcome Outcome { get; init; }

    /// <summary>From the duty's slot to the block that has it; null where none has.</summary>
    public ulong? Distance { get; init; }

    /// <summary>Attestation: the vote is for the newest block at its slot. Sync committee: the message that was sent is for the block that the next one builds on.</summary>
    public bool? RightHead { get; init; }

    /// <summary>True for each attestation in a block: one with another source cannot be in any.</summary>
    public bool? RightSource { get; init; }

    public bool? RightTarget { get; init; }

    public int Seats { get; init; }
    public int SeatsFilled { get; init; }

    /// <summary>The next slot has no block, so that no attestation of this one could be in it.</summary>
    public bool NextSlotEmpty { get; init; }

    /// <summary>The last slot whose block could have had it.</summary>
    public Slot LastChance { get; init; }

    /// <summary>Null where the client did not ask here for what it signs.</summary>
    public Serving? Serving { get; init; }

    /// <summary>Null where the client sent nothing through the agent.</summary>
    public Submission? Submission { get; init; }

    /// <summary>When it was sent, from the slot's start.</summary>
    public TimeSpan? SentAfter { get; init; }

    /// <summary>It counts, and the first stack of the configuration could not have served it right at that moment; see <see cref="OldPath"/>.</summary>
    public bool WouldHaveBeenMissed => Counts && Serving?.OldPath is OldPath.Failed or OldPath.Stale;

    /// <summary>The same, and no fail-over of the client's own would have noticed.</summary>
    public bool Unnoticed => Counts && Serving?.OldPath == OldPath.Stale;

    private bool Counts => Outcome is DutyOutcome.Made or DutyOutcome.Late or DutyOutcome.Partial;
}

/// <summary>What the client sent for one duty, and what the nodes said to it. Immutable: deliveries are added one by one, in any order.</summary>
/// <param name="At">When it was first sent.</param>
/// <param name="AcceptedBy">In the order of the alphabet.</param>
/// <param name="Refusals">What those that did not accept it said; the first few.</param>
/// <param name="Head">Sync committee messages only.</param>
public sealed record Submission(DateTimeOffset At, IReadOnlyList<string> AcceptedBy, IReadOnlyList<string> Refusals, Root? Head = null)
{
    private const int MostRefusals = 4;

    public static Submission Of(Delivery delivery, Root? head = null) => new Submission(delivery.At, [], [], head).With(delivery);

    public Submission With(Delivery delivery) => new(
        delivery.At < At ? delivery.At : At,
        delivery.Accepted && !AcceptedBy.Contains(delivery.Node) ? [.. AcceptedBy.Append(delivery.Node).Order(StringComparer.Ordinal)] : AcceptedBy,
        !delivery.Accepted && !Refusals.Contains(delivery.Words)
            ? [.. Refusals.Append(delivery.Words).Order(StringComparer.Ordinal).Take(MostRefusals)]
            : Refusals,
        Head);
}
