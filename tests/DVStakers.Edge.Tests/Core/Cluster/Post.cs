using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Messages;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Tests.Core.Chain;
using DVStakers.Edge.Tests.Core.Messages;

namespace DVStakers.Edge.Tests.Core.Cluster;

/// <summary>An inbox of node-1, a clock, and peers that write to it.</summary>
internal sealed class Post
{
    public static readonly CertifiedCluster Cluster = new("kili", "node-1", "friend", "cloud", "rogue");
    public static readonly DateTimeOffset Noon = new(2030, 1, 2, 12, 0, 0, TimeSpan.Zero);

    public Post(IReadOnlyDictionary<string, PeerMark>? marks = null) => Inbox = Inbox.Start("node-1", Cluster.Roster, marks ?? new Dictionary<string, PeerMark>());

    public Inbox Inbox { get; set; }

    /// <summary>Our own clock and monotonic clock; both run from here.</summary>
    public DateTimeOffset Now { get; set; } = Noon;

    public TimeSpan Since { get; set; } = TimeSpan.FromHours(1);

    public PeerBook Book => Inbox.Book(Since);

    public Peer Friend => Book.Peers.Single(p => p.Box == "friend");

    public Post After(double seconds)
    {
        Now = Now.AddSeconds(seconds);
        Since += TimeSpan.FromSeconds(seconds);
        return this;
    }

    public static string Topic(string box) => $"dvstakers/kili/{box}/health";

    /// <summary>As the box would say it, without signature.</summary>
    public static byte[] Health(string box, long boot, long sequence, DateTimeOffset time, ulong slot = 1000) =>
        (HealthMessage.Of(
            Sample.Everything with { At = time, Stacks = [Sample.Everything.Stacks[0] with { Head = new Head(new Slot(slot), Given.Block(slot), false) }, Sample.Everything.Stacks[1]] },
            new MessageHeader(new Topics("kili", box), "0.2.0", "b" + boot, boot, sequence, TimeSpan.FromSeconds(30)))).ToUtf8();

    public static byte[] Signed(string box, long boot, long sequence, DateTimeOffset time, ulong slot = 1000) =>
        Sign(Health(box, boot, sequence, time, slot), box);

    public static byte[] Sign(byte[] json, string box, string? topic = null) => SignedJson.Sign(json, topic ?? Topic(box), Cluster.KeyOf(box));

    /// <summary>Friend says it just now.</summary>
    public bool Hear(long boot, long sequence, double clockAhead = 0, double ageSeconds = 0, ulong slot = 1000) =>
        Take(Topic("friend"), Signed("friend", boot, sequence, Now.AddSeconds(clockAhead - ageSeconds), slot), out _);

    /// <summary>True where it was believed.</summary>
    public bool Take(string topic, byte[] payload, out Refusal? refused, bool valid = true)
    {
        (var wanted, refused) = Inbox.Look(topic, payload, Now, Since);
        if (wanted is null)
        {
            if (refused is not null)
                Inbox = Inbox.Refuse(refused, Since).Inbox;
            return false;
        }
        (Inbox, var believed, refused) = Inbox.Take(wanted, valid ? Cluster.KeyOf(wanted.Box) : null);
        return believed;
    }
}
