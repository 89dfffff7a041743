using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Power;

namespace DVStakers.Edge.Core.Readings;

/// <summary>One thing seen, on its way to the decision. Probes, event streams and the mesh write these into one channel; the state loop alone reads it.</summary>
public abstract record Observation;

public sealed record BeaconSeen(string Stack, BeaconReading Reading) : Observation;

public sealed record ExecutionSeen(string Stack, ExecutionReading Reading) : Observation;

public sealed record HeadSeen(HeadEvent Event) : Observation;

/// <summary>A recovering stack was given this epoch's subscriptions and preparations: it is ready for the validators' duties.</summary>
public sealed record PreparedSeen(string Stack) : Observation;

/// <summary>What the peers say, as far as it is to be believed now.</summary>
public sealed record PeersSeen(PeerBook Book) : Observation;

public sealed record MembershipSeen(MembershipReading Reading) : Observation;

/// <summary>A person took stacks out of use, or put them back.</summary>
public sealed record DrainSeen(Drain Drain) : Observation;

/// <summary>The nodes that other boxes of the cluster lend, by the roster as it is now.</summary>
public sealed record PeersConfigured(IReadOnlyList<StackConfig> Stacks) : Observation;

/// <summary>What feeds the box, as steadied.</summary>
public sealed record PowerSeen(PowerStatus Power) : Observation;

/// <summary>One look at the UPS.</summary>
public sealed record UpsRead(PowerReading Reading) : Observation;

/// <summary>How far this box has come with an outage, and what went wrong with that.</summary>
public sealed record OutageSeen(OutageReading Outage) : Observation;

/// <param name="CpuPressurePercent">Of the last minute, in which some work had to wait for a processor.</param>
public sealed record LoadSeen(double CpuPressurePercent) : Observation;

public sealed record BrokerSeen(BrokerReading Reading) : Observation;

/// <summary>The MQTT connection as it is now.</summary>
/// <param name="Detail">In words: the broker's address, and what failed.</param>
public sealed record BrokerReading(BrokerState State, string Detail, DateTimeOffset At);

public enum BrokerState
{
    /// <summary>No <c>mqtt</c> in the configuration.</summary>
    NotConfigured,
    LibraryMissing,
    Connecting,
    Connected,
    Disconnected,

    /// <summary>The broker refused us: credentials or ACL.</summary>
    Refused,
}
