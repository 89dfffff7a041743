using System.Threading.Channels;
using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Routing;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>
/// The nodes' event streams, opened once for each set of topics that some client listens to, on every node: so that the next node's stream
/// is already warm when the one in use dies.
/// </summary>
internal sealed class EventHub(SnapshotFeed state, NodeTable nodes, TimeProvider time, ILogger log)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, TopicFeed> feeds = [];

    /// <summary>Events of these topics from every node go to the writer until the subscription is disposed.</summary>
    /// <param name="query">The query string as the client sent it.</param>
    public Subscription Subscribe(string query, ChannelWriter<StreamEvent> writer)
    {
        lock (gate)
        {
            if (!feeds.TryGetValue(query, out var feed))
                feeds[query] = feed = new TopicFeed(query, state, nodes, time, log);
            feed.Add(writer);
            return new Subscription(this, feed, writer);
        }
    }

    private void Leave(TopicFeed feed, ChannelWriter<StreamEvent> writer)
    {
        lock (gate)
        {
            if (feed.Remove(writer) > 0)
                return;
            feeds.Remove(feed.Query);
        }
        feed.Dispose();
    }

    internal sealed class Subscription(EventHub hub, TopicFeed feed, ChannelWriter<StreamEvent> writer) : IDisposable
    {
        /// <summary>Completes when some node opened its stream (null), or every node refused the topics (their refusal, in words).</summary>
        public Task<string?> Opened => feed.Opened;

        public void Dispose() => hub.Leave(feed, writer);
    }
}

/// <summary>The client does not read its stream fast enough to be kept.</summary>
internal sealed class SlowClientException : Exception;
