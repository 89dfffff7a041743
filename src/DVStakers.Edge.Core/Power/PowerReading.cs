namespace DVStakers.Edge.Core.Power;

/// <summary>What one look at the UPS brought. A value that it does not tell is null.</summary>
public sealed record PowerReading
{
    /// <summary>True: mains feed the box; false: the battery does; null: it does not say.</summary>
    public bool? OnMains { get; init; }

    /// <summary>State of charge in per cent.</summary>
    public double? ChargePercent { get; init; }

    /// <summary>The part reported more than there can be, so it reports double; <see cref="ChargePercent"/> is halved already.</summary>
    public bool ReportsDouble { get; init; }

    /// <summary>Of the battery.</summary>
    public double? Volts { get; init; }

    /// <summary>Into the battery; negative: out of it.</summary>
    public double? Amperes { get; init; }

    /// <summary>As the UPS itself counts it.</summary>
    public TimeSpan? RunTimeLeft { get; init; }

    /// <summary>By the UPS's own word, or its maker's floor, the battery is near its end.</summary>
    public bool Low { get; init; }

    /// <summary>The UPS's master has begun to shut everything down (NUT's FSD): there is no way back.</summary>
    public bool Forced { get; init; }

    /// <summary>The battery wants to be replaced.</summary>
    public bool Replace { get; init; }

    /// <summary>Why nothing here may be believed; null: it may.</summary>
    public string? Problem { get; init; }

    /// <summary>With a <see cref="Problem"/>: something answered, and what it said makes no sense.</summary>
    public bool Answered { get; init; }

    public bool IsGood => Problem is null;

    /// <summary>Nothing was read.</summary>
    public static PowerReading Silent(string why) => new() { Problem = why };

    /// <summary>Something was read that cannot be.</summary>
    public static PowerReading Nonsense(string what) => new() { Problem = what, Answered = true };
}
