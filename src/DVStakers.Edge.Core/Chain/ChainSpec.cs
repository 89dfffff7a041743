namespace DVStakers.Edge.Core.Chain;

/// <summary>
/// What a beacon node says of its network: /eth/v1/config/spec and /eth/v1/beacon/genesis. All deadlines come from here, none from a constant.
/// </summary>
public sealed record ChainSpec
{
    /// <summary>CONFIG_NAME, such as <c>mainnet</c>; empty where the node does not say.</summary>
    public required string ConfigName { get; init; }

    /// <summary>genesis_time of /eth/v1/beacon/genesis (seconds).</summary>
    public required DateTimeOffset GenesisTime { get; init; }

    /// <summary>genesis_validators_root: with the fork version, the identity of a network.</summary>
    public required Root GenesisValidatorsRoot { get; init; }

    /// <summary>SLOT_DURATION_MS, or SECONDS_PER_SLOT where that is absent.</summary>
    public required TimeSpan SlotDuration { get; init; }

    /// <summary>SLOTS_PER_EPOCH.</summary>
    public required ulong SlotsPerEpoch { get; init; }

    /// <summary>EPOCHS_PER_SYNC_COMMITTEE_PERIOD; mainnet's where it is absent.</summary>
    public ulong EpochsPerSyncCommitteePeriod { get; init; } = 256;

    /// <summary>ATTESTATION_DUE_BPS of a slot, or 1/INTERVALS_PER_SLOT (default 1/3) where that is absent. From the slot's start; until Gloas.</summary>
    public required TimeSpan AttestationDue { get; init; }

    /// <summary>AGGREGATE_DUE_BPS of a slot, or 2/INTERVALS_PER_SLOT. From the slot's start; until Gloas.</summary>
    public required TimeSpan AggregateDue { get; init; }

    /// <summary>ELECTRA_FORK_EPOCH: since then attestation data is the same for every committee of a slot. Null where it is not scheduled.</summary>
    public Epoch? Electra { get; init; }

    /// <summary>What changes with the Gloas fork; null where it is not scheduled. Clients give out its times long before, so the fork's epoch decides.</summary>
    public GloasTimes? Gloas { get; init; }

    /// <summary>DEPOSIT_CHAIN_ID: the chain id that the execution client must have.</summary>
    public required ulong DepositChainId { get; init; }

    /// <summary>The slot at a time; slot 0 before genesis.</summary>
    public Slot SlotAt(DateTimeOffset now) => now <= GenesisTime
        ? new Slot(0)
        : new Slot((ulong)((now - GenesisTime).Ticks / SlotDuration.Ticks));

    public DateTimeOffset StartOf(Slot slot) => GenesisTime + TimeSpan.FromTicks(SlotDuration.Ticks * (long)slot.Value);

    public Epoch EpochOf(Slot slot) => new(slot.Value / SlotsPerEpoch);

    public bool IsElectra(Slot slot) => Electra is { } fork && EpochOf(slot).Value >= fork.Value;

    public bool IsGloas(Slot slot) => Gloas is { } fork && EpochOf(slot).Value >= fork.From.Value;

    /// <summary>When this slot's attestations are due, from its start.</summary>
    public TimeSpan AttestationDueIn(Slot slot) => IsGloas(slot) ? Gloas!.AttestationDue : AttestationDue;

    /// <summary>When this slot's aggregates are due, from its start.</summary>
    public TimeSpan AggregateDueIn(Slot slot) => IsGloas(slot) ? Gloas!.AggregateDue : AggregateDue;

    /// <summary>When the last duty of this slot is due, from its start: the aggregates, and since Gloas the payload attestations.</summary>
    public TimeSpan LastDutyIn(Slot slot) => IsGloas(slot) ? Gloas!.PayloadAttestationDue : AggregateDue;

    public DateTimeOffset AttestationDeadline(Slot slot) => StartOf(slot) + AttestationDueIn(slot);

    /// <summary>True from the time of the slot's last duty to its end: the only part of a slot in which the node in use may be changed without need (rule 2).</summary>
    public bool InSwitchWindow(DateTimeOffset now) => now < GenesisTime || now - StartOf(SlotAt(now)) >= LastDutyIn(SlotAt(now));

    /// <summary>True in the switch window of an epoch's last slot: duties and events of one epoch then came from one node.</summary>
    public bool InEpochSwitchWindow(DateTimeOffset now) =>
        now < GenesisTime || (InSwitchWindow(now) && (SlotAt(now).Value + 1) % SlotsPerEpoch == 0);

    /// <summary>True when both describe one network. Deadlines may differ between client versions; identity may not.</summary>
    public bool SameNetwork(ChainSpec other) =>
        GenesisValidatorsRoot == other.GenesisValidatorsRoot && GenesisTime == other.GenesisTime && DepositChainId == other.DepositChainId;
}

/// <summary>The times of a slot since the Gloas fork, from the slot's start.</summary>
/// <param name="From">GLOAS_FORK_EPOCH.</param>
/// <param name="AttestationDue">ATTESTATION_DUE_BPS_GLOAS; as before where that is absent.</param>
/// <param name="AggregateDue">AGGREGATE_DUE_BPS_GLOAS; as before where that is absent.</param>
/// <param name="PayloadAttestationDue">PAYLOAD_ATTESTATION_DUE_BPS; the aggregates' time where that is absent.</param>
public sealed record GloasTimes(Epoch From, TimeSpan AttestationDue, TimeSpan AggregateDue, TimeSpan PayloadAttestationDue);
