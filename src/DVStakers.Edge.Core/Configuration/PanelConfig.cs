using DVStakers.Edge.Core.Panel;

namespace DVStakers.Edge.Core.Configuration;

/// <summary>The LEDs and the button of this box.</summary>
public sealed record PanelConfig
{
    /// <summary>Which board it is; says what its own LED is called and where the pins of its header are. Default generic.</summary>
    public Board Board { get; init; } = Board.Generic;

    /// <summary>LEDs. Empty: the board's own.</summary>
    public IReadOnlyList<LedConfig> Leds { get; init; } = [];

    /// <summary>A short dark moment for each attestation sent. Default false.</summary>
    public bool FlashOnDuty { get; init; }

    /// <summary>GPIO line of a button; null: none.</summary>
    public string? ButtonLine { get; init; }

    /// <summary>Label of its chip, where the line alone does not say it.</summary>
    public string? ButtonChip { get; init; }

    /// <summary>Pressed pulls the line to ground. Default true.</summary>
    public bool ButtonActiveLow { get; init; } = true;
}

/// <summary>One LED: an LED of the kernel's, or one at a GPIO line.</summary>
public sealed record LedConfig
{
    /// <summary>What it tells. Default single: everything.</summary>
    public PanelRole Shows { get; init; }

    /// <summary>Name in /sys/class/leds. Either this or <see cref="Line"/>.</summary>
    public string? Led { get; init; }

    /// <summary>A pin of the board's header (<c>pin 11</c>), a line's name, or its offset on <see cref="Chip"/>.</summary>
    public string? Line { get; init; }

    /// <summary>Label of the GPIO chip.</summary>
    public string? Chip { get; init; }

    /// <summary>It lights when the line is low. Default false.</summary>
    public bool ActiveLow { get; init; }

    /// <summary>The line only pulls down. Default false.</summary>
    public bool OpenDrain { get; init; }

    /// <summary>Null: whatever it is.</summary>
    public LedColour? Colour { get; init; }
}

/// <summary>What an LED tells.</summary>
public enum PanelRole
{
    /// <summary>Everything, by rhythm.</summary>
    Single,
    Stack,
    Validator,
    Cluster,
    Power,
}

public enum LedColour
{
    Red,
    Yellow,
    Green,
    Blue,
    White,
}
