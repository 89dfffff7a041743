using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Core.Ranking;

/// <summary>What sets one peer's node before another's, where both are well. All of it only reorders.</summary>
/// <param name="TooFar">A duty fetched from there would come too late.</param>
/// <param name="Choice">Which choice it is in the cluster's spread, 0 the first: it keeps too many key shares off one node.</param>
/// <param name="Strained">Its box lives on a battery, or has too much to do.</param>
/// <param name="Distance">Doublings of the round trip beyond 25 ms. Finer steps would move a validator between two equal peers for nothing.</param>
public sealed record PeerStanding(bool TooFar, int Choice, bool Strained, int Distance)
{
    private static readonly TimeSpan NextDoor = TimeSpan.FromMilliseconds(25);

    /// <param name="roundTrip">The 95th percentile; null while unknown, which counts as next door: its first request will tell.</param>
    public static PeerStanding Of(TimeSpan? roundTrip, int choice, bool strained, ChainSpec? network) => new(
        roundTrip is { } high && network is not null && IsTooFar(high, network), choice, strained,
        roundTrip is { } time && time > NextDoor ? (int)Math.Ceiling(Math.Log2(time / NextDoor)) : 0);

    /// <summary>
    /// An attestation that is asked for when it is due must be there before aggregates are due, or none has it: one round trip for its data, one to hand it in, and
    /// half of one for the news of the head.
    /// </summary>
    private static bool IsTooFar(TimeSpan roundTrip, ChainSpec network) => roundTrip * 2.5 > network.AggregateDue - network.AttestationDue;
}
