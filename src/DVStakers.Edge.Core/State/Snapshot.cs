using System.Collections.Immutable;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Machine;
using DVStakers.Edge.Core.Power;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;

namespace DVStakers.Edge.Core.State;

/// <summary>Everything the agent holds true at one moment. Immutable; published by one reference swap; every output reads it and nothing else.</summary>
public sealed record Snapshot
{
    public required DateTimeOffset At { get; init; }

    /// <summary>Null until one node answered for its specification.</summary>
    public ChainSpec? Spec { get; init; }

    /// <summary>In configured order; those of peers come last.</summary>
    public required IReadOnlyList<StackStatus> Stacks { get; init; }

    /// <summary>The stacks of this box.</summary>
    public IEnumerable<StackStatus> OwnStacks => Stacks.Where(s => s.Peer is null);

    /// <summary>Best first; every stack is in it once.</summary>
    public required IReadOnlyList<RankedStack> Ranking { get; init; }

    /// <summary>The heads expected lately, merged from all trustworthy nodes.</summary>
    public required HeadHistory Heads { get; init; }

    /// <summary>What the head should be now; null while unknown.</summary>
    public Head? ExpectedHead => Heads.Expected;

    /// <summary>The stack that the validator's reads go to first; null while none may serve.</summary>
    public string? Serving { get; init; }

    /// <summary>Why it is that one, in words.</summary>
    public required string ServingReason { get; init; }

    /// <summary>Which of this box's stacks each borrower of the cluster should use, so that they spread; who is not in it takes the first.</summary>
    public IReadOnlyDictionary<string, string> Lent { get; init; } = ImmutableDictionary<string, string>.Empty;

    public required IReadOnlyList<Condition> Conditions { get; init; }

    /// <summary>What a person took out of use.</summary>
    public Drain Drained { get; init; } = Drain.None;

    /// <summary>What feeds the box, and for how long.</summary>
    public PowerStatus Power { get; init; } = PowerStatus.Unwatched;

    /// <summary>The box's processors have more to do than they can.</summary>
    public bool Busy { get; init; }

    /// <summary>The box itself: its panel, its hardware, its clients' processes.</summary>
    public MachineStatus Machine { get; init; } = MachineStatus.Unseen;

    public required BrokerReading Broker { get; init; }

    /// <summary>What the peers say, as far as it is to be believed.</summary>
    public PeerBook Peers { get; init; } = PeerBook.Empty;

    /// <summary>True when the proxy may say that it is ready: one stack qualifies.</summary>
    public bool Ready => Ranking is [{ } best, ..] && best.Tier.Qualifies();
}

/// <summary>One stack as steadied: what holds, not what the last reading said.</summary>
public sealed record StackStatus
{
    public required string Name { get; init; }

    /// <summary>The box that lends it; null: this one.</summary>
    public string? Peer { get; init; }

    public required Tier Tier { get; init; }

    /// <summary>Its readings are better than its tier, and not yet long enough. It gets every submission meanwhile.</summary>
    public bool IsRecovering { get; init; }

    /// <summary>It was given this epoch's subscriptions and preparations since it began to recover.</summary>
    public bool IsPrepared { get; init; }

    /// <summary>Why it is in its tier, in words.</summary>
    public required string Reason { get; init; }

    /// <summary>When it came into this tier.</summary>
    public required DateTimeOffset Since { get; init; }

    public BeaconReading? Beacon { get; init; }

    /// <summary>Null where no execution client is configured, or before its first reading.</summary>
    public ExecutionReading? Execution { get; init; }

    /// <summary>The newest head known of this node, by event or probe.</summary>
    public Head? Head { get; init; }

    /// <summary>The wall slot less the head's slot.</summary>
    public SyncDistance? Lag { get; init; }
}
