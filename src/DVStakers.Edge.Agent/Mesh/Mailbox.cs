using System.Threading.Channels;
using DVStakers.Edge.Core.Cluster;

namespace DVStakers.Edge.Agent.Mesh;

/// <summary>What came from the broker and waits to be judged: of each topic the newest message, of what is refused at sight only the count. So no flood fills it.</summary>
internal sealed class Mailbox(Inbox first, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Channel<bool> bell = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private Dictionary<string, Delivery> waiting = [];
    private Dictionary<(string Box, Rejection Kind), Refusal> refused = [];
    private volatile Inbox inbox = first;

    /// <summary>What is known now: by it a message is looked at as it comes.</summary>
    public Inbox Inbox
    {
        get => inbox;
        set => inbox = value;
    }

    /// <summary>Never waits. The payload must not change any more.</summary>
    public void Put(string topic, ReadOnlyMemory<byte> payload)
    {
        var (wanted, refusal) = inbox.Look(topic, payload, time.GetUtcNow(), time.GetElapsedTime(0));
        if (wanted is null && refusal is null)
            return;
        lock (gate)
        {
            if (wanted is not null)
                waiting[wanted.Topic] = wanted;
            else
                refused[(refusal!.Box, refusal.Kind)] = refusal with { Count = (refused.GetValueOrDefault((refusal.Box, refusal.Kind))?.Count ?? 0) + 1 };
        }
        bell.Writer.TryWrite(true);
    }

    /// <summary>Completes when something waits.</summary>
    public ValueTask<bool> Any(CancellationToken cancel) => bell.Reader.WaitToReadAsync(cancel);

    public (IReadOnlyCollection<Delivery> Waiting, IReadOnlyCollection<Refusal> Refused) Empty()
    {
        bell.Reader.TryRead(out _);
        lock (gate)
        {
            var all = (waiting.Values, refused.Values);
            (waiting, refused) = ([], []);
            return all;
        }
    }
}
