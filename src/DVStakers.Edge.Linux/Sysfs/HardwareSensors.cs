using System.Globalization;
using DVStakers.Edge.Linux.Kernel;

namespace DVStakers.Edge.Linux.Sysfs;

public enum SensorKind
{
    Celsius,
    Volts,
    Amperes,
    Watts,
}

/// <summary>One value of hwmon.</summary>
/// <param name="Device">The driver's name for the chip, such as cpu_thermal, nvme, ina226; several chips may have the same.</param>
/// <param name="Label">The driver's label, or else the attribute's name (temp1).</param>
/// <param name="Maximum">Where the driver calls it too much; null: not told.</param>
/// <param name="Critical">Where damage or a shutdown begins; null: not told.</param>
public sealed record SensorReading(string Device, string Label, SensorKind Kind, double Value, double? Maximum, double? Critical);

/// <summary>/sys/class/hwmon. A sensor that cannot be read now is left out.</summary>
public static class HardwareSensors
{
    private static readonly (string Prefix, SensorKind Kind, double Divisor)[] Kinds =
    [
        ("temp", SensorKind.Celsius, 1e3),
        ("in", SensorKind.Volts, 1e3),
        ("curr", SensorKind.Amperes, 1e3),
        ("power", SensorKind.Watts, 1e6),
    ];

    public static IReadOnlyList<SensorReading> ReadAll(KernelPaths paths)
    {
        var root = paths.Class("hwmon");
        if (!Directory.Exists(root))
            return [];
        var all = new List<SensorReading>();
        foreach (var path in Directory.EnumerateFileSystemEntries(root).Order(StringComparer.Ordinal))
            if (Directory.Exists(path))
                all.AddRange(ReadChip(path));
        return all;
    }

    private static IEnumerable<SensorReading> ReadChip(string path)
    {
        const string Input = "_input";
        var folder = new SysfsFolder(path);
        var device = folder.Text("name") ?? Path.GetFileName(path);
        var inputs = Directory.EnumerateFiles(path, "*" + Input).Select(f => Path.GetFileName(f)[..^Input.Length]);
        foreach (var sensor in inputs.OrderBy(s => s.TrimEnd(Digits), StringComparer.Ordinal).ThenBy(Index))
        {
            var kind = Kinds.FirstOrDefault(k => k.Prefix == sensor.TrimEnd(Digits));
            if (kind.Prefix is not null && folder.Number(sensor + Input, kind.Divisor) is { } value)
                yield return new(device, folder.Text(sensor + "_label") ?? sensor, kind.Kind, value,
                    folder.Number(sensor + "_max", kind.Divisor), folder.Number(sensor + "_crit", kind.Divisor));
        }
    }

    private static readonly char[] Digits = [.. "0123456789"];

    private static int Index(string sensor) =>
        int.TryParse(sensor.AsSpan(sensor.TrimEnd(Digits).Length), NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : 0;
}
