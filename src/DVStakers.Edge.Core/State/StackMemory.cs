using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;

namespace DVStakers.Edge.Core.State;

/// <summary>What the judge remembers of one stack between observations.</summary>
internal sealed record StackMemory
{
    public required string Name { get; init; }
    public string? Peer { get; init; }
    public required Uri Address { get; init; }
    public required StackFacts Facts { get; init; }
    public required Steady Steady { get; init; }
    public RoundTrips RoundTrips { get; init; } = RoundTrips.None;

    public static StackMemory Of(StackConfig config, DateTimeOffset now) => new()
    {
        Name = config.Name,
        Peer = config.Peer,
        Address = config.BeaconNode,
        Facts = new StackFacts { HasExecution = config.ExecutionClient is not null, IsPeer = config.Peer is not null },
        Steady = Steady.Unknown(now),
    };

    public StackMemory With(Observation seen)
    {
        var next = Taken(seen);
        return ReferenceEquals(next, this) ? this : next with { Facts = next.Facts with { WasInStep = Diagnosis.InStep(next.Facts) ?? next.Facts.WasInStep } };
    }

    private StackMemory Taken(Observation seen) => seen switch
    {
        BeaconSeen b when b.Stack == Name => this with
        {
            Facts = Read(b.Reading),
            RoundTrips = b.Reading.Reach == Reach.Ok ? RoundTrips.With(b.Reading.RoundTrip) : RoundTrips,
        },
        ExecutionSeen e when e.Stack == Name => this with { Facts = Facts with { Execution = e.Reading } },
        PreparedSeen p when p.Stack == Name => this with { Steady = Steady.Prepared() },
        HeadSeen h when h.Event.Stack == Name => this with { Facts = Moved(Facts, h.Event.Head, h.Event.At) },
        _ => this,
    };

    private StackFacts Read(BeaconReading reading)
    {
        var facts = Facts with
        {
            Beacon = reading,
            Spec = reading.Spec ?? Facts.Spec,
            WasFit = reading.Reach switch
            {
                Reach.Ok => !reading.IsSyncing && !reading.IsOptimistic && reading.Head is { Optimistic: false },
                Reach.Silent => Facts.WasFit,
                // It may come back as another one.
                _ => false,
            },
        };
        // A probe that started before the last head event may have seen the head before it.
        return reading.Head is { } head && (reading.At > Facts.HeadSince || Facts.Head is null || head.Slot > Facts.Head.Value.Slot)
            ? Moved(facts.Trail.IsEmpty && reading.HeadParent is { } parent ? facts with { Trail = [parent] } : facts, head, reading.At)
            : facts;
    }

    private static StackFacts Moved(StackFacts facts, Head head, DateTimeOffset at) =>
        facts.Head is { } known && known.Root == head.Root
            ? facts with { Head = head }
            : facts with
            {
                Head = head,
                HeadSince = at,
                Trail = (facts.Trail.Length < Witness.TrailLength ? facts.Trail : facts.Trail.RemoveAt(0)).Add(head.Root),
            };

    public StackStatus Status(ChainSpec? network, DateTimeOffset now) => new()
    {
        Name = Name,
        Peer = Peer,
        Tier = Steady.Tier,
        IsRecovering = Steady.IsRecovering,
        IsPrepared = Steady.IsPrepared,
        Reason = Steady.Reason,
        Since = Steady.Since,
        Beacon = Facts.Beacon,
        Execution = Facts.Execution,
        Head = Facts.Head,
        Lag = network is not null && Facts.Head is { } head ? SyncDistance.Between(network.SlotAt(now), head.Slot) : null,
    };
}
