using System.Threading.Channels;
using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Readings;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>Everything behind one endpoint, put together: that of this box's validators, or one that is lent. They share nodes, and nothing else.</summary>
internal sealed record Endpoint(ProxyHandler Handler, Preparations Preparations)
{
    /// <param name="observations">Who is told that a recovering node was given what this endpoint remembers; null: nobody waits for that.</param>
    public static Endpoint Of(
        SnapshotFeed state, NodeTable nodes, ProxyConfig limits, Witness witness, ProxyCounts counts, ChannelWriter<Observation>? observations, TimeProvider time, ILogger log,
        ProxyHandler.Objection? objects = null)
    {
        var memory = new SlotMemory();
        var preparations = new Preparations(state, nodes, observations, time, log);
        // Two of the largest bodies, beside what is usual.
        var posts = new Posts((limits.MaxBodyMib * 2L + 64) << 20, time);
        var reads = new Reads(state, nodes, memory, posts, counts, witness, time, log);
        var handler = new ProxyHandler(
            reads,
            new AttestationAnswers(reads, state, memory, witness, log),
            new Blocks(state, nodes, reads, memory, counts, witness, time, log),
            new Submissions(state, nodes, memory, preparations, posts, counts, witness, time, log),
            new Streams(new EventHub(state, nodes, time, log), state, counts, limits.MaxStreams, time, log),
            new OwnAnswers(state), counts, limits.MaxBodyMib, log, objects);
        return new Endpoint(handler, preparations);
    }
}
