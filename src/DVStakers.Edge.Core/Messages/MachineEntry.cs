using DVStakers.Edge.Core.Machine;
using DVStakers.Edge.Core.Readings;

namespace DVStakers.Edge.Core.Messages;

/// <summary>The box's hardware in <c>health</c>. Short, for it travels with every message: what a person looks at from afar, in whole numbers; what cannot be read is left out.</summary>
public sealed record HostEntry
{
    /// <summary>The hottest of its sensors.</summary>
    public int? ProcessorCelsius { get; init; }

    public int? DriveCelsius { get; init; }

    /// <summary>True: the supply voltage is too low. Else absent.</summary>
    public bool? UnderVoltage { get; init; }

    public int? MemoryAvailablePercent { get; init; }
    public bool? ClockSynchronised { get; init; }
    public IReadOnlyList<DiskEntry>? Disks { get; init; }

    /// <summary>Those drives that tell it.</summary>
    public IReadOnlyList<WearEntry>? Wear { get; init; }

    /// <summary>Null: nothing was read yet.</summary>
    public static HostEntry? Of(HostStatus host) => host.Reading is not { } r ? null : new()
    {
        ProcessorCelsius = Whole(r.Processor?.Celsius),
        DriveCelsius = Whole(r.Drive?.Celsius),
        UnderVoltage = r.UnderVoltage == true ? true : null,
        MemoryAvailablePercent = r.Memory is { Total: > 0 } memory ? Whole(100.0 * memory.Available / memory.Total) : null,
        ClockSynchronised = r.Clock?.Synchronised,
        Disks = host.Disks is { Count: > 0 } disks ? [.. disks.Select(DiskEntry.Of)] : null,
        Wear = r.Wear.Where(w => w.PercentUsed is not null).Select(w => new WearEntry(w.Drive, w.PercentUsed!.Value)).ToList() is { Count: > 0 } wear ? wear : null,
    };

    internal static int? Whole(double? value) => value is { } v ? (int)Math.Round(v) : null;
}

/// <param name="DaysLeft">At the pace of the last day; absent: not known, or it does not fill.</param>
/// <param name="ReadOnly">True, or absent.</param>
public sealed record DiskEntry(string Mount, int? FreePercent, int? DaysLeft, bool? ReadOnly)
{
    public static DiskEntry Of(DiskStatus disk) => new(
        disk.Reading.Mount, disk.Reading.Total > 0 ? HostEntry.Whole(100.0 * disk.Reading.Free / disk.Reading.Total) : null,
        disk.Left is { } left ? (int)left.TotalDays : null, disk.Reading.ReadOnly ? true : null);
}

/// <param name="PercentUsed">Of its rated life.</param>
public sealed record WearEntry(string Drive, int PercentUsed);

/// <summary>A client's process in <c>health</c>.</summary>
/// <param name="Restarts">Absent: none.</param>
/// <param name="LastEnd">Where it does not run: how its last run ended.</param>
public sealed record ProcessEntry(string Name, string Role, string State, int? Restarts, string? LastEnd)
{
    public static IReadOnlyList<ProcessEntry>? Of(IReadOnlyList<ClientProcess> clients) => clients.Count == 0 ? null :
        [.. clients.Select(c => new ProcessEntry(c.Name, Words.Of(c.Role), Words.Of(c.State), c.Restarts > 0 ? c.Restarts : null, c.State is ClientState.Running ? null : c.LastEnd))];
}
