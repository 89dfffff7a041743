using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Routing;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>Who served what in the last slots, so that what follows goes to the same node. Bounded: the oldest entry goes first.</summary>
internal sealed class SlotMemory
{
    private readonly Bounded<Slot, string> served = new(128);
    private readonly Bounded<string, string> makers = new(256);
    private readonly Bounded<BlockKey, string> blinded = new(256);

    /// <summary>The node whose attestation_data was given out for a slot.</summary>
    public string? ServedBy(Slot slot) => served.Find(slot);

    public void Served(Slot slot, string node) => served.Set(slot, node);

    /// <summary>The node that returned a block for this request (path and query: slot and RANDAO reveal).</summary>
    public string? MakerOf(string request) => makers.Find(request);

    public void Made(string request, string node) => makers.Set(request, node);

    /// <summary>The node whose relays know this blinded block.</summary>
    public string? BlindedMaker(BlockKey key) => blinded.Find(key);

    public void Blinded(BlockKey key, string node) => blinded.Set(key, node);
}

/// <summary>A dictionary that forgets its oldest key beyond a capacity.</summary>
internal sealed class Bounded<TKey, TValue>(int capacity) where TKey : notnull where TValue : class
{
    private readonly Lock gate = new();
    private readonly Dictionary<TKey, TValue> values = [];
    private readonly Queue<TKey> age = new();

    public TValue? Find(TKey key)
    {
        lock (gate)
            return values.GetValueOrDefault(key);
    }

    public void Set(TKey key, TValue value)
    {
        lock (gate)
            Put(key, value);
    }

    /// <summary>The value that is there already, or a new one.</summary>
    public TValue GetOrAdd(TKey key, Func<TValue> create)
    {
        lock (gate)
        {
            if (!values.TryGetValue(key, out var value))
                Put(key, value = create());
            return value;
        }
    }

    private void Put(TKey key, TValue value)
    {
        if (!values.ContainsKey(key))
            age.Enqueue(key);
        values[key] = value;
        if (age.Count > capacity)
            values.Remove(age.Dequeue());
    }
}
