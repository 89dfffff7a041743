using DVStakers.Edge.Core.Readings;

namespace DVStakers.Edge.Core.Machine;

/// <summary>The box itself as it is held true.</summary>
public sealed record MachineStatus(PanelReading Panel, HostStatus Host, IReadOnlyList<ClientProcess> Clients)
{
    public static readonly MachineStatus Unseen = new(PanelReading.None, new(null, []), []);
}

/// <param name="Reading">The last one; null: none yet.</param>
public sealed record HostStatus(HostReading? Reading, IReadOnlyList<DiskStatus> Disks);

/// <param name="Left">Until it is full at the pace of the last day; null: not known, or it does not fill.</param>
public sealed record DiskStatus(DiskReading Reading, TimeSpan? Left);
