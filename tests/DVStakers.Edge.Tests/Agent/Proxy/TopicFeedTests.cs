using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Agent.Proxy;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.State;
using DVStakers.Edge.Tests.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace DVStakers.Edge.Tests.Agent.Proxy;

/// <summary>When a client is told that no node knows its topics.</summary>
public sealed class TopicFeedTests : IDisposable
{
    // Nothing listens there: what the nodes say comes from the test.
    private readonly NodeClient first = new("first", new Uri("http://127.0.0.1:1"));
    private readonly NodeClient second = new("second", new Uri("http://127.0.0.1:1"));
    private readonly NodeTable nodes;
    private readonly TopicFeed feed;

    public TopicFeedTests()
    {
        nodes = new([first, second]);
        feed = new TopicFeed("?topics=odd", new SnapshotFeed(Snapshots.Of([])), nodes, TimeProvider.System, NullLogger.Instance);
    }

    [Fact]
    public void One_node_that_refuses_again_and_again_does_not_speak_for_the_other()
    {
        feed.Changed(first, Refusal);
        feed.Changed(first, Refusal);
        Assert.False(feed.Opened.IsCompleted);
    }

    [Fact]
    public async Task When_every_node_refuses_the_client_is_told_and_no_more_when_one_has_learnt_the_topics()
    {
        feed.Changed(first, Refusal);
        feed.Changed(second, Refusal);
        Assert.Contains("every node refuses", await feed.Opened, StringComparison.Ordinal);
        feed.Changed(second, new NodeEvents.Change(true, null, ""));
        Assert.Null(await feed.Opened);
    }

    [Fact]
    public void A_node_that_is_away_refuses_nothing()
    {
        feed.Changed(first, Refusal);
        feed.Changed(second, new NodeEvents.Change(false, null, "connection refused"));
        Assert.False(feed.Opened.IsCompleted);
    }

    [Fact]
    public async Task A_node_that_joined_has_a_say_and_one_that_left_has_none()
    {
        using var third = new NodeClient("third", new Uri("http://127.0.0.1:1"));
        nodes.Add(third);
        feed.Changed(first, Refusal);
        feed.Changed(second, Refusal);
        Assert.False(feed.Opened.IsCompleted);
        nodes.Remove(first);
        feed.Changed(third, Refusal);
        Assert.Contains("every node refuses", await feed.Opened, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        feed.Dispose();
        first.Dispose();
        second.Dispose();
    }

    private static NodeEvents.Change Refusal => new(false, 400, "unknown topic");
}
