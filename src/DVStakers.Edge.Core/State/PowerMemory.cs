using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Power;
using DVStakers.Edge.Core.Readings;

namespace DVStakers.Edge.Core.State;

/// <summary>What the judge remembers of the box's power between observations.</summary>
/// <param name="Watch">Null: there is no UPS.</param>
internal sealed record PowerMemory(PowerWatch? Watch, OutageReading Outage)
{
    public static PowerMemory Of(PowerConfig config, DateTimeOffset now) =>
        new(PowerModels.Find(config.Model) is { Link: PowerLink.None } ? null : PowerWatch.Start(mayFreeze: PowerModels.Find(config.Model)?.Chip is not null, now), OutageReading.None);

    public PowerMemory Next(Observation? seen, DateTimeOffset now) => seen switch
    {
        UpsRead p => this with { Watch = Watch?.Next(p.Reading, now) },
        OutageSeen o => new(Watch?.Next(null, now), o.Outage),
        _ => this with { Watch = Watch?.Next(null, now) },
    };

    public PowerStatus Status => (Watch?.Status ?? PowerStatus.Unwatched) with { Stopping = Outage.IsStopping };

    public IEnumerable<(ConditionKind Kind, string Detail)> Problems()
    {
        var status = Status;
        if (status.Trouble is { } trouble)
            yield return (status.Nonsense ? Conditions.UpsNonsense : Conditions.UpsSilent, trouble);
        if (status.Source == PowerSource.Battery)
            yield return status.Low ? (Conditions.BatteryLow, status.Reason) : (Conditions.OnBattery, status.Reason);
        if (status.Replace)
            yield return (Conditions.BatteryWorn, "the UPS asks for a new battery");
        if (Outage.IsStopping)
            yield return (Outage.ByPerson ? Conditions.ShuttingDown : Conditions.StoppingForPower, Outage.Reason);
        if (Outage.IsReturning)
            yield return (Conditions.ReturningFromOutage, Outage.Reason);
        if (Outage.Problems.Count > 0)
            yield return (Conditions.StopFailed, string.Join("; ", Outage.Problems));
        if (Outage.KilledEarly.Count > 0)
            yield return (Conditions.StopLimitShort, string.Join("; ", Outage.KilledEarly));
    }
}
