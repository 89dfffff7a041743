using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Core.Cluster;

/// <summary>The peers' nodes as stacks, behind those of this box. Endpoints come from the configuration and the roster alone, never from a message.</summary>
public static class PeerStacks
{
    /// <exception cref="RosterException">A stack of this box has the name of a box that lends.</exception>
    public static EdgeConfig With(EdgeConfig config, Roster roster, string box)
    {
        var peers = roster.Members.Where(m => m.Box != box && m.Gateway is not null).Select(m => new StackConfig { Name = m.Box, BeaconNode = m.Gateway!, Peer = m.Box }).ToList();
        if (config.Stacks.FirstOrDefault(s => peers.Any(p => p.Name == s.Name)) is { } clash)
            throw new RosterException($"a stack of this box and another box of the cluster are both named '{clash.Name}': give the stack another name in the configuration");
        return config with { Stacks = [.. config.Stacks, .. peers] };
    }
}
