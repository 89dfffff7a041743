using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Core.Readings;

/// <summary>What one probe saw of one beacon node at one time.</summary>
public sealed record BeaconReading
{
    public required DateTimeOffset At { get; init; }
    public required Reach Reach { get; init; }

    /// <summary>In words, where <see cref="Reach"/> is not Ok: what failed, at which address.</summary>
    public string? Problem { get; init; }

    /// <summary>The head by /eth/v1/beacon/headers/head.</summary>
    public Head? Head { get; init; }

    /// <summary>The block that the head builds on; null where unknown.</summary>
    public Root? HeadParent { get; init; }

    /// <summary>The block hash of the execution payload in the head block; null where unknown.</summary>
    public Root? ExecutionHash { get; init; }

    /// <summary>is_syncing, is_optimistic and el_offline of /eth/v1/node/syncing. el_offline is null where the client does not have it.</summary>
    public bool IsSyncing { get; init; }
    public bool IsOptimistic { get; init; }
    public bool? ElOffline { get; init; }

    /// <summary>Connected peers; null where the client does not say.</summary>
    public int? Peers { get; init; }

    /// <summary>/eth/v1/node/version, such as <c>Lighthouse/v7.0.1</c>.</summary>
    public string? Version { get; init; }

    /// <summary>Null until the node answered for its specification and genesis.</summary>
    public ChainSpec? Spec { get; init; }

    /// <summary>The node's clock less ours, by its HTTP Date header (resolution 1 s); null where it sends none.</summary>
    public TimeSpan? ClockOffset { get; init; }

    /// <summary>How long /eth/v1/node/syncing took.</summary>
    public TimeSpan RoundTrip { get; init; }
}

/// <summary>A head as one node sees it.</summary>
/// <param name="Optimistic">True where its execution payload is not verified.</param>
public readonly record struct Head(Slot Slot, Root Root, bool Optimistic);

/// <summary>A head event of one node's event stream (Beacon API, /eth/v1/events?topics=head).</summary>
public sealed record HeadEvent(string Stack, Head Head, DateTimeOffset At);
