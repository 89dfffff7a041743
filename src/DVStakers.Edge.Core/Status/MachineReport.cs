namespace DVStakers.Edge.Core.Status;

/// <param name="Shows">single, stack, validator, cluster or power: the LED of the panel that it stands for.</param>
/// <param name="Pattern">What it shows now.</param>
/// <param name="State">works, missing, denied, busy, failed or lent.</param>
/// <param name="Detail">How it is driven, or what stands in the way.</param>
public sealed record LightReport(string Name, string Shows, string Pattern, string State, string Detail);

/// <summary>The box's hardware. What cannot be read is null or not in its list.</summary>
/// <param name="Throttled">How often the processor was slowed down for heat since boot; -1: it is now, and the kernel does not count.</param>
public sealed record HostReport(
    DateTimeOffset At, double? ProcessorCelsius, double? DriveCelsius, long? Throttled, bool? UnderVoltage,
    long? MemoryTotal, long? MemoryAvailable, double? MemoryPressure, bool? ClockSynchronised,
    IReadOnlyList<DiskReport> Disks, IReadOnlyList<WearReport> Wear, IReadOnlyList<LinkReport> Links);

/// <param name="Total">Bytes.</param>
/// <param name="DaysLeft">At the pace of the last day; null: not known, or it does not fill.</param>
public sealed record DiskReport(string Mount, long Total, long Free, bool ReadOnly, double? DaysLeft);

/// <param name="PercentUsed">Of its rated life; null: it cannot be read without root.</param>
public sealed record WearReport(string Drive, int? PercentUsed);

public sealed record LinkReport(string Name, bool Up, bool Default, int? Megabits);

/// <param name="Role">execution, consensus, validator, middleware or other.</param>
/// <param name="State">running, starting, stopping, stopped or failed.</param>
/// <param name="Wanted">It is meant to run.</param>
public sealed record ClientReport(string Name, string Role, string State, bool Wanted, int Restarts, long? Memory, string? LastEnd, bool Killed, DateTimeOffset? Since);
