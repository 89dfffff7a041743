using System.Globalization;
using DVStakers.Edge.Core.Status;

namespace DVStakers.Edge.Agent.Cli;

/// <summary>The box itself in a line or two of the status screen. Pure.</summary>
internal static class BoxLines
{
    public static string Host(HostReport host)
    {
        List<string> parts = [];
        if (host.ProcessorCelsius is { } celsius)
            parts.Add(Say($"processor {celsius:0} C"));
        if (host is { MemoryAvailable: { } available, MemoryTotal: { } total })
            parts.Add(Say($"memory {Gibibytes(available)} of {Gibibytes(total)} GiB available"));
        foreach (var disk in host.Disks)
            parts.Add(Say($"{disk.Mount} {Gibibytes(disk.Free)} GiB left{(disk.DaysLeft is { } days ? Say($", full in {days:0} d") : "")}"));
        foreach (var drive in host.Wear)
            parts.Add(drive.PercentUsed is { } used ? Say($"{drive.Drive} {used} % worn") : $"{drive.Drive} wear not readable");
        parts.Add(host.ClockSynchronised switch { true => "clock kept right", false => "clock not kept right", null => "clock not readable" });
        foreach (var link in host.Links)
            parts.Add(!link.Up ? $"{link.Name} down" : link.Megabits is { } speed ? Say($"{link.Name} {speed} Mb/s") : $"{link.Name} up");
        return string.Join(" · ", parts);
    }

    public static string Clients(IReadOnlyList<ClientReport> clients) =>
        string.Join(" · ", clients.Select(c => $"{c.Name} {c.State}{(c.Restarts > 0 ? Say($" ({c.Restarts} restarts)") : "")}"));

    private static string Gibibytes(long bytes) => (bytes / (double)(1L << 30)).ToString(bytes < 10L << 30 ? "0.#" : "0", CultureInfo.InvariantCulture);

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
