namespace DVStakers.Edge.Core.Power;

/// <summary>What feeds the box.</summary>
public enum PowerSource
{
    /// <summary>Nothing tells, or what tells has fallen silent.</summary>
    Unknown,
    Mains,

    /// <summary>A battery: mains are gone, and time is running.</summary>
    Battery,
}

/// <summary>The box's power as steadied: what holds, not what the last reading said.</summary>
public sealed record PowerStatus
{
    /// <summary>A box whose power nothing watches.</summary>
    public static readonly PowerStatus Unwatched = new() { Source = PowerSource.Unknown, Reason = "nothing watches this box's power" };

    public required PowerSource Source { get; init; }

    /// <summary>Why it is taken for that, in words.</summary>
    public required string Reason { get; init; }

    /// <summary>When it came to this source; null while unknown from the start.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>State of charge in per cent, 0 to 100; null where nothing tells it.</summary>
    public double? ChargePercent { get; init; }

    /// <summary>How long the battery lasts at the present load; null where it cannot be told yet.</summary>
    public TimeSpan? RunTimeLeft { get; init; }

    /// <summary>On battery, and the end is near: by the UPS's own word, or because on battery it fell silent.</summary>
    public bool Low { get; init; }

    /// <summary>The UPS's master shuts everything down, and nothing stops it.</summary>
    public bool Forced { get; init; }

    /// <summary>The UPS asks for a new battery.</summary>
    public bool Replace { get; init; }

    /// <summary>Why the UPS is not to be had or believed now; null: it is.</summary>
    public string? Trouble { get; init; }

    /// <summary>With <see cref="Trouble"/>: it answers, but what it says makes no sense.</summary>
    public bool Nonsense { get; init; }

    /// <summary>The newest reading, whatever it said; null: none yet.</summary>
    public PowerReading? Last { get; init; }

    /// <summary>When <see cref="Last"/> was read.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>The box is shutting its clients down in order and will go off.</summary>
    public bool Stopping { get; init; }

    /// <summary>
    /// It will go off soon, so that others should take over before it does: they need some minutes for that, and its clients begin to stop a while before the
    /// battery is empty. On a battery that tells neither time nor charge it may be any moment.
    /// </summary>
    public bool IsEnding => Stopping || (Source == PowerSource.Battery && (Low || (RunTimeLeft is { } left ? left < Enough : ChargePercent is not { } charge || charge < EnoughPercent)));

    private static readonly TimeSpan Enough = TimeSpan.FromMinutes(20);
    private const double EnoughPercent = 50;
}
