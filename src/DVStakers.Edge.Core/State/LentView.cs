using DVStakers.Edge.Core.Ranking;

namespace DVStakers.Edge.Core.State;

/// <summary>What of a snapshot a box lends to its peers: its own stacks. Never a peer's, for two boxes that lend each other's nodes would pass a request round for ever.</summary>
public static class LentView
{
    /// <param name="stack">The stack whose turn it is for this borrower; it serves while it is as good as the best.</param>
    public static Snapshot Of(Snapshot snapshot, string? stack = null)
    {
        var ranking = snapshot.Ranking.Where(r => !r.IsPeer).ToList();
        var best = ranking.FirstOrDefault();
        var serving = best is null || !best.Tier.MayRead() ? null
            : ranking.FirstOrDefault(r => r.Name == stack && r.Tier.Qualifies() && r.Tier <= best.Tier)
            ?? ranking.FirstOrDefault(r => r.Name == snapshot.Serving)
            ?? best;
        return snapshot with
        {
            Stacks = [.. snapshot.OwnStacks],
            Ranking = ranking,
            Serving = serving?.Name,
            ServingReason = serving is not null ? serving.Reason : best is null ? "this box has no stack of its own" : $"no stack of this box may serve: {best.Name} is {best.Reason}",
        };
    }
}
