using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Core.Messages;

/// <summary>A stack in <c>health</c>.</summary>
public sealed record StackEntry
{
    public required string Name { get; init; }

    /// <summary>A row of the tier table, in lower case.</summary>
    public required string Tier { get; init; }

    public required string Reason { get; init; }
    public required DateTimeOffset Since { get; init; }
    public HeadEntry? Head { get; init; }
    public ulong? LagSlots { get; init; }
    public BeaconEntry? Beacon { get; init; }
    public ExecutionEntry? Execution { get; init; }

    public static StackEntry Of(StackStatus stack) => new()
    {
        Name = stack.Name,
        Tier = Words.Of(stack.Tier),
        Reason = stack.Reason,
        Since = stack.Since,
        Head = HeadEntry.Of(stack.Head),
        LagSlots = stack.Lag?.Slots,
        Beacon = stack.Beacon is { } beacon ? BeaconEntry.Of(beacon) : null,
        Execution = stack.Execution is { } execution ? ExecutionEntry.Of(execution) : null,
    };
}

/// <summary>A head: slot, block root, and whether its payload is unverified.</summary>
public sealed record HeadEntry(ulong Slot, string Root, bool Optimistic)
{
    public static HeadEntry? Of(Head? head) => head is { } h ? new(h.Slot.Value, h.Root.ToString(), h.Optimistic) : null;
}

/// <summary>The last reading of a beacon node.</summary>
public sealed record BeaconEntry
{
    public required string Reach { get; init; }
    public string? Problem { get; init; }
    public string? Version { get; init; }
    public required bool Syncing { get; init; }
    public required bool Optimistic { get; init; }
    public bool? ElOffline { get; init; }
    public int? Peers { get; init; }
    public required double RoundTripMs { get; init; }
    public required DateTimeOffset Time { get; init; }

    public static BeaconEntry Of(BeaconReading reading) => new()
    {
        Reach = Words.Of(reading.Reach),
        Problem = reading.Problem,
        Version = reading.Version,
        Syncing = reading.IsSyncing,
        Optimistic = reading.IsOptimistic,
        ElOffline = reading.ElOffline,
        Peers = reading.Peers,
        RoundTripMs = Words.Milliseconds(reading.RoundTrip),
        Time = reading.At,
    };
}

/// <summary>The last reading of an execution client.</summary>
public sealed record ExecutionEntry
{
    public required string Reach { get; init; }
    public string? Problem { get; init; }
    public string? Version { get; init; }
    public required bool Syncing { get; init; }
    public ulong? Block { get; init; }
    public string? BlockHash { get; init; }
    public int? Peers { get; init; }
    public required double RoundTripMs { get; init; }
    public required DateTimeOffset Time { get; init; }

    public static ExecutionEntry Of(ExecutionReading reading) => new()
    {
        Reach = Words.Of(reading.Reach),
        Problem = reading.Problem,
        Version = reading.Version,
        Syncing = reading.IsSyncing,
        Block = reading.LatestHash is null ? null : reading.LatestNumber,
        BlockHash = reading.LatestHash?.ToString(),
        Peers = reading.Peers,
        RoundTripMs = Words.Milliseconds(reading.RoundTrip),
        Time = reading.At,
    };
}
