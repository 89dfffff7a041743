using DVStakers.Edge.Core.Chain;
using System.Globalization;
using System.Text.Json;

namespace DVStakers.Edge.Agent.Probes;

/// <summary>Makes a <see cref="ChainSpec"/> of /eth/v1/config/spec and /eth/v1/beacon/genesis. Entries that are not needed may be anything (BLOB_SCHEDULE is a list).</summary>
internal static class ChainSpecAnswers
{
    private const ulong Whole = 10_000;

    /// <exception cref="FormatException">A needed entry is missing or impossible.</exception>
    public static ChainSpec Combine(IReadOnlyDictionary<string, JsonElement> spec, (DateTimeOffset Time, Root ValidatorsRoot) genesis)
    {
        var slot = SlotDuration(spec);
        var intervals = Number(spec, "INTERVALS_PER_SLOT") ?? 3;
        if (intervals is < 2 or > 100)
            throw new FormatException($"INTERVALS_PER_SLOT {intervals} leaves no time for duties");
        var attestation = Due(spec, "ATTESTATION_DUE_BPS", slot) ?? TimeSpan.FromTicks(slot.Ticks / (long)intervals);
        var aggregate = Due(spec, "AGGREGATE_DUE_BPS", slot) ?? TimeSpan.FromTicks(slot.Ticks * 2 / (long)intervals);
        InOrder(attestation, aggregate);
        return new ChainSpec
        {
            ConfigName = spec.TryGetValue("CONFIG_NAME", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString()! : "",
            GenesisTime = genesis.Time,
            GenesisValidatorsRoot = genesis.ValidatorsRoot,
            SlotDuration = slot,
            SlotsPerEpoch = Needed(spec, "SLOTS_PER_EPOCH") is > 0 and var slots ? slots : throw new FormatException("SLOTS_PER_EPOCH is 0"),
            EpochsPerSyncCommitteePeriod = Number(spec, "EPOCHS_PER_SYNC_COMMITTEE_PERIOD") switch
            {
                null => 256,
                0 => throw new FormatException("EPOCHS_PER_SYNC_COMMITTEE_PERIOD is 0"),
                { } epochs => epochs,
            },
            AttestationDue = attestation,
            AggregateDue = aggregate,
            DepositChainId = Needed(spec, "DEPOSIT_CHAIN_ID"),
            Electra = Fork(spec, "ELECTRA_FORK_EPOCH"),
            Gloas = Fork(spec, "GLOAS_FORK_EPOCH") is { } gloas ? Gloas(spec, gloas, slot, attestation, aggregate) : null,
        };
    }

    private static GloasTimes Gloas(IReadOnlyDictionary<string, JsonElement> spec, Epoch from, TimeSpan slot, TimeSpan attestation, TimeSpan aggregate)
    {
        attestation = Due(spec, "ATTESTATION_DUE_BPS_GLOAS", slot) ?? attestation;
        aggregate = Due(spec, "AGGREGATE_DUE_BPS_GLOAS", slot) ?? aggregate;
        InOrder(attestation, aggregate);
        return new GloasTimes(from, attestation, aggregate, Due(spec, "PAYLOAD_ATTESTATION_DUE_BPS", slot) is { } payload && payload > aggregate ? payload : aggregate);
    }

    private static void InOrder(TimeSpan attestation, TimeSpan aggregate)
    {
        if (attestation > aggregate)
            throw new FormatException($"attestations are due {attestation.TotalSeconds} s into a slot, after the aggregates ({aggregate.TotalSeconds} s)");
    }

    /// <summary>Null where the fork is not scheduled: absent, or FAR_FUTURE_EPOCH.</summary>
    private static Epoch? Fork(IReadOnlyDictionary<string, JsonElement> spec, string name) =>
        Number(spec, name) is { } epoch and not ulong.MaxValue ? new Epoch(epoch) : null;

    private static TimeSpan SlotDuration(IReadOnlyDictionary<string, JsonElement> spec)
    {
        var (count, unit) = Number(spec, "SLOT_DURATION_MS") is { } milliseconds
            ? (milliseconds, TimeSpan.TicksPerMillisecond)
            : (Number(spec, "SECONDS_PER_SLOT") ?? throw new FormatException("neither SLOT_DURATION_MS nor SECONDS_PER_SLOT is there"), TimeSpan.TicksPerSecond);
        // An hour is far above any chain; it keeps all arithmetic on slots within range.
        return count > 0 && count <= (ulong)(TimeSpan.TicksPerHour / unit)
            ? TimeSpan.FromTicks((long)count * unit)
            : throw new FormatException($"a slot of {count} {(unit == TimeSpan.TicksPerSecond ? "s" : "ms")} is impossible");
    }

    private static TimeSpan? Due(IReadOnlyDictionary<string, JsonElement> spec, string name, TimeSpan slot) => Number(spec, name) switch
    {
        null => null,
        <= Whole and var points => TimeSpan.FromTicks(slot.Ticks * (long)points / (long)Whole),
        var points => throw new FormatException($"{name} {points} is more than a slot"),
    };

    private static ulong Needed(IReadOnlyDictionary<string, JsonElement> spec, string name) =>
        Number(spec, name) ?? throw new FormatException($"{name} is missing");

    /// <summary>Null where it is absent. Numbers are strings by the API, and plain numbers in some versions.</summary>
    private static ulong? Number(IReadOnlyDictionary<string, JsonElement> spec, string name)
    {
        if (!spec.TryGetValue(name, out var value))
            return null;
        return value.ValueKind switch
        {
            JsonValueKind.String when ulong.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
            JsonValueKind.Number when value.TryGetUInt64(out var number) => number,
            _ => throw new FormatException($"{name} is {value.GetRawText()}, not a number"),
        };
    }
}
