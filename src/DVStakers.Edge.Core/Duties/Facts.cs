using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Core.Duties;

/// <summary>Something that the traffic of a validator told about its duties. The order in which facts come does not matter.</summary>
public abstract record Fact;

/// <summary>A validator's place in the committee that attests in a slot (Beacon API, duties/attester).</summary>
public readonly record struct AttesterDuty(Slot Slot, ulong Validator, ulong Committee, ulong Position);

/// <summary>A validator's seats in the sync committee (Beacon API, duties/sync); one may have several.</summary>
public readonly record struct SyncDuty(ulong Validator, IReadOnlyList<int> Seats);

public readonly record struct ProposerDuty(Slot Slot, ulong Validator);

/// <summary>A validator chosen to aggregate what its committee says in a slot.</summary>
/// <param name="Committee">Of an aggregate the committee, of a contribution the subcommittee.</param>
public readonly record struct AggregatorDuty(DutyKind Kind, Slot Slot, ulong Validator, ulong Committee);

/// <param name="At">When the client learnt it.</param>
public sealed record AttestersLearnt(Epoch Epoch, DateTimeOffset At, IReadOnlyList<AttesterDuty> Duties) : Fact;

/// <summary>Of all validators, not only of ours.</summary>
public sealed record ProposersLearnt(Epoch Epoch, DateTimeOffset At, IReadOnlyList<ProposerDuty> Duties) : Fact;

/// <summary>For the whole period of the sync committee that the epoch is in.</summary>
public sealed record SyncCommitteeLearnt(Epoch Epoch, DateTimeOffset At, IReadOnlyList<SyncDuty> Duties) : Fact;

/// <summary>Of aggregates alone: a client does not tell beforehand of its contributions.</summary>
public sealed record AggregatorsLearnt(DateTimeOffset At, IReadOnlyList<AggregatorDuty> Duties) : Fact;

/// <summary>The client asked for what it signs: attestation data, a block, the head's root, an aggregate or a contribution; answered or not.</summary>
/// <param name="Committee">The committee or subcommittee asked for; 0 where none is named.</param>
public sealed record DataGiven(DutyKind Kind, Slot Slot, ulong Committee, Serving Serving) : Fact;

/// <summary>An attestation as the pool took it before Electra: the bit says who it is by.</summary>
public sealed record AttestationSent(Slot Slot, ulong Committee, ulong Position, Delivery Delivery) : Fact;

/// <summary>An attestation since Electra: it names its validator.</summary>
public sealed record SingleAttestationSent(Slot Slot, ulong Validator, Delivery Delivery) : Fact;

/// <param name="Head">The block root that the message is for.</param>
public sealed record SyncMessageSent(Slot Slot, ulong Validator, Root Head, Delivery Delivery) : Fact;

public sealed record AggregateSent(AggregatorDuty Duty, Delivery Delivery) : Fact;

public sealed record BlockSent(Slot Slot, ulong Validator, Delivery Delivery) : Fact;

/// <summary>Who gave the client what it signs, and why that one.</summary>
/// <param name="Node">Null where no node had an answer for the client.</param>
/// <param name="Why">Why this node, or why none, in words.</param>
/// <param name="Took">From the question to the answer.</param>
/// <param name="First">The first stack of the configuration.</param>
/// <param name="FirstState">What that stack was like, in words; empty where there is nothing to say.</param>
public sealed record Serving(string? Node, DateTimeOffset At, TimeSpan Took, string Why, OldPath OldPath, string First, string FirstState);

/// <summary>One node's answer to something that was submitted.</summary>
/// <param name="At">When the client sent it.</param>
/// <param name="Node">Empty where there was none to send it to.</param>
/// <param name="Words">Where it was not accepted: what the node said.</param>
public readonly record struct Delivery(string Node, bool Accepted, string Words, DateTimeOffset At);
