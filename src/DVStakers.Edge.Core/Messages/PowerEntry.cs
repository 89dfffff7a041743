using DVStakers.Edge.Core.Power;

namespace DVStakers.Edge.Core.Messages;

/// <summary>The box's power in <c>health</c>.</summary>
/// <param name="Source">mains, battery or unknown.</param>
/// <param name="Reason">Why it is taken for that.</param>
/// <param name="ChargePercent">0 to 100.</param>
/// <param name="RunTimeLeftSeconds">At the present load.</param>
/// <param name="Stopping">True: its clients are being stopped, and it will go off. Else absent.</param>
public sealed record PowerEntry(string Source, string Reason, DateTimeOffset? Since, double? ChargePercent, long? RunTimeLeftSeconds, bool? Stopping)
{
    public static PowerEntry? Of(PowerStatus power) => power == PowerStatus.Unwatched ? null : new(
        Words.Of(power.Source), power.Reason, power.Since, power.ChargePercent is { } charge ? Math.Round(charge, 1) : null,
        power.RunTimeLeft is { } left ? (long)left.TotalSeconds : null, power.Stopping ? true : null);
}
