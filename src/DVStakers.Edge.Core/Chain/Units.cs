namespace DVStakers.Edge.Core.Chain;

/// <summary>A slot number (consensus-specs, phase0: <c>Slot</c>). Not interchangeable with a count of slots.</summary>
public readonly record struct Slot(ulong Value) : IComparable<Slot>
{
    public int CompareTo(Slot other) => Value.CompareTo(other.Value);
    public static bool operator <(Slot a, Slot b) => a.Value < b.Value;
    public static bool operator >(Slot a, Slot b) => a.Value > b.Value;
    public static bool operator <=(Slot a, Slot b) => a.Value <= b.Value;
    public static bool operator >=(Slot a, Slot b) => a.Value >= b.Value;
    public Slot Next => new(Value + 1);
    public override string ToString() => Value.ToString();
}

/// <summary>An epoch number (consensus-specs, phase0: <c>Epoch</c>).</summary>
public readonly record struct Epoch(ulong Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>How many slots a head is behind the wall clock; never negative. A count, not a slot number.</summary>
public readonly record struct SyncDistance(ulong Slots) : IComparable<SyncDistance>
{
    /// <summary>Computed from the head itself, because clients' own <c>sync_distance</c> says 0 whenever they believe they are in sync.</summary>
    public static SyncDistance Between(Slot wall, Slot head) => new(wall > head ? wall.Value - head.Value : 0);

    public int CompareTo(SyncDistance other) => Slots.CompareTo(other.Slots);
    public static bool operator <(SyncDistance a, SyncDistance b) => a.Slots < b.Slots;
    public static bool operator >(SyncDistance a, SyncDistance b) => a.Slots > b.Slots;
    public static bool operator <=(SyncDistance a, SyncDistance b) => a.Slots <= b.Slots;
    public static bool operator >=(SyncDistance a, SyncDistance b) => a.Slots >= b.Slots;
    public override string ToString() => Slots.ToString();
}
