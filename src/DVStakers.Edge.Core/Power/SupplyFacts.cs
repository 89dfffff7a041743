namespace DVStakers.Edge.Core.Power;

/// <summary>What the kernel's power_supply class says of a battery (/sys/class/power_supply/NAME). Null: the driver does not tell.</summary>
public sealed record SupplyFacts(bool? Present, string? Status, double? CapacityPercent, string? CapacityLevel, double? Volts, double? Amperes, TimeSpan? TimeToEmpty, string? Health)
{
    /// <summary>As a reading. Pure.</summary>
    /// <param name="online">What the mains adapter says; null: none is configured.</param>
    public PowerReading Parse(bool? online)
    {
        if (Present == false)
            return PowerReading.Nonsense("the kernel says that the battery is not there");
        if ((online ?? ByStatus) is not { } mains)
            return PowerReading.Nonsense($"the kernel says status \"{Status}\", which tells nothing of mains; name the adapter in power.mains-supply");
        if (CapacityPercent is < 0 or > 100)
            return PowerReading.Nonsense(FormattableString.Invariant($"a charge of {CapacityPercent} %"));
        return new()
        {
            OnMains = mains,
            ChargePercent = CapacityPercent,
            Volts = Volts,
            // The class wants it negative while discharging; many drivers write the amount alone.
            Amperes = Amperes is { } amount ? Math.Abs(amount) * (Status == "Discharging" ? -1 : 1) : null,
            RunTimeLeft = !mains && TimeToEmpty > TimeSpan.Zero ? TimeToEmpty : null,
            Low = CapacityLevel == "Critical",
            Replace = Health == "Dead",
        };
    }

    private bool? ByStatus => Status switch { "Discharging" => false, "Charging" or "Full" or "Not charging" => true, _ => null };
}
