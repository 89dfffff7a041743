using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Core.Routing;

/// <summary>Which stacks a request may go to, in order. Pure; the snapshot decides.</summary>
public static class Candidates
{
    /// <summary>How many of the peers' nodes get what is submitted: the one that may be in use, and the next.</summary>
    private const int MostPeers = 2;

    /// <summary>
    /// For a read: the stack in use first (rule 2), then by rank. Where the answer is or rests on the head, stacks that have the expected one come
    /// before those that have not. Never one that its tier forbids for the route (rule 1).
    /// </summary>
    /// <param name="first">A stack that must be asked first where it may be: the one that served this slot, or made this block.</param>
    public static IReadOnlyList<string> ForRead(Snapshot snapshot, RouteClass route, string? first = null)
    {
        var attests = route is RouteClass.AttestationData or RouteClass.BlockProduction or RouteClass.PayloadAttestation;
        var allowed = attests ? [.. snapshot.Ranking.Where(r => r.Tier.MayAttest())] : AtAll(snapshot, TierRules.MayRead);
        var expected = snapshot.ExpectedHead?.Root;
        var restsOnHead = expected is not null && (attests || route == RouteClass.HeadRead);
        bool OnHead(RankedStack r) => !restsOnHead || snapshot.Stacks.First(s => s.Name == r.Name).Head?.Root == expected;

        return [.. allowed
            .OrderBy(r => r.Name == first ? 0 : 1)
            .ThenBy(r => r.Tier.Qualifies() ? 0 : 1)
            .ThenBy(r => OnHead(r) ? 0 : 1)
            .ThenBy(r => r.Name == snapshot.Serving ? 0 : 1)
            .ThenBy(r => r.Place)
            .Select(r => r.Name)];
    }

    /// <summary>
    /// How many of these are as good as the first: of its tier, at the same place, and on the expected head. Never one that does not qualify, nor none.
    /// </summary>
    public static int AsGoodAsFirst(Snapshot snapshot, IReadOnlyList<string> order)
    {
        if (order.Count == 0)
            return 0;
        var first = snapshot.Ranking.First(r => r.Name == order[0]);
        if (!first.Tier.Qualifies() || snapshot.ExpectedHead is not { } expected)
            return 1;
        return Math.Max(1, order.TakeWhile(name => snapshot.Ranking.First(r => r.Name == name) is var r && r.Tier == first.Tier && r.IsPeer == first.IsPeer
            && snapshot.Stacks.First(s => s.Name == name).Head?.Root == expected.Root).Count());
    }

    /// <summary>
    /// For a submission: every own node on the right network that answers; one that recovers too, which will need the subscriptions. Of the peers' nodes the
    /// two best: more would cost others' links and subscriptions, and add nothing to what gossip does.
    /// </summary>
    public static IReadOnlyList<string> ForSubmission(Snapshot snapshot, string? first = null)
    {
        var usual = AtAll(snapshot, TierRules.TakesSubmissions);
        var recovering = snapshot.Ranking.Where(r => !usual.Contains(r) && snapshot.Stacks.First(s => s.Name == r.Name).IsRecovering);
        var peers = 0;
        return [.. usual.Concat(recovering)
            .OrderBy(r => r.Name == first ? 0 : 1).ThenBy(r => r.Place)
            .Where(r => !r.IsPeer || ++peers <= MostPeers)
            .Select(r => r.Name)];
    }

    /// <summary>Those whose tier allows it; where there is none, all that are not known to be on another network: one may be back since its last probe.</summary>
    private static List<RankedStack> AtAll(Snapshot snapshot, Func<Tier, bool> allows)
    {
        var allowed = snapshot.Ranking.Where(r => allows(r.Tier)).ToList();
        return allowed.Count > 0
            ? allowed
            : [.. snapshot.Ranking.Where(r => !snapshot.Conditions.Any(c => c.Kind == Conditions.WrongNetwork && c.Subject == r.Name))];
    }
}
