using System.Text.Json.Serialization;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Core.Power;

/// <summary>What the status server says of the power at <c>/power</c>, and <c>dvstakers-edge power show</c> shows.</summary>
/// <param name="Model">Null: nothing watches this box's power.</param>
/// <param name="Low">On battery, and the end is near.</param>
/// <param name="Volts">Of the battery, by the last reading.</param>
/// <param name="Amperes">Into the battery; negative: out of it.</param>
/// <param name="ReadAt">When the UPS was last looked at.</param>
/// <param name="Problems">The conditions of the power, in words.</param>
public sealed record UpsReport(
    string? Model, string Source, string Reason, DateTimeOffset? Since, double? ChargePercent, long? RunTimeLeftSeconds, bool Low, bool Forced, bool Stopping,
    double? Volts, double? Amperes, DateTimeOffset? ReadAt, string? Trouble, IReadOnlyList<string> Problems)
{
    private static readonly HashSet<ConditionKind> Kinds =
    [
        Conditions.OnBattery, Conditions.BatteryLow, Conditions.UpsSilent, Conditions.UpsNonsense, Conditions.BatteryWorn,
        Conditions.StoppingForPower, Conditions.ShuttingDown, Conditions.ReturningFromOutage, Conditions.StopFailed, Conditions.StopLimitShort,
    ];

    public static UpsReport Of(string? model, Snapshot snapshot)
    {
        var power = snapshot.Power;
        return new(model, power.Source.ToString().ToLowerInvariant(), power.Reason, power.Since, power.ChargePercent is { } charge ? Math.Round(charge, 1) : null,
            power.RunTimeLeft is { } left ? (long)left.TotalSeconds : null, power.Low, power.Forced, power.Stopping,
            power.Last is { IsGood: true, Volts: { } volts } ? Math.Round(volts, 3) : null, power.Last is { IsGood: true, Amperes: { } amperes } ? Math.Round(amperes, 3) : null,
            power.LastAt, power.Trouble, [.. snapshot.Conditions.Where(c => Kinds.Contains(c.Kind)).Select(c => $"{c.Kind.Title}: {c.Detail}. {c.Kind.Remedy}")]);
    }

    /// <summary>The other way round, as far as a plan needs it.</summary>
    public PowerStatus AsStatus() => new()
    {
        Source = Source switch { "mains" => PowerSource.Mains, "battery" => PowerSource.Battery, _ => PowerSource.Unknown },
        Reason = Reason,
        Since = Since,
        ChargePercent = ChargePercent,
        RunTimeLeft = RunTimeLeftSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        Low = Low,
        Forced = Forced,
        Stopping = Stopping,
        Trouble = Trouble,
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(UpsReport))]
public sealed partial class UpsReportJson : JsonSerializerContext;
