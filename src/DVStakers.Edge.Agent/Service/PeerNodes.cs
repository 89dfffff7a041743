using System.Threading.Channels;
using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Agent.Probes;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Service;

/// <summary>The nodes that other boxes lend, in step with the roster: one that joins is probed and used at once, one that was removed is dropped with all its connections.</summary>
internal sealed class PeerNodes(
    EdgeConfig config, Membership membership, NodeTable nodes, SnapshotFeed state, ChannelWriter<Observation> observations, TimeProvider time, ILogger log) : IDisposable
{
    /// <summary>One comparison of two references.</summary>
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly Dictionary<StackConfig, Used> used = [];
    private Roster? followed;

    /// <summary>Returns when stopped, or when nobody reads the observations any more.</summary>
    public async Task Run(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                if (!ReferenceEquals(followed, membership.Roster))
                    await Follow(membership.Roster, stop).ConfigureAwait(false);
                await Task.Delay(Every, time, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (ChannelClosedException)
        {
        }
        foreach (var one in used.Values)
            await one.End().ConfigureAwait(false);
    }

    public void Dispose()
    {
        foreach (var one in used.Values)
            one.Dispose();
    }

    private async Task Follow(Roster roster, CancellationToken stop)
    {
        var wanted = PeerStacks.Of(config, roster, membership.Box);
        // 1. Who has gone, or has moved, is not asked any more.
        foreach (var (gone, one) in used.Where(u => !wanted.Contains(u.Key)).ToList())
        {
            nodes.Remove(one.Client);
            used.Remove(gone);
            await one.End().ConfigureAwait(false);
            one.Dispose();
            log.PeerNodeDropped(gone.Peer!, one.Client.Address);
        }
        // 2. Who is new can be asked from the moment that it may be ranked.
        var joined = wanted.Where(w => !used.ContainsKey(w)).ToList();
        foreach (var stack in joined)
            nodes.Add((used[stack] = new(new NodeClient(stack.Name, stack.BeaconNode, PeerTls.To(stack.Peer!, membership, time)))).Client);
        // 3. The judge knows of it before the first reading comes.
        await observations.WriteAsync(new PeersConfigured(wanted), stop).ConfigureAwait(false);
        foreach (var stack in joined)
        {
            used[stack].Begin(Probes(stack.Peer!, used[stack].Client));
            if (followed is not null)
                log.PeerNodeJoined(stack.Peer!, used[stack].Client.Address);
        }
        followed = roster;
    }

    private Func<CancellationToken, Task> Probes(string peer, NodeClient client)
    {
        var rosters = new RosterExchange(client, peer, membership, time, log);
        client.Hears = rosters.Hear;
        return stop => Task.WhenAll(
            new ProbeRunner([new BeaconProbe(client, time, log, isPeer: true)], () => state.Current.Spec, observations, time, log, stack => PeerPace.Of(state.Current, stack)).Run(stop),
            new HeadFeed(client, () => state.Current.Spec, observations, time, log).Run(stop),
            rosters.Run(stop));
    }

    private sealed class Used(NodeClient client) : IDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private Task probes = Task.CompletedTask;

        public NodeClient Client { get; } = client;

        public void Begin(Func<CancellationToken, Task> run) => probes = Task.Run(() => run(stop.Token));

        public async Task End()
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await probes.ConfigureAwait(false);
        }

        public void Dispose()
        {
            stop.Dispose();
            Client.Dispose();
        }
    }
}
