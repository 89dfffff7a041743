using DVStakers.Edge.Core.Power;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Core.Cluster;

/// <summary>What a peer said of itself: the part of its <c>health</c> message that others act on.</summary>
public sealed record PeerState
{
    public required string Box { get; init; }
    public required int Schema { get; init; }

    /// <summary>Order of its starts, and of its messages since that start.</summary>
    public required long Boot { get; init; }
    public required long Sequence { get; init; }

    /// <summary>By its own clock.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>How long it may be believed. 1 s to 5 min.</summary>
    public required TimeSpan TimeToLive { get; init; }

    public required bool Ready { get; init; }
    public string? Serving { get; init; }

    /// <summary>Why that one, in its words; cut to 300 characters.</summary>
    public string? ServingReason { get; init; }
    public string? AgentVersion { get; init; }

    /// <summary>CONFIG_NAME; null until a node told it.</summary>
    public string? Network { get; init; }

    public IReadOnlyList<PeerStack> Stacks { get; init; } = [];
    public int Conditions { get; init; }

    /// <summary>The gravest of its conditions; null where it has none, or none whose word is known here.</summary>
    public Severity? Worst { get; init; }

    /// <summary>It is about to be taken out of use.</summary>
    public bool Draining { get; init; }

    /// <summary>What feeds it; null where it does not say.</summary>
    public PowerStatus? Power { get; init; }

    /// <summary>Its processors have more to do than they can.</summary>
    public bool Busy { get; init; }

    /// <summary>It will go away soon, by hand or with its battery.</summary>
    public bool IsLeaving => Draining || Power is { IsEnding: true };

    /// <summary>It can serve, and another would rather: it lives on a battery, or has too much to do.</summary>
    public bool IsStrained => Busy || Power is { Source: PowerSource.Battery };

    /// <summary>The head that it vouches for: of the best of its own nodes. One voice for the box, however many nodes it has; null where it has none to trust.</summary>
    public Head? Vote => Ready
        ? Stacks.Where(s => s is { Peer: null, Tier: { } tier, Head: { Optimistic: false } } && tier.Qualifies()).OrderBy(s => s.Tier).FirstOrDefault()?.Head
        : null;

    public bool IsNewerThan(long boot, long sequence) => (Boot, Sequence).CompareTo((boot, sequence)) > 0;
}

/// <param name="Tier">Null where its word is not known here.</param>
/// <param name="Peer">The box that lends it this node; null: its own.</param>
public sealed record PeerStack(string Name, Tier? Tier, Head? Head, ulong? LagSlots, string? Peer = null, string? BeaconVersion = null, string? ExecutionVersion = null);
