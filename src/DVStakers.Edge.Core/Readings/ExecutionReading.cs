using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Core.Readings;

/// <summary>What one probe saw of one execution client at one time, through its RPC port or its engine port.</summary>
public sealed record ExecutionReading
{
    public required DateTimeOffset At { get; init; }
    public required Reach Reach { get; init; }

    /// <summary>In words, where <see cref="Reach"/> is not Ok.</summary>
    public string? Problem { get; init; }

    /// <summary>eth_syncing answered anything but false.</summary>
    public bool IsSyncing { get; init; }

    /// <summary>Hash, number and time of eth_getBlockByNumber("latest").</summary>
    public Root? LatestHash { get; init; }

    /// <summary>Its parentHash; null where the client left it out.</summary>
    public Root? LatestParent { get; init; }
    public ulong LatestNumber { get; init; }
    public DateTimeOffset LatestTime { get; init; }

    /// <summary>eth_chainId.</summary>
    public ulong? ChainId { get; init; }

    /// <summary>net_peerCount; null on an engine port that does not serve it.</summary>
    public int? Peers { get; init; }

    /// <summary>web3_clientVersion; null on an engine port that does not serve it.</summary>
    public string? Version { get; init; }

    public TimeSpan RoundTrip { get; init; }
}
