using System.Threading.Channels;

namespace DVStakers.Edge.Agent.Duties;

/// <summary>What the proxy saw, on its way to the ledger. Writing never waits: what there is no room for, in number or in bytes, is dropped and counted.</summary>
internal sealed class WitnessChannel
{
    private const int Most = 4096;
    private const int MostBytes = 32 << 20;

    // Its own count keeps it bounded: a bounded channel could not say that it is full of bytes.
    private readonly Channel<Witnessed> channel = Channel.CreateUnbounded<Witnessed>(new UnboundedChannelOptions { SingleReader = true });
    private long bytes;
    private long count;
    private long dropped;

    public long Dropped => Interlocked.Read(ref dropped);

    public void Write(Witnessed seen)
    {
        var room = Interlocked.Increment(ref count) <= Most & Interlocked.Add(ref bytes, seen.Size) <= MostBytes;
        if (room && channel.Writer.TryWrite(seen))
            return;
        Release(seen);
        Interlocked.Increment(ref dropped);
    }

    public bool TryRead(out Witnessed seen)
    {
        if (!channel.Reader.TryRead(out seen!))
            return false;
        Release(seen);
        return true;
    }

    private void Release(Witnessed seen)
    {
        Interlocked.Decrement(ref count);
        Interlocked.Add(ref bytes, -seen.Size);
    }

    public ValueTask<bool> WaitToRead(CancellationToken cancel) => channel.Reader.WaitToReadAsync(cancel);
}
