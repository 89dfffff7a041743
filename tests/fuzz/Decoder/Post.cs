using DVStakers.Edge.Agent.Mesh;
using DVStakers.Edge.Core.Cluster;

namespace DVStakers.Edge.Fuzz.Decoder;

/// <summary>The way of a message from the broker on, as InboxLoop goes it: the mailbox looks at it, the inbox judges it.</summary>
internal sealed class Post
{
    public static readonly DateTimeOffset Noon = new(2030, 1, 2, 12, 0, 0, 250, TimeSpan.Zero);

    private readonly Keys keys;
    private readonly Clock clock = new();
    private readonly Roster roster;
    private Mailbox mailbox;

    public Post(Keys keys, Roster roster)
    {
        (this.keys, this.roster) = (keys, roster);
        Inbox = Inbox.Start(Cluster.Self, roster, new Dictionary<string, PeerMark>());
        mailbox = new Mailbox(Inbox, clock);
    }

    public Inbox Inbox { get; private set; }
    public DateTimeOffset Now => clock.GetUtcNow();
    public TimeSpan Since => clock.GetElapsedTime(0);
    public PeerBook Book => Inbox.Book(Since);

    public void After(TimeSpan time) => clock.Now += time;

    /// <summary>Null: believed. Otherwise what became of it.</summary>
    public string? Receive(string topic, byte[] payload)
    {
        mailbox.Put(topic, payload);
        var (waiting, refused) = mailbox.Empty();
        foreach (var refusal in refused)
        {
            Inbox = Inbox.Refuse(refusal, Since).Inbox;
            mailbox.Inbox = Inbox;
            return $"at sight: {refusal.Kind.Word()}: {refusal.Why}";
        }
        foreach (var delivery in waiting)
        {
            if (delivery.Name == "roster")
                return "roster";
            var receipt = Inbox.Take(delivery, keys.Of(delivery.Box));
            mailbox.Inbox = Inbox = receipt.Inbox;
            return receipt.Believed ? null : $"{receipt.Refused!.Kind.Word()}: {receipt.Refused.Why}";
        }
        return "not worth a word";
    }

    /// <summary>A restart of ours: what was kept on disk is all that is known.</summary>
    public void Restart()
    {
        Inbox = Inbox.Start(Cluster.Self, roster, PeerMark.Parse(PeerMark.ToUtf8(Inbox.Marks)));
        mailbox = new Mailbox(Inbox, clock);
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; }
        public override DateTimeOffset GetUtcNow() => Noon + Now;
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
        public override long GetTimestamp() => (TimeSpan.FromHours(1) + Now).Ticks;
    }
}
