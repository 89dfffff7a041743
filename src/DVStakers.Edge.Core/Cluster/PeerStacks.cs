using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Core.Cluster;

/// <summary>The peers' nodes as stacks, behind those of this box. Endpoints come from the configuration and the roster alone, never from a message.</summary>
public static class PeerStacks
{
    public static EdgeConfig With(EdgeConfig config, Roster roster, string box) => config with { Stacks = [.. config.Stacks, .. Of(config, roster, box)] };

    /// <summary>Those alone.</summary>
    /// <param name="config">With this box's own stacks.</param>
    public static IReadOnlyList<StackConfig> Of(EdgeConfig config, Roster roster, string box) =>
    [
        .. roster.Members.Where(m => m.Box != box && m.Gateway is not null).Select(m => new StackConfig
        {
            // A stack of this box may have the name of another box.
            Name = config.Stacks.Any(s => s.Peer is null && s.Name == m.Box) ? $"{m.Box}@{roster.Cluster}" : m.Box,
            BeaconNode = m.Gateway!,
            Peer = m.Box,
        }),
    ];
}
