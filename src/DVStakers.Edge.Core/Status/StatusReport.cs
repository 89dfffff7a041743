namespace DVStakers.Edge.Core.Status;

/// <summary>Everything that the status screen shows, and its JSON (GET /status, <c>dvstakers-edge status --json</c>). Words are lower-case; keys are snake_case; an absent value is null.</summary>
public sealed record StatusReport
{
    /// <summary>Goes up when a key is removed or changes its meaning; new keys do not change it.</summary>
    public int Schema { get; init; } = 1;

    public required string Version { get; init; }
    public required string Cluster { get; init; }
    public required string Box { get; init; }
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The time of the snapshot.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>True when one stack qualifies: the proxy's own health is 200.</summary>
    public required bool Ready { get; init; }

    /// <summary>CONFIG_NAME; null while unknown.</summary>
    public string? Network { get; init; }

    /// <summary>The slot by the clock; null while the network is unknown.</summary>
    public ulong? WallSlot { get; init; }

    /// <summary>The slot of the head that all trustworthy nodes together make likely.</summary>
    public ulong? ExpectedHeadSlot { get; init; }

    /// <summary>The stack that is asked first; null: none may serve.</summary>
    public string? Serving { get; init; }
    public required string ServingReason { get; init; }

    /// <summary>In configured order.</summary>
    public required IReadOnlyList<StackReport> Stacks { get; init; }

    /// <summary>Best first.</summary>
    public required IReadOnlyList<RankReport> Ranking { get; init; }
    public required IReadOnlyList<ConditionReport> Conditions { get; init; }
    public required BrokerReport Mqtt { get; init; }

    /// <summary>The other members of the cluster, in the order of the roster; empty where this box is no member.</summary>
    public required IReadOnlyList<PeerReport> Peers { get; init; }
    public required DrainReport Drain { get; init; }

    /// <summary>What feeds the box; null where nothing watches it.</summary>
    public PowerReport? Power { get; init; }

    /// <summary>The box's processors have more to do than they can.</summary>
    public bool Busy { get; init; }

    /// <summary>Which stack of this box is whose turn, while they have none of their own.</summary>
    public required IReadOnlyList<LoanReport> Lent { get; init; }
    public required IReadOnlyList<LedReport> Panel { get; init; }

    /// <summary>The LEDs that are really there, or should be; empty where none is configured.</summary>
    public IReadOnlyList<LightReport> Lights { get; init; } = [];

    /// <summary>Null: nothing was read yet.</summary>
    public HostReport? Host { get; init; }

    /// <summary>The clients' processes, as systemd and Docker tell of them.</summary>
    public IReadOnlyList<ClientReport> Clients { get; init; } = [];
    public required ProxyReport Proxy { get; init; }
}

/// <param name="Tier">healthy, thin, lagging, suspect, syncing, optimistic or out.</param>
/// <param name="Recovering">It reads better than its tier, and not for long enough yet; the reason says how long.</param>
/// <param name="Execution">in step, apart, syncing, unreachable, silent, refused, denied, malformed or not seen.</param>
public sealed record StackReport(
    string Name, string Tier, bool Recovering, string Reason, DateTimeOffset Since,
    ulong? HeadSlot, string? HeadRoot, ulong? Lag,
    string Execution, int? BeaconPeers, int? ExecutionPeers, string? BeaconVersion, string? ExecutionVersion)
{
    /// <summary>The box that lends it; null: this one.</summary>
    public string? Peer { get; init; }
}

public sealed record RankReport(int Place, string Name, string Tier, string Reason);

/// <param name="Severity">info, warning or error.</param>
public sealed record ConditionReport(string Code, string Title, string Severity, string Subject, string Detail, DateTimeOffset Since, string Remedy);

/// <param name="Role">full or auxiliary.</param>
/// <param name="Standing">known, silent or never-heard. What follows is its last word, and holds only while it is known.</param>
/// <param name="HeardAt">By our clock; null: not since the agent started.</param>
/// <param name="Serving">Its stack that serves its validator.</param>
/// <param name="ClockBehindMs">Its clock's lag behind ours, with the way of a message; null until measured.</param>
/// <param name="Refused">Messages in its name that were not believed.</param>
/// <param name="RefusedKinds">How many for which reason; null: none.</param>
/// <param name="RefusedLast">The last one's reason in words.</param>
public sealed record PeerReport(
    string Box, string Role, string Standing, DateTimeOffset? HeardAt, bool? Ready, string? Serving, int? Conditions, string? AgentVersion,
    double? ClockBehindMs, long Refused, string? RefusedKinds, string? RefusedLast)
{
    /// <summary>Why that one serves, in its own words.</summary>
    public string? ServingReason { get; init; }

    /// <summary>It is taken out of use by hand.</summary>
    public bool Draining { get; init; }

    /// <summary>What feeds it; null where it does not say.</summary>
    public PowerReport? Power { get; init; }

    /// <summary>Its processors have more to do than they can.</summary>
    public bool Busy { get; init; }

    /// <summary>Its own stacks.</summary>
    public IReadOnlyList<PeerStackReport> Stacks { get; init; } = [];
}

/// <param name="Source">mains, battery or unknown.</param>
/// <param name="ChargePercent">0 to 100; null where nothing tells it.</param>
/// <param name="RunTimeLeftSeconds">At the present load; null where it cannot be told.</param>
/// <param name="Stopping">Its clients are being stopped, and it will go off.</param>
public sealed record PowerReport(string Source, string Reason, DateTimeOffset? Since, double? ChargePercent, long? RunTimeLeftSeconds, bool Stopping);

/// <param name="Tier">As in a stack; unknown where its word is not known here.</param>
public sealed record PeerStackReport(string Name, string Tier, ulong? HeadSlot, ulong? Lag);

/// <param name="Box">That has no good node of its own.</param>
/// <param name="Stack">Of this box.</param>
public sealed record LoanReport(string Box, string Stack);

/// <summary>What a person took out of use, and what would speak against taking more.</summary>
/// <param name="Box">The whole box is drained.</param>
/// <param name="BoxObjection">Null: the box may be drained now; else why not, in words.</param>
/// <param name="StackObjections">The same for each own stack.</param>
public sealed record DrainReport(bool Box, IReadOnlyList<string> Stacks, string? BoxObjection, IReadOnlyDictionary<string, string?> StackObjections);

/// <param name="State">not-configured, library-missing, connecting, connected, disconnected or refused.</param>
public sealed record BrokerReport(string State, string Detail, DateTimeOffset Since);

/// <param name="Steps">On and off times in milliseconds, in turn, starting with on; a lone 0 is off, a lone positive number is solid.</param>
public sealed record LedReport(string Name, string Pattern, string Meaning, IReadOnlyList<int> Steps);

public sealed record ProxyReport(string Listen, long RequestsServed, long Failovers, long Hedges, long Broadcasts, int StreamsOpen, long Refused, long Unknown);
