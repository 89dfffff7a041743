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

    /// <summary>ATTESTATION_DUE_BPS of a slot, or 1/INTERVALS_PER_SLOT (default 1/3) where that is absent. From the slot's start.</summary>
    public required TimeSpan AttestationDue { get; init; }

    /// <summary>AGGREGATE_DUE_BPS of a slot, or 2/INTERVALS_PER_SLOT. From the slot's start.</summary>
    public required TimeSpan AggregateDue { get; init; }

    /// <summary>DEPOSIT_CHAIN_ID: the chain id that the execution client must have.</summary>
    public required ulong DepositChainId { get; init; }

    /// <summary>The slot at a time; slot 0 before genesis.</summary>
    public Slot SlotAt(DateTimeOffset now) => now <= GenesisTime
        ? new Slot(0)
        : new Slot((ulong)((now - GenesisTime).Ticks / SlotDuration.Ticks));

    public DateTimeOffset StartOf(Slot slot) => GenesisTime + TimeSpan.FromTicks(SlotDuration.Ticks * (long)slot.Value);

    public Epoch EpochOf(Slot slot) => new(slot.Value / SlotsPerEpoch);

    public DateTimeOffset AttestationDeadline(Slot slot) => StartOf(slot) + AttestationDue;

    /// <summary>True from the aggregates' time to the slot's end: the only part of a slot in which the node in use may be changed without need (rule 2).</summary>
    public bool InSwitchWindow(DateTimeOffset now) => now < GenesisTime || now - StartOf(SlotAt(now)) >= AggregateDue;

    /// <summary>True when both describe one network. Deadlines may differ between client versions; identity may not.</summary>
    public bool SameNetwork(ChainSpec other) =>
        GenesisValidatorsRoot == other.GenesisValidatorsRoot && GenesisTime == other.GenesisTime && DepositChainId == other.DepositChainId;
}
