using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;

namespace DVStakers.Edge.Core.State;

/// <summary>
/// How often a peer's node is read, over lines that both sides pay for: often where a duty may go to it next, seldom where several others would have to fail first.
/// Whoever comes forward is read often from then on, and its head events come in all the while.
/// </summary>
public static class PeerPace
{
    /// <summary>In intervals of the box's own readings: six seconds on mainnet.</summary>
    public const int Often = 2;

    /// <summary>Two slots.</summary>
    public const int Seldom = 8;

    /// <summary>Who serves, who is asked when that one is slow, and one to spare.</summary>
    private const int NearPlaces = 3;

    public static int Of(Snapshot snapshot, string stack) =>
        snapshot.Serving == stack || snapshot.Ranking.Take(NearPlaces).Any(r => r.Name == stack) || snapshot.Stacks.Any(s => s.Name == stack && IsInDoubt(s)) ? Often : Seldom;

    /// <summary>More readings are needed to say that it fell, or that it is back.</summary>
    private static bool IsInDoubt(StackStatus stack) => stack.IsRecovering || (stack.Tier.Qualifies() && stack.Beacon is not { Reach: Reach.Ok });
}
