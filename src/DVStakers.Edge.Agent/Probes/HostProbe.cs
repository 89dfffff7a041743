using System.Threading.Channels;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Linux.Sysfs;

namespace DVStakers.Edge.Agent.Probes;

/// <summary>Reads the box's hardware as the kernel shows it to everybody; nothing here needs root. What cannot be read is left out.</summary>
internal sealed class HostProbe(MachineConfig config, HostPlaces places, ChannelWriter<Observation> observations, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    private static readonly string[] DiskTypes = ["ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "jfs", "bcachefs", "overlay"];
    private static readonly string[] ProcessorSensors = ["coretemp", "k10temp", "zenpower", "cpu_thermal"];
    private static readonly string[] ProcessorZones = ["cpu", "soc", "core", "pkg", "center"];
    private static readonly string[] DriveSensors = ["nvme", "drivetemp"];

    private readonly ClockService clock = new(places.Timedatectl, time);

    /// <summary>Returns when stopped, or when nobody reads the observations any more.</summary>
    public async Task Run(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                var reading = Read();
                reading = reading with { Clock = reading.Clock ?? await clock.Ask(stop).ConfigureAwait(false) };
                await observations.WriteAsync(new HostSeen(reading), stop).ConfigureAwait(false);
                await Task.Delay(Every, time, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (ChannelClosedException)
        {
        }
    }

    public HostReading Read()
    {
        var sensors = HardwareSensors.ReadAll(places.Kernel).Where(s => s.Kind is SensorKind.Celsius).ToList();
        return new()
        {
            At = time.GetUtcNow(),
            Processor = Hottest([
                .. sensors.Where(s => ProcessorSensors.Contains(s.Device) || s.Device.EndsWith("_thermal", StringComparison.Ordinal)).Select(Temperature),
                .. ThermalZones()]),
            Drive = Hottest([.. sensors.Where(s => DriveSensors.Contains(s.Device)).Select(Temperature)]),
            Throttled = Throttled(),
            UnderVoltage = UnderVoltage(),
            Disks = Disks(),
            Wear = Wear(),
            Memory = HostFiles.Memory(Proc("meminfo"), Proc("pressure/memory")),
            Clock = places.Clock() is { } kernel ? new(kernel.Synchronised) : null,
            Links = Links(),
        };
    }

    private static TemperatureReading Temperature(SensorReading sensor) => new($"{sensor.Device} {sensor.Label}", sensor.Value, sensor.Critical ?? sensor.Maximum);

    /// <summary>The one nearest its limit.</summary>
    private static TemperatureReading? Hottest(IReadOnlyList<TemperatureReading> sensors) => sensors.Where(s => s.Celsius is > -40 and < 200).MaxBy(s => s.Celsius - (s.Limit ?? 95));

    private IEnumerable<TemperatureReading> ThermalZones()
    {
        foreach (var zone in Folders("class/thermal", "thermal_zone*"))
        {
            var type = Text(zone, "type") ?? "";
            if (!ProcessorZones.Any(w => type.Contains(w, StringComparison.OrdinalIgnoreCase)) || Number(zone, "temp") is not { } temperature)
                continue;
            double? critical = null;
            for (var trip = 0; trip < 16 && Text(zone, $"trip_point_{trip}_type") is { } kind; trip++)
                if (kind == "critical" && Number(zone, $"trip_point_{trip}_temp") is > 0 and var at)
                    critical = at / 1000d;
            yield return new(type, temperature / 1000d, critical);
        }
    }

    private long? Throttled()
    {
        long? counted = null;
        foreach (var processor in Folders("devices/system/cpu", "cpu*"))
            if (Number(processor, "thermal_throttle/core_throttle_count") is { } count)
                counted = (counted ?? 0) + count;
        if (counted is not null)
            return counted;
        var held = Folders("class/thermal", "cooling_device*")
            .Where(d => Text(d, "type") is { } type && type.Contains("cpufreq", StringComparison.Ordinal))
            .Select(d => Number(d, "cur_state")).OfType<long>().ToList();
        return held.Count == 0 ? null : held.Any(s => s > 0) ? -1 : 0;
    }

    /// <summary>The Raspberry Pi's own watch over its supply.</summary>
    private bool? UnderVoltage() => Folders("class/hwmon", "*").Where(h => Text(h, "name") == "rpi_volt")
        .Select(h => Number(h, "in0_lcrit_alarm")).FirstOrDefault() is { } alarm ? alarm != 0 : null;

    private List<DiskReading> Disks()
    {
        if (Proc("self/mountinfo") is not { } text)
            return [];
        var mounts = HostFiles.Mounts(text);
        var folders = config.Data.Count > 0 ? config.Data : [.. HostPlaces.UsualData.Where(Directory.Exists)];
        var disks = new List<DiskReading>();
        var byDevice = folders.Prepend("/").Select(f => (Folder: f, Mount: HostFiles.MountOf(Real(f), mounts)))
            .Where(f => f.Mount is not null && DiskTypes.Contains(f.Mount.Type)).GroupBy(f => f.Mount!.Device);
        foreach (var device in byDevice)
        {
            var mount = device.Select(f => f.Mount!).MinBy(m => m.Point.Length)!;
            try
            {
                var (total, free) = places.Space(mount.Point);
                disks.Add(new(mount.Point, [.. device.Select(f => f.Folder).Where(f => f != "/")], total, free, mount.ReadOnly));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                // It was unmounted a moment ago, or is not ours to see.
            }
        }
        return disks;
    }

    private static string Real(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return folder;
        }
    }

    private IReadOnlyList<WearReading> Wear() =>
    [
        .. Folders("block", "*").Where(b => Directory.Exists(Path.Combine(b, "device")) && !Path.GetFileName(b).StartsWith("sr", StringComparison.Ordinal))
            .Select(b => new WearReading(Path.GetFileName(b), HostFiles.LifeTime(Text(b, "device/life_time")))),
    ];

    private IReadOnlyList<LinkReading> Links()
    {
        var ways = HostFiles.DefaultLinks(Proc("net/route"), Proc("net/ipv6_route"));
        return [.. Folders("class/net", "*").Select(l => (Path: l, Name: Path.GetFileName(l)))
            .Where(l => Directory.Exists(Path.Combine(l.Path, "device")) || ways.Contains(l.Name))
            .Where(l => ways.Contains(l.Name) || Text(l.Path, "operstate") == "up" || Number(l.Path, "carrier_changes") > 1)
            .Select(l => new LinkReading(l.Name, Text(l.Path, "operstate") is "up" or "unknown", ways.Contains(l.Name),
                Number(l.Path, "speed") is > 0 and < int.MaxValue and var speed ? (int)speed : null, Number(l.Path, "carrier_changes")))];
    }

    private IEnumerable<string> Folders(string under, string pattern)
    {
        var root = Path.Combine(places.Kernel.Sys, under);
        return Directory.Exists(root) ? Directory.EnumerateFileSystemEntries(root, pattern).Where(Directory.Exists).Order(StringComparer.Ordinal) : [];
    }

    private static string? Text(string folder, string attribute) => SysfsFile.TryRead(Path.Combine(folder, attribute))?.Trim();

    private static long? Number(string folder, string attribute) => HostFiles.Number(Text(folder, attribute));

    private string? Proc(string name)
    {
        try
        {
            return File.ReadAllText(Path.Combine(places.Proc, name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
