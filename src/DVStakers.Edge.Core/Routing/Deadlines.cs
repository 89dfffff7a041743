using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Core.Routing;

/// <summary>How long a request may take, as shares of the slot of the network it is for; nothing here is a constant of one network.</summary>
/// <param name="Hedge">After this long without an answer the next node is asked as well, while nothing is known of the silent one's own latency.</param>
/// <param name="Settle">After this long the best answer so far is taken: even from an older head, or from a node that is not well.</param>
/// <param name="Give">After this long the client is told that there is no answer.</param>
public readonly record struct Deadlines(TimeSpan Hedge, TimeSpan Settle, TimeSpan Give)
{
    // Charon and others wait for 2 s of a 12 s slot, in which attestations are due at 4 s: shares of that give 300 ms and 1.2 s on mainnet.
    private const double HedgeShare = 0.075;
    private const double SettleShare = 0.3;

    /// <summary>Where slots are so short that the usual bounds would leave no time for the node that is asked next.</summary>
    private const double LongestHedgeShare = 0.375;

    /// <summary>A signer that asks late still gets its settling time, less what its slot has left, but never less than this share.</summary>
    private const double LateSettleShare = 0.1;

    /// <summary>An answer that comes after its time is still worth more than none: this share is always waited for.</summary>
    private const double LateGiveShare = 0.5;

    /// <summary>A block that is offered later than this share of the attestations' time reaches part of the attesters too late.</summary>
    private const double BlockShare = 0.25;

    private static readonly TimeSpan UsualLeast = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan UsualMost = TimeSpan.FromMilliseconds(400);

    /// <summary>Before the network is known, as a slot of mainnet would have it: only reads of genesis and specification come then.</summary>
    private static readonly Deadlines Unknown = new(UsualLeast, TimeSpan.FromSeconds(1.2), TimeSpan.FromSeconds(12)) { LeastHedge = UsualLeast, MostHedge = UsualMost };

    /// <summary>No node is hedged earlier, however quick it usually is.</summary>
    public TimeSpan LeastHedge { get; private init; } = Hedge;

    /// <summary>No node is waited for longer, however slow it usually is.</summary>
    public TimeSpan MostHedge { get; private init; } = Hedge;

    /// <summary>After how long of silence of one node the next is asked as well, learned from that node's own latency.</summary>
    public TimeSpan HedgeAfter(TimeSpan? high) => high is { } time ? Within(time, LeastHedge, MostHedge) : Hedge;

    public static Deadlines For(Route route, ChainSpec? spec, DateTimeOffset now)
    {
        if (spec is null)
            return Unknown;
        var slot = spec.SlotAt(now);
        var into = now > spec.GenesisTime ? now - spec.StartOf(slot) : TimeSpan.Zero;
        var attestations = spec.AttestationDueIn(slot);
        var longest = attestations * LongestHedgeShare;
        var (least, most) = (Within(UsualLeast, TimeSpan.Zero, longest), Within(UsualMost, TimeSpan.Zero, longest));
        var hedge = Within(attestations * HedgeShare, least, most);
        return route.Due switch
        {
            Due.Aggregates => ByThen(spec.AggregateDueIn(slot)),
            Due.PayloadAttestations => ByThen(spec.LastDutyIn(slot)),
            // A block takes the execution client and the relays their time: asking the next one early would only load it.
            _ when route.Class is RouteClass.BlockProduction or RouteClass.MakerFirst =>
                new Deadlines(attestations * BlockShare, Within(attestations * BlockShare - into, TimeSpan.Zero, spec.SlotDuration), spec.SlotDuration),
            _ when route.Class is RouteClass.Read or RouteClass.Duties or RouteClass.HeadRead => Usual(attestations * SettleShare, spec.SlotDuration),
            _ => Usual(spec.SlotDuration, spec.SlotDuration),
        };

        Deadlines Usual(TimeSpan settle, TimeSpan give) => new(hedge, settle, give) { LeastHedge = least, MostHedge = most };

        Deadlines ByThen(TimeSpan due) => Usual(
            Within(due - into, attestations * LateSettleShare, attestations * SettleShare),
            Longer(due - into, attestations * LateGiveShare));
    }

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Within(TimeSpan time, TimeSpan least, TimeSpan most) => TimeSpan.FromTicks(Math.Clamp(time.Ticks, least.Ticks, most.Ticks));
}
