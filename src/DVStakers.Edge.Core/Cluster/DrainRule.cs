using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Core.Cluster;

/// <summary>Whether something may be taken out of use now without the loss of duties.</summary>
public static class DrainRule
{
    /// <summary>The whole box. Null: nothing speaks against it; else why not, in words.</summary>
    public static string? AgainstBox(PeerBook peers)
    {
        if (peers.Roster is not { } roster)
            return "this box hears of no cluster, so no other box would take over its duties";
        // Who has a good node of its own, and who lends it: a box that lives on this one's is ready now and would not be then.
        var good = peers.Known.Where(p => p.Said is { IsLeaving: false } said && said.Stacks.Any(s => s is { Peer: null, Tier: { } tier } && tier.Qualifies())).Select(p => p.Box).ToList();
        var lenders = good.Where(b => roster.Find(b)?.Gateway is not null).ToList();
        var staying = peers.Known.Where(p => p.Said is { Ready: true, IsLeaving: false } && (good.Contains(p.Box) || lenders.Exists(l => l != p.Box))).Select(p => p.Box).ToList();
        var shares = roster.Members.Where(m => staying.Contains(m.Box)).Sum(m => m.Shares);
        if (good.Count == 0)
            return $"no other box has a good node of its own: {Missing(peers, roster, [])}";
        if (shares < roster.Threshold)
            return $"{shares} key shares would be left, and {roster.Threshold} must sign together: {Missing(peers, roster, staying)}";
        return peers.Known.FirstOrDefault(p => p.Said is { Ready: true, IsLeaving: false } && !staying.Contains(p.Box)) is { } left
            ? $"{left.Box} would be left without a node: no other box lends it one"
            : null;
    }

    /// <summary>Some stacks of this box.</summary>
    public static string? AgainstStacks(Snapshot snapshot, IReadOnlyCollection<string> stacks) =>
        snapshot.Ranking.Any(r => r.Tier.Qualifies() && !r.IsLeaving && !stacks.Contains(r.Name))
            ? null
            : "no other stack could serve the validator";

    private static string Missing(PeerBook peers, Roster roster, List<string> staying) => string.Join(", ", roster.Members
        .Where(m => m.Box != peers.Self && !staying.Contains(m.Box))
        .Select(m => peers.Known.FirstOrDefault(p => p.Box == m.Box)?.Said switch
        {
            null => $"{m.Box} is not heard",
            { Draining: true } => $"{m.Box} is drained",
            { IsLeaving: true } => $"{m.Box} lives on a battery that ends soon",
            { Ready: false } => $"{m.Box} is not ready",
            _ => $"{m.Box} has none of its own",
        }).DefaultIfEmpty(staying.Count > 0 ? "the other boxes have no more" : "there is no other box"));
}
