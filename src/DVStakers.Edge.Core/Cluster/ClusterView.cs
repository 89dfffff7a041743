using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Core.Cluster;

/// <summary>The cluster as this box sees it, in the form that everybody computes the spread of (<see cref="Spread"/>): itself by its own judgement, the others by their word.</summary>
public static class ClusterView
{
    /// <param name="own">This box's own stacks, in configured order.</param>
    /// <param name="leaving">This box will go away soon.</param>
    /// <param name="strained">It can serve, and another would rather.</param>
    public static IEnumerable<SpreadBox> Of(Roster roster, PeerBook peers, IEnumerable<StackStatus> own, bool leaving, bool strained)
    {
        foreach (var member in roster.Members)
        {
            if (member.Box == peers.Self)
                yield return Box(member, own.Select(s => new SpreadNode(s.Name, s.Tier.Qualifies(), leaving, strained, Clients(s.Beacon?.Version, s.Execution?.Version))));
            // Who is silent is neither good nor bad: it lends nothing that we know of, and needs nothing that we know of.
            else if (peers.Known.FirstOrDefault(p => p.Box == member.Box)?.Said is { } said)
                yield return Box(member, said.Stacks.Where(s => s.Peer is null)
                    .Select(s => new SpreadNode(s.Name, s.Tier is { } tier && tier.Qualifies(), said.IsLeaving, said.IsStrained, Clients(s.BeaconVersion, s.ExecutionVersion))));
        }
    }

    private static SpreadBox Box(Member member, IEnumerable<SpreadNode> nodes) => new(member.Box, member.Shares, member.Gateway is not null, [.. nodes]);

    private static string Clients(string? beacon, string? execution) => $"{Name(beacon)}+{Name(execution)}";

    /// <summary><c>Lighthouse/v7.0.1-...</c> is lighthouse.</summary>
    private static string Name(string? version) => version is null ? "" : version.Split('/')[0].ToLowerInvariant();
}
