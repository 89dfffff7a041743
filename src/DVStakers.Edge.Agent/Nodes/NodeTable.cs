
namespace DVStakers.Edge.Agent.Nodes;

/// <summary>The configured nodes by name. Endpoints come from the configuration alone.</summary>
internal sealed class NodeTable(IEnumerable<NodeClient> clients)
{
    private readonly Dictionary<string, NodeClient> nodes = clients.ToDictionary(c => c.Name);

    public IEnumerable<NodeClient> Of(IEnumerable<string> names) => names.Select(n => nodes[n]);

    public IReadOnlyCollection<NodeClient> All => nodes.Values;
}
