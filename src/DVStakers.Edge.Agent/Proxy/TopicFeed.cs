using System.Threading.Channels;
using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Routing;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>One set of topics, followed on every node, told to every client that listens.</summary>
internal sealed class TopicFeed : IDisposable
{
    private readonly Lock gate = new();
    private readonly List<ChannelWriter<StreamEvent>> writers = [];
    private readonly HashSet<string> refusing = [];
    private readonly Dictionary<NodeClient, CancellationTokenSource> streams = [];
    private readonly SnapshotFeed state;
    private readonly NodeTable nodes;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private TaskCompletionSource<string?> opened = NotYet();
    private bool disposed;

    public TopicFeed(string query, SnapshotFeed state, NodeTable nodes, TimeProvider time, ILogger log)
    {
        Query = query;
        this.state = state;
        this.nodes = nodes;
        this.time = time;
        this.log = log;
        nodes.Changed += Follow;
        Follow();
    }

    public string Query { get; }

    /// <summary>Completes when some node opened its stream (null), or every node refused the topics (their refusal, in words).</summary>
    public Task<string?> Opened
    {
        get
        {
            lock (gate)
                return opened.Task;
        }
    }

    public void Add(ChannelWriter<StreamEvent> writer)
    {
        lock (gate)
            writers.Add(writer);
    }

    /// <summary>How many listen still.</summary>
    public int Remove(ChannelWriter<StreamEvent> writer)
    {
        lock (gate)
        {
            writers.Remove(writer);
            return writers.Count;
        }
    }

    private void Deliver(StreamEvent told)
    {
        lock (gate)
            foreach (var writer in writers)
                if (!writer.TryWrite(told))
                    writer.TryComplete(new SlowClientException());
    }

    /// <summary>A node's stream of these topics opened, or did not.</summary>
    public void Changed(NodeClient node, NodeEvents.Change change)
    {
        lock (gate)
        {
            if (change.Open)
            {
                // What every node refused, one may have learnt since.
                if (opened.Task.IsCompleted)
                    opened = NotYet();
                opened.SetResult(null);
                refusing.Clear();
            }
            else if (change.Refusal is { } status && refusing.Add(node.Name) && refusing.Count == streams.Count)
            {
                if (opened.Task.IsCompleted)
                    opened = NotYet();
                opened.SetResult($"every node refuses these topics; {node.Name}: HTTP {status} {change.Problem}");
            }
        }
        log.StreamChanged(node.Name, Query, change.Open ? "open" : change.Problem);
    }

    /// <summary>Opens a stream of each node that has none, and ends those of nodes that have gone.</summary>
    private void Follow()
    {
        lock (gate)
        {
            if (disposed)
                return;
            var present = nodes.All;
            foreach (var gone in streams.Keys.Except(present).ToList())
                End(gone);
            foreach (var node in present.Except(streams.Keys).ToList())
                Open(node);
        }
    }

    private void Open(NodeClient node)
    {
        // Heads come every slot; a stream without any for this long is dead, whatever TCP says. Other topics may be quiet for minutes.
        var lively = Query.Contains("head", StringComparison.Ordinal) || Query.Contains("block", StringComparison.Ordinal);
        var stream = new NodeEvents(node, "/eth/v1/events" + Query,
            () => lively && state.Current.Spec is { } spec ? spec.SlotDuration * 4 : TimeSpan.FromMinutes(5), time);
        var stop = streams[node] = new CancellationTokenSource();
        // Not within the lock: a stream may open, and say so, before this call returns.
        _ = Task.Run(() => stream.Run(
            told =>
            {
                Deliver(new StreamEvent(node.Name, told.Event, told.Data, time.GetUtcNow()));
                return default;
            },
            change => Changed(node, change),
            stop.Token));
    }

    private void End(NodeClient node)
    {
        if (!streams.Remove(node, out var stop))
            return;
        refusing.Remove(node.Name);
        stop.Cancel();
        stop.Dispose();
    }

    private static TaskCompletionSource<string?> NotYet() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose()
    {
        nodes.Changed -= Follow;
        lock (gate)
        {
            disposed = true;
            foreach (var node in streams.Keys.ToList())
                End(node);
        }
    }
}
