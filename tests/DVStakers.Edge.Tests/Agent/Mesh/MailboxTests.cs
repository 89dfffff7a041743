using DVStakers.Edge.Agent.Mesh;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Tests.Core.Cluster;

namespace DVStakers.Edge.Tests.Agent.Mesh;

public sealed class MailboxTests
{
    private readonly Mailbox mailbox = new(new Post().Inbox, TimeProvider.System);

    [Fact]
    public void Of_each_topic_the_newest_waits()
    {
        var (first, second, other) = (Post.Signed("friend", 5, 1, Post.Noon), Post.Signed("friend", 5, 2, Post.Noon), Post.Signed("cloud", 1, 1, Post.Noon));
        mailbox.Put(Post.Topic("friend"), first);
        mailbox.Put(Post.Topic("cloud"), other);
        mailbox.Put(Post.Topic("friend"), second);
        var (waiting, refused) = mailbox.Empty();
        Assert.Equal([("friend", second), ("cloud", other)], waiting.Select(d => (d.Box, d.Payload.ToArray())));
        Assert.Empty(refused);
        Assert.Empty(mailbox.Empty().Waiting);
    }

    [Fact]
    public async Task It_rings_once_until_it_is_emptied()
    {
        mailbox.Put(Post.Topic("friend"), new byte[] { 1 });
        Assert.True(await mailbox.Any(CancellationToken.None));
        mailbox.Empty();
        using var soon = new CancellationTokenSource();
        var again = mailbox.Any(soon.Token).AsTask();
        Assert.False(again.IsCompleted);
        await soon.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => again);
    }

    [Fact]
    public void A_flood_of_any_names_takes_no_room()
    {
        var junk = new byte[1000];
        for (var i = 0; i < 100_000; i++)
            mailbox.Put(i % 2 == 0 ? $"dvstakers/kili/box-{i}/health" : Post.Topic("rogue"), junk);
        var (waiting, refused) = mailbox.Empty();
        Assert.Empty(waiting);
        Assert.Equal([(Refusals.Strangers, Rejection.Foreign, 50_000L), ("rogue", Rejection.Unsigned, 50_000)], refused.Select(r => (r.Box, r.Kind, r.Count)));
    }

    [Fact]
    public void What_is_already_known_does_not_push_out_what_is_not()
    {
        var post = new Post();
        post.Hear(5, 7);
        mailbox.Inbox = post.Inbox;
        mailbox.Put(Post.Topic("friend"), Post.Signed("friend", 5, 8, Post.Noon));
        mailbox.Put(Post.Topic("friend"), Post.Signed("friend", 5, 6, Post.Noon));
        mailbox.Put(Post.Topic("friend"), Post.Signed("friend", 5, 7, Post.Noon));
        var (waiting, refused) = mailbox.Empty();
        Assert.Contains("\"sequence\":8", System.Text.Encoding.UTF8.GetString(Assert.Single(waiting).Json), StringComparison.Ordinal);
        Assert.Equal((Rejection.Replayed, 1L), (Assert.Single(refused).Kind, refused.Single().Count));
    }
}
