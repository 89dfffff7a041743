using DVStakers.Edge.Core.Power;

namespace DVStakers.Edge.Core.Configuration;

/// <summary>The box's UPS, and what is done when mains are gone.</summary>
public sealed record PowerConfig
{
    /// <summary>One of <see cref="PowerModels"/>. Required.</summary>
    public string Model { get; init; } = "";

    /// <summary>The I2C bus: its number, <c>i2c-1</c>, or the adapter's name. Required where the model is on I2C: no bus is ever searched.</summary>
    public string? Bus { get; init; }

    /// <summary>7-bit address, where a jumper changed it.</summary>
    public byte? Address { get; init; }

    /// <summary>Label of the GPIO chip that all lines are on.</summary>
    public string? GpioChip { get; init; }

    /// <summary>Line that tells mains, where the model has none or another.</summary>
    public string? MainsLine { get; init; }

    /// <summary>True: mains are there when it is high.</summary>
    public bool? MainsWhenHigh { get; init; }

    /// <summary>Dry contacts: the line that closes on battery.</summary>
    public string? BatteryLine { get; init; }

    public string? LowLine { get; init; }
    public string? ReplaceLine { get; init; }

    /// <summary>Dry contacts: a closed contact is high. Default: it pulls the line to ground.</summary>
    public bool ClosedIsHigh { get; init; }

    /// <summary>The kernel's battery in /sys/class/power_supply.</summary>
    public string? Supply { get; init; }

    /// <summary>The kernel's mains adapter there.</summary>
    public string? MainsSupply { get; init; }

    public string NutHost { get; init; } = "127.0.0.1";
    public int NutPort { get; init; } = 3493;

    /// <summary>Name of the UPS at the NUT server. Default <c>ups</c>.</summary>
    public string NutUps { get; init; } = "ups";

    public string? NutUsername { get; init; }
    public string? NutPasswordFile { get; init; }

    /// <summary>Run time left, in minutes, at which the clients are stopped. Default 10. 2 to 240. More where they need more.</summary>
    public int StopBelowMinutes { get; init; } = 10;

    /// <summary>State of charge, in per cent, at which the clients are stopped. Default 35. 5 to 95.</summary>
    public int StopBelowPercent { get; init; } = 35;

    /// <summary>Minutes on battery after which the clients are stopped, whatever is left. Null: only where the UPS tells nothing else. 1 to 1440.</summary>
    public int? StopAfterMinutes { get; init; }

    /// <summary>The box goes off when the clients are down. Null: yes, except with NUT, where upsmon does that, and without a UPS.</summary>
    public bool? PowerOffWritten { get; init; }

    public bool PowerOff => PowerOffWritten ?? Model is not ("nut" or "none");

    /// <summary>The UPS takes the power away as the very last thing. Default: not.</summary>
    public bool Cut { get; init; }

    public IReadOnlyList<ClientUnit> Validator { get; init; } = [];
    public IReadOnlyList<ClientUnit> Consensus { get; init; } = [];
    public IReadOnlyList<ClientUnit> Execution { get; init; } = [];

    /// <summary>All of them, in the order in which they stop.</summary>
    public IEnumerable<ClientUnit> Clients => [.. Validator, .. Consensus, .. Execution];

    /// <summary>Budgets in seconds.</summary>
    public int ValidatorSeconds { get; init; } = 20;

    public int ConsensusSeconds { get; init; } = 60;
    public int ExecutionSeconds { get; init; } = 300;
}
