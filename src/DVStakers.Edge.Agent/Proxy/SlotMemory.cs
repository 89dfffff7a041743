using System.Diagnostics.CodeAnalysis;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Routing;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>Who served what in the last slots, so that what follows goes to the same node. Bounded: the oldest entry goes first.</summary>
internal sealed class SlotMemory
{
    private const int SlotsKept = 128;
    private const int BlocksKept = 256;

    private readonly Bounded<Slot, string> served = new(SlotsKept);
    private readonly Bounded<Slot, string> made = new(SlotsKept);
    private readonly Bounded<BlockRequest, Maker> makers = new(BlocksKept);
    private readonly Bounded<BlockKey, string> blinded = new(BlocksKept);

    /// <summary>The node whose attestation_data was given out for a slot.</summary>
    public string? ServedBy(Slot slot) => served.Find(slot);

    public void Served(Slot slot, string node) => served.Set(slot, node);

    public Maker MakerOf(BlockRequest request) => makers.GetOrAdd(request, static () => new Maker());

    /// <summary>The node whose block for this slot was given out: it alone may have the payload that belongs to it.</summary>
    public string? MadeBy(Slot slot) => made.Find(slot);

    public void Made(Slot slot, string node) => made.Set(slot, node);

    /// <summary>The node whose relays know this blinded block.</summary>
    public string? BlindedMaker(BlockKey key) => blinded.Find(key);

    public void Blinded(BlockKey key, string node) => blinded.Set(key, node);
}

/// <summary>Which block is asked for, however the question is written: the version of the route, the graffiti or the encoding make no other block of it.</summary>
internal readonly record struct BlockRequest(string Slot, string RandaoReveal)
{
    public static BlockRequest Of(ClientRequest request)
    {
        var path = request.Context.Request.Path.Value!.AsSpan().TrimEnd('/');
        return new(path[(path.LastIndexOf('/') + 1)..].TrimStart('0').ToString(), request.Context.Request.Query["randao_reveal"].ToString().ToLowerInvariant());
    }
}

/// <summary>Who makes a block.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim holds nothing to dispose while its wait handle is not asked for.")]
internal sealed class Maker
{
    /// <summary>Held while nodes are asked for the block.</summary>
    public readonly SemaphoreSlim Gate = new(1);

    /// <summary>The node that returned the block; null while none did.</summary>
    public string? Node;
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
