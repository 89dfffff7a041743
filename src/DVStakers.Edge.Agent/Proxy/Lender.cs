using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Routing;
using DVStakers.Edge.Core.State;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>
/// What is behind the peer gateway: one endpoint for each stack of this box, which has that stack serve while it is as good as the best. So borrowers spread over
/// the stacks, and each stays with one: duties, events and aggregates from the same node.
/// </summary>
internal sealed class Lender
{
    /// <summary>A block with blobs as JSON is about 10 MiB.</summary>
    private const int MaxBodyMib = 16;

    private readonly SnapshotFeed state;
    private readonly List<(string Stack, SnapshotFeed View, Endpoint Endpoint)> lent;

    public Lender(SnapshotFeed state, IReadOnlyList<NodeClient> own, ProxyCounts counts, TimeProvider time, ILogger log)
    {
        this.state = state;
        lent = [.. own.Select(node =>
        {
            var view = new SnapshotFeed(LentView.Of(state.Current, node.Name));
            var limits = new ProxyConfig { MaxBodyMib = MaxBodyMib };
            return (node.Name, view, Endpoint.Of(view, new NodeTable(own), limits, new Witness(null, view, time), counts, observations: null, time, log, Lending.RefusesBody));
        })];
    }

    /// <summary>The endpoint in which this stack serves; where it is null or none of ours, the first.</summary>
    public ProxyHandler Of(string? stack) => (lent.FirstOrDefault(l => l.Stack == stack) is { Endpoint: { } endpoint } ? endpoint : lent[0].Endpoint).Handler;

    /// <summary>Keeps the views in step with what holds. Returns when stopped.</summary>
    public Task Run(CancellationToken stop) => Task.WhenAll(lent.Select(l => l.Endpoint.Preparations.Run(stop)).Append(Follow(stop)));

    private async Task Follow(CancellationToken stop)
    {
        try
        {
            for (Snapshot? seen = null; ;)
            {
                seen = await state.NewerThan(seen, stop).ConfigureAwait(false);
                foreach (var (stack, view, _) in lent)
                    view.Publish(LentView.Of(seen, stack));
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }
}
