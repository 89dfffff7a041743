using DVStakers.Edge.Core.Machine;
using DVStakers.Edge.Core.Readings;

namespace DVStakers.Edge.Core.Status;

/// <summary>The box itself, for the report.</summary>
internal static class MachineComposer
{
    public static IReadOnlyList<LightReport> Lights(PanelReading panel) =>
        [.. panel.Lamps.Select(l => new LightReport(l.Name, l.Shows, l.Pattern, l.State.ToString().ToLowerInvariant(), l.Detail))];

    /// <summary>Null: nothing was read yet.</summary>
    public static HostReport? Host(HostStatus host) => host.Reading is not { } r ? null : new(
        r.At, r.Processor?.Celsius, r.Drive?.Celsius, r.Throttled, r.UnderVoltage,
        r.Memory?.Total, r.Memory?.Available, r.Memory?.Pressure, r.Clock?.Synchronised,
        [.. host.Disks.Select(d => new DiskReport(d.Reading.Mount, d.Reading.Total, d.Reading.Free, d.Reading.ReadOnly, d.Left is { } left ? Math.Round(left.TotalDays, 1) : null))],
        [.. r.Wear.Select(w => new WearReport(w.Drive, w.PercentUsed))],
        [.. r.Links.Select(l => new LinkReport(l.Name, l.Up, l.Default, l.Megabits))]);

    public static IReadOnlyList<ClientReport> Clients(IReadOnlyList<ClientProcess> clients) => [.. clients.Select(c => new ClientReport(
        c.Name, c.Role.ToString().ToLowerInvariant(), c.State.ToString().ToLowerInvariant(), c.Wanted, c.Restarts, c.Memory, c.LastEnd, c.Killed, c.Since))];
}
