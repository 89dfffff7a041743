using DVStakers.Edge.Linux.Sysfs;

namespace DVStakers.Edge.Linux.I2c;

/// <summary>What a kernel driver shows of the chip that it owns: a power_supply, or the first voltage and current of a hwmon (of ina2xx, those of the bus). Null: it does not show that.</summary>
public sealed record DriverValues(double? Volts, double? Amperes, double? CapacityPercent)
{
    /// <param name="chip">The chip's folder in sysfs.</param>
    /// <returns>Null: it has neither.</returns>
    internal static DriverValues? Read(string chip)
    {
        if (Only(chip, "power_supply") is { } supply)
            return new(supply.Number("voltage_now", 1e6), supply.Number("current_now", 1e6), supply.Number("capacity"));
        return Only(chip, "hwmon") is { } sensors ? new(sensors.Number("in1_input", 1e3), sensors.Number("curr1_input", 1e3), null) : null;
    }

    private static SysfsFolder? Only(string chip, string kind)
    {
        var folder = Path.Combine(chip, kind);
        return Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).FirstOrDefault() is { } only ? new SysfsFolder(only) : null;
    }
}
