using DVStakers.Edge.Linux.Kernel;

namespace DVStakers.Edge.Linux.Sysfs;

/// <summary>One entry of /sys/class/power_supply as it is now. Null: the driver does not tell, or not now.</summary>
public sealed record PowerSupplyReading
{
    public required string Name { get; init; }

    /// <summary>The kernel's word: Mains, Battery, UPS, USB ...</summary>
    public string? Type { get; init; }

    /// <summary>Device: it feeds a mouse or the like, not the box. System or null: the box.</summary>
    public string? Scope { get; init; }

    /// <summary>Of a charger or mains: it gives power.</summary>
    public bool? Online { get; init; }

    public bool? Present { get; init; }

    /// <summary>The kernel's word: Charging, Discharging, Not charging, Full, Unknown.</summary>
    public string? Status { get; init; }

    /// <summary>Good, Overheat, Dead ...</summary>
    public string? Health { get; init; }

    public double? CapacityPercent { get; init; }

    /// <summary>Critical, Low, Normal, High, Full.</summary>
    public string? CapacityLevel { get; init; }

    public double? Volts { get; init; }

    /// <summary>The sign is the driver's: most give negative for discharging, some do not.</summary>
    public double? Amperes { get; init; }

    public double? Watts { get; init; }
    public double? EnergyWattHours { get; init; }
    public double? EnergyFullWattHours { get; init; }
    public double? ChargeAmpereHours { get; init; }
    public double? ChargeFullAmpereHours { get; init; }
    public TimeSpan? TimeToEmpty { get; init; }
    public TimeSpan? TimeToFull { get; init; }
    public double? Celsius { get; init; }
    public string? Manufacturer { get; init; }
    public string? Model { get; init; }

    /// <summary>Attributes that are there and could not be read or understood.</summary>
    public IReadOnlyList<DeviceException> Troubles { get; init; } = [];
}
