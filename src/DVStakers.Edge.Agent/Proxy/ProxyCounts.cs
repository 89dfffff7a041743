using DVStakers.Edge.Core.Status;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>What the proxy did since it started.</summary>
internal sealed class ProxyCounts
{
    private long served, failovers, hedges, broadcasts, refused, unknown;
    private int streams;

    public void Served() => Interlocked.Increment(ref served);
    public void Failover() => Interlocked.Increment(ref failovers);
    public void Hedge() => Interlocked.Increment(ref hedges);
    public void Broadcast() => Interlocked.Increment(ref broadcasts);
    public void Refused() => Interlocked.Increment(ref refused);

    public void Unknown() => Interlocked.Increment(ref unknown);

    /// <summary>False where that many are open already.</summary>
    public bool OpenStream(int most)
    {
        if (Interlocked.Increment(ref streams) <= most)
            return true;
        Interlocked.Decrement(ref streams);
        return false;
    }

    public void CloseStream() => Interlocked.Decrement(ref streams);

    public ProxyCounters Read() => new(
        Interlocked.Read(ref served), Interlocked.Read(ref failovers), Interlocked.Read(ref hedges),
        Interlocked.Read(ref broadcasts), Volatile.Read(ref streams), Interlocked.Read(ref refused), Interlocked.Read(ref unknown));
}
