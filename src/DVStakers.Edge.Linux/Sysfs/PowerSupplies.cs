using DVStakers.Edge.Linux.Kernel;

namespace DVStakers.Edge.Linux.Sysfs;

/// <summary>/sys/class/power_supply: what kernel drivers know of batteries, UPSes and chargers.</summary>
public static class PowerSupplies
{
    public static IReadOnlyList<string> Names(KernelPaths paths)
    {
        var folder = paths.Class("power_supply");
        return Directory.Exists(folder) ? [.. Directory.EnumerateFileSystemEntries(folder).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal)] : [];
    }

    public static IReadOnlyList<PowerSupplyReading> ReadAll(KernelPaths paths)
    {
        var all = new List<PowerSupplyReading>();
        foreach (var name in Names(paths))
            if (Directory.Exists(Path.Combine(paths.Class("power_supply"), name)))
                all.Add(Read(paths, name));
        return all;
    }

    /// <exception cref="DeviceException">There is none of this name.</exception>
    public static PowerSupplyReading Read(KernelPaths paths, string name)
    {
        var path = Path.Combine(paths.Class("power_supply"), name);
        if (!Directory.Exists(path))
            throw ErrnoWords.Exception(DeviceKind.Sysfs, path, Errno.ENOENT);
        var folder = new SysfsFolder(path);
        const double Micro = 1e6;
        var reading = new PowerSupplyReading
        {
            Name = name,
            Type = folder.Text("type"),
            Scope = folder.Text("scope"),
            Online = folder.Flag("online"),
            Present = folder.Flag("present"),
            Status = folder.Text("status"),
            Health = folder.Text("health"),
            CapacityPercent = folder.Number("capacity"),
            CapacityLevel = folder.Text("capacity_level"),
            Volts = folder.Number("voltage_now", Micro),
            Amperes = folder.Number("current_now", Micro),
            Watts = folder.Number("power_now", Micro),
            EnergyWattHours = folder.Number("energy_now", Micro),
            EnergyFullWattHours = folder.Number("energy_full", Micro),
            ChargeAmpereHours = folder.Number("charge_now", Micro),
            ChargeFullAmpereHours = folder.Number("charge_full", Micro),
            TimeToEmpty = folder.Seconds("time_to_empty_now") ?? folder.Seconds("time_to_empty_avg"),
            TimeToFull = folder.Seconds("time_to_full_now") ?? folder.Seconds("time_to_full_avg"),
            // Tenths of a degree here, thousandths in hwmon.
            Celsius = folder.Number("temp", 10),
            Manufacturer = folder.Text("manufacturer"),
            Model = folder.Text("model_name"),
        };
        return reading with { Troubles = folder.Troubles };
    }
}
