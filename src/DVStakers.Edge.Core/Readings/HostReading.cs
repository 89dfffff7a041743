namespace DVStakers.Edge.Core.Readings;

/// <summary>What was seen of the box's hardware at one time. What cannot be read is null or not in its list.</summary>
public sealed record HostReading
{
    public required DateTimeOffset At { get; init; }

    /// <summary>The hottest of the processor's sensors.</summary>
    public TemperatureReading? Processor { get; init; }

    /// <summary>The hottest drive.</summary>
    public TemperatureReading? Drive { get; init; }

    /// <summary>How often the processor was slowed down for heat since boot, or -1 while it is slowed down on a kernel that does not count; null: not told.</summary>
    public long? Throttled { get; init; }

    /// <summary>The supply voltage is too low; null: the board does not tell.</summary>
    public bool? UnderVoltage { get; init; }

    /// <summary>One for each file system that holds data of clients, or the root.</summary>
    public IReadOnlyList<DiskReading> Disks { get; init; } = [];

    public IReadOnlyList<WearReading> Wear { get; init; } = [];

    public MemoryReading? Memory { get; init; }

    /// <summary>Null: the kernel does not let us ask.</summary>
    public ClockReading? Clock { get; init; }

    /// <summary>Network interfaces that are a real device.</summary>
    public IReadOnlyList<LinkReading> Links { get; init; } = [];
}

/// <param name="Limit">Where the hardware slows down or switches off; null: not told.</param>
public sealed record TemperatureReading(string Sensor, double Celsius, double? Limit);

/// <param name="Mount">Where it is mounted.</param>
/// <param name="Holds">The clients' folders on it.</param>
/// <param name="Free">Bytes that are free for others than root.</param>
/// <param name="ReadOnly">The file system itself is read-only, as after an error.</param>
public sealed record DiskReading(string Mount, IReadOnlyList<string> Holds, long Total, long Free, bool ReadOnly);

/// <param name="PercentUsed">Of its rated life; null: it cannot be read without root.</param>
public sealed record WearReading(string Drive, int? PercentUsed);

/// <param name="Pressure">/proc/pressure/memory, the share in per cent of the last minute for which some process waited for memory; null: not told.</param>
public sealed record MemoryReading(long Total, long Available, long SwapTotal, long SwapFree, double? Pressure);

/// <param name="Synchronised">The kernel's own word: something disciplines its clock.</param>
public sealed record ClockReading(bool Synchronised);

/// <param name="Up">It has a carrier and is in use.</param>
/// <param name="Default">The way to the internet goes through it.</param>
/// <param name="Megabits">Null: not told.</param>
/// <param name="Changes">How often the carrier came and went since boot.</param>
public sealed record LinkReading(string Name, bool Up, bool Default, int? Megabits, long? Changes);
