using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Core.Routing;

/// <summary>How long a request may take, as shares of the slot of the network it is for; nothing here is a constant of one network.</summary>
/// <param name="Hedge">After this long without an answer the next node is asked as well.</param>
/// <param name="Settle">attestation_data and plain reads: after this long the best answer so far is taken, even from a stale head.</param>
/// <param name="Give">After this long the client is told that there is no answer.</param>
public readonly record struct Deadlines(TimeSpan Hedge, TimeSpan Settle, TimeSpan Give)
{
    // Charon and others wait for 2 s of a 12 s slot, in which attestations are due at 4 s: shares of that give 300 ms and 1.2 s on mainnet.
    private const double HedgeShare = 0.075;
    private const double SettleShare = 0.3;

    private static readonly TimeSpan LeastHedge = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MostHedge = TimeSpan.FromMilliseconds(400);

    /// <summary>Before the network is known, as a slot of mainnet would have it: only reads of genesis and specification come then.</summary>
    private static readonly Deadlines Unknown = new(LeastHedge, TimeSpan.FromSeconds(1.2), TimeSpan.FromSeconds(12));

    public static Deadlines For(RouteClass route, ChainSpec? spec)
    {
        if (spec is null)
            return Unknown;
        var hedge = TimeSpan.FromTicks(Math.Clamp((long)(spec.AttestationDue.Ticks * HedgeShare), LeastHedge.Ticks, MostHedge.Ticks));
        var settle = spec.AttestationDue * SettleShare;
        return route switch
        {
            RouteClass.AttestationData => new Deadlines(hedge, settle, spec.AggregateDue),
            // A block takes the execution client and the relays their time: asking the next one early would only load it.
            RouteClass.BlockProduction => new Deadlines(spec.AttestationDue / 4, spec.SlotDuration, spec.SlotDuration),
            RouteClass.Read or RouteClass.PostRead or RouteClass.HeadRead => new Deadlines(hedge, settle, spec.SlotDuration),
            _ => new Deadlines(hedge, spec.SlotDuration, spec.SlotDuration),
        };
    }
}
