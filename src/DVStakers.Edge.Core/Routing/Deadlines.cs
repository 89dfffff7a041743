using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Core.Routing;

/// <summary>How long a request may take, as shares of the slot of the network it is for; nothing here is a constant of one network.</summary>
/// <param name="Hedge">After this long without an answer the next node is asked as well, while nothing is known of the silent one's own latency.</param>
/// <param name="Settle">attestation_data: after this long the best answer so far is taken, even from a stale head.</param>
/// <param name="Give">After this long the client is told that there is no answer.</param>
public readonly record struct Deadlines(TimeSpan Hedge, TimeSpan Settle, TimeSpan Give)
{
    // Charon and others wait for 2 s of a 12 s slot, in which attestations are due at 4 s: shares of that give 300 ms and 1.2 s on mainnet.
    private const double HedgeShare = 0.075;
    private const double SettleShare = 0.3;

    /// <summary>Where slots are so short that the usual bounds would leave no time for the node that is asked next.</summary>
    private const double LongestHedgeShare = 0.375;

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

    public static Deadlines For(RouteClass route, ChainSpec? spec)
    {
        if (spec is null)
            return Unknown;
        var longest = spec.AttestationDue * LongestHedgeShare;
        var (least, most) = (Within(UsualLeast, TimeSpan.Zero, longest), Within(UsualMost, TimeSpan.Zero, longest));
        var hedge = Within(spec.AttestationDue * HedgeShare, least, most);
        var settle = spec.AttestationDue * SettleShare;
        return route switch
        {
            RouteClass.AttestationData => new Deadlines(hedge, settle, spec.AggregateDue) { LeastHedge = least, MostHedge = most },
            // A block takes the execution client and the relays their time: asking the next one early would only load it.
            RouteClass.BlockProduction => new Deadlines(spec.AttestationDue / 4, spec.SlotDuration, spec.SlotDuration),
            _ => new Deadlines(hedge, spec.SlotDuration, spec.SlotDuration) { LeastHedge = least, MostHedge = most },
        };
    }

    private static TimeSpan Within(TimeSpan time, TimeSpan least, TimeSpan most) => TimeSpan.FromTicks(Math.Clamp(time.Ticks, least.Ticks, most.Ticks));
}
