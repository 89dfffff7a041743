namespace DVStakers.Edge.Core.Ranking;

/// <summary>A box as all the cluster sees it.</summary>
/// <param name="Shares">The key shares that sign there.</param>
/// <param name="Lends">Others may use its nodes.</param>
/// <param name="Nodes">Its own stacks in its order of preference.</param>
public sealed record SpreadBox(string Box, int Shares, bool Lends, IReadOnlyList<SpreadNode> Nodes);

/// <param name="Good">It may serve a validator in the ordinary way.</param>
/// <param name="Leaving">It will go away soon.</param>
/// <param name="Strained">It can serve, and another would rather: its box lives on a battery, or has too much to do.</param>
/// <param name="Clients">The pair of clients, such as <c>lighthouse+geth</c>.</param>
public sealed record SpreadNode(string Stack, bool Good, bool Leaving, bool Strained, string Clients);

/// <summary>A node of the cluster.</summary>
public readonly record struct NodeId(string Box, string Stack);

/// <summary>
/// Who borrows whose node, so that no single node carries as many key shares as can sign together while others are well: a wrong node under a threshold of
/// shares is a wrong cluster. Pure, and the same for everybody who sees the same: no box leads, nothing is agreed upon.
/// </summary>
public static class Spread
{
    /// <summary>For each box that has no good node of its own, all nodes it may borrow, best first.</summary>
    /// <param name="threshold">Key shares that sign together; 0: no cap.</param>
    public static IReadOnlyDictionary<string, IReadOnlyList<NodeId>> Of(IEnumerable<SpreadBox> cluster, int threshold)
    {
        var boxes = cluster.OrderBy(b => b.Box, StringComparer.Ordinal).ToList();
        var nodes = boxes.Where(b => b.Lends).SelectMany(b => b.Nodes.Where(n => n.Good).Select(n => (Id: new NodeId(b.Box, n.Stack), Node: n))).ToList();
        var load = new Dictionary<NodeId, int>();
        var ofClients = new Dictionary<string, int>();
        var borrowed = new Dictionary<string, IReadOnlyList<NodeId>>();

        // 1. Who has a good node of its own sits on it.
        foreach (var box in boxes)
            if (Home(box) is { } own)
                Put(new NodeId(box.Box, own.Stack), own.Clients, box.Shares);

        // 2. The others choose one after the other, by name; so one who comes or goes moves those behind it at most.
        foreach (var box in boxes.Where(b => Home(b) is null))
        {
            var order = nodes.Where(n => n.Id.Box != box.Box)
                .OrderBy(n => threshold > 0 && load.GetValueOrDefault(n.Id) + box.Shares >= threshold)
                .ThenBy(n => n.Node.Leaving)
                .ThenBy(n => n.Node.Strained)
                .ThenBy(n => load.GetValueOrDefault(n.Id))
                .ThenBy(n => ofClients.GetValueOrDefault(n.Node.Clients))
                .ThenBy(n => Hash($"{box.Box}/{n.Id.Box}/{n.Id.Stack}"))
                .ToList();
            borrowed[box.Box] = [.. order.Select(n => n.Id)];
            if (order is [var first, ..])
                // A box without shares weighs too: it is a user.
                Put(first.Id, first.Node.Clients, Math.Max(1, box.Shares));
        }
        return borrowed;

        void Put(NodeId node, string clients, int shares)
        {
            load[node] = load.GetValueOrDefault(node) + shares;
            ofClients[clients] = ofClients.GetValueOrDefault(clients) + shares;
        }
    }

    private static SpreadNode? Home(SpreadBox box) => box.Nodes.FirstOrDefault(n => n is { Good: true, Leaving: false }) ?? box.Nodes.FirstOrDefault(n => n.Good);

    /// <summary>FNV-1a, 64 bits: the same on every box and in every version, which string.GetHashCode is not.</summary>
    private static ulong Hash(string text) => text.Aggregate(14695981039346656037, (hash, c) => (hash ^ c) * 1099511628211);
}
