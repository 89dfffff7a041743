using System.Collections.Immutable;

namespace DVStakers.Edge.Agent.Nodes;

/// <summary>The nodes by name. Endpoints come from the configuration and the cluster's roster alone; those of the roster come and go.</summary>
internal sealed class NodeTable(IEnumerable<NodeClient> clients)
{
    private ImmutableDictionary<string, NodeClient> nodes = clients.ToImmutableDictionary(c => c.Name);

    /// <summary>A node came or went; on the thread of whoever made it so.</summary>
    public event Action? Changed;

    public IReadOnlyCollection<NodeClient> All => [.. nodes.Values];

    /// <summary>In the order of the names. One that has gone since these names were taken from a snapshot is left out.</summary>
    public IEnumerable<NodeClient> Of(IEnumerable<string> names)
    {
        var now = nodes;
        return names.Select(n => now.GetValueOrDefault(n)).OfType<NodeClient>();
    }

    public void Add(NodeClient node)
    {
        ImmutableInterlocked.TryAdd(ref nodes, node.Name, node);
        Changed?.Invoke();
    }

    public void Remove(NodeClient node)
    {
        ImmutableInterlocked.TryRemove(ref nodes, node.Name, out _);
        Changed?.Invoke();
    }
}
