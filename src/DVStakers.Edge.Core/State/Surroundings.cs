using System.Collections.Immutable;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Power;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;

namespace DVStakers.Edge.Core.State;

/// <summary>What is known of the box beside its stacks: each the last word of whoever watches it.</summary>
internal sealed record Surroundings
{
    /// <summary>
    /// The processors' pressure from which a box counts as busy, and below which it no longer does: per cent of the last minute in which some work had to wait
    /// for a processor (PSI, <c>some avg60</c>).
    /// </summary>
    private const double BusyFrom = 60;
    private const double BusyUntil = 30;

    public required BrokerReading Broker { get; init; }
    public PeerBook Peers { get; init; } = PeerBook.Empty;
    public Drain Drain { get; init; } = Drain.None;
    public MembershipReading? Membership { get; init; }
    public PowerStatus Power { get; init; } = PowerStatus.Unwatched;

    /// <summary>Null: nothing watches this box's power.</summary>
    public PowerMemory? Supply { get; init; }

    public bool Busy { get; init; }

    public Surroundings With(Observation seen) => seen switch
    {
        BrokerSeen s => this with { Broker = s.Reading },
        PeersSeen s => this with { Peers = s.Book },
        DrainSeen s => this with { Drain = s.Drain },
        MembershipSeen s => this with { Membership = s.Reading },
        PowerSeen s => this with { Power = s.Power },
        LoadSeen s => this with { Busy = s.CpuPressurePercent >= (Busy ? BusyUntil : BusyFrom) },
        _ => this,
    };

    /// <summary>The same with the power as it holds now; silence counts too, so each tick is asked for.</summary>
    /// <param name="seen">Null: a tick.</param>
    public Surroundings Powered(Observation? seen, DateTimeOffset now) =>
        Supply?.Next(seen, now) is { } next ? this with { Supply = next, Power = next.Status } : this;

    /// <summary>Who borrows whose node; empty where this box is in no cluster.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<NodeId>> Spread(IEnumerable<StackStatus> stacks) => Peers.Roster is { } roster
        ? Ranking.Spread.Of(ClusterView.Of(roster, Peers, stacks.Where(s => s.Peer is null), Drain.Box || Power.IsEnding, Busy || Power.Source == PowerSource.Battery), roster.Threshold)
        : ImmutableDictionary<string, IReadOnlyList<NodeId>>.Empty;
}
