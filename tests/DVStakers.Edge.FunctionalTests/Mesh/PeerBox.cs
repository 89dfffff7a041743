using System.Threading.Channels;
using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Agent.Duties;
using DVStakers.Edge.Agent.Mesh;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;
using DVStakers.Edge.FunctionalTests.Fakes;
using DVStakers.Edge.Linux.Mosquitto;
using DVStakers.Edge.Tests.Core.Cluster;
using Microsoft.Extensions.Logging.Abstractions;

namespace DVStakers.Edge.FunctionalTests.Mesh;

/// <summary>The mesh part of a member's agent: it says how its one stack is, and hears its peers.</summary>
internal sealed class PeerBox : IAsyncDisposable
{
    private readonly Channel<Observation> observations = Channel.CreateUnbounded<Observation>();
    private readonly CancellationTokenSource stop = new();
    private readonly Changes changes = new();
    private readonly SnapshotFeed feed = new(Snapshot(1000));
    private readonly DirectoryInfo state = Directory.CreateTempSubdirectory("peer-");
    private readonly Task[] running;
    private volatile PeerBook book = PeerBook.Empty;
    private ulong slot = 1000;

    public PeerBox(CertifiedCluster cluster, string name, Broker broker)
    {
        Membership = cluster.Of(name, Directory.CreateTempSubdirectory("member-").FullName);
        var kept = new StateDirectory(state.FullName, NullLogger.Instance);
        var mailbox = new Mailbox(Inbox.Start(name, Membership.Roster, kept.Marks()), TimeProvider.System);
        var config = new EdgeConfig { Cluster = Membership.Roster.Cluster, Box = name, Mqtt = Box.At(broker.Port) };
        running =
        [
            new InboxLoop(mailbox, Membership, kept, observations.Writer, TimeProvider.System, NullLogger.Instance).Run(stop.Token),
            new Publisher(config, MosquittoLibrary.Probe(), feed, new DutyFeed(), observations.Writer, "0.1.0", kept.NextBoot(DateTimeOffset.UtcNow), TimeProvider.System,
                NullLogger.Instance, Membership, mailbox).Run(stop.Token),
            Watch(),
        ];
    }

    public Membership Membership { get; }

    public Peer? Peer(string box) => book.Peers.FirstOrDefault(p => p.Box == box);

    public Refusals Strangers => book.Strangers;

    /// <summary>Says that its node has the next block.</summary>
    public ulong NextHead()
    {
        feed.Publish(Snapshot(++slot));
        return slot;
    }

    public Task Until(Func<PeerBox, bool> fits, int seconds = 20) => changes.WaitUntil(() => fits(this), TimeSpan.FromSeconds(seconds));

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        observations.Writer.TryComplete();
        await Task.WhenAll(running);
        stop.Dispose();
        state.Delete(recursive: true);
    }

    public static Snapshot Snapshot(ulong slot)
    {
        Assert.True(Root.TryParse($"0x{slot:x64}", out var root));
        var bare = Box.SnapshotOf(Tier.Healthy);
        return bare with { Stacks = [bare.Stacks[0] with { Head = new Head(new Slot(slot), root, Optimistic: false) }] };
    }

    private async Task Watch()
    {
        await foreach (var seen in observations.Reader.ReadAllAsync())
            if (seen is PeersSeen peers)
            {
                book = peers.Book;
                changes.Announce();
            }
    }
}
