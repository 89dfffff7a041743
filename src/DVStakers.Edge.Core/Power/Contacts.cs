namespace DVStakers.Edge.Core.Power;

/// <summary>What lines on GPIO say. Pure.</summary>
public static class Contacts
{
    /// <summary>Dry contacts. Active: the UPS closes the contact, whatever level that is.</summary>
    public static PowerReading Parse(bool onBattery, bool? low, bool? replace) =>
        low == true && !onBattery
            ? new() { OnMains = true, Replace = replace == true }
            : new() { OnMains = !onBattery, Low = low == true, Replace = replace == true };

    /// <summary>What a gauge says of the battery, with what a line says of the mains.</summary>
    public static PowerReading With(PowerReading gauge, bool mains) =>
        gauge.IsGood ? gauge with { OnMains = mains, Low = gauge.Low && !mains, RunTimeLeft = mains ? null : gauge.RunTimeLeft } : gauge;
}
