using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Core.Power;

/// <summary>Whether the clients must be stopped now, and why (not). Pure.</summary>
public sealed record Verdict(bool MustStop, string Reason)
{
    /// <summary>Where a UPS tells neither how much is left nor that little is, nobody knows more than that most batteries last so long.</summary>
    public static readonly TimeSpan Blind = TimeSpan.FromMinutes(5);

    public static Verdict Of(PowerConfig config, PowerFacts facts)
    {
        var status = facts.Status;
        if (status.Forced)
            return new(true, "the UPS's master shuts everything down");
        if (status.Source != PowerSource.Battery)
            return new(false, status.Source == PowerSource.Mains ? "mains are there" : "what feeds the box is not known");
        if (status.Low)
            return new(true, status.Trouble is null ? "the UPS says that its battery is low" : status.Reason);
        var needed = Budgets.Needed(config, facts.Clients) + Budgets.Reserve;
        var floor = TimeSpan.FromMinutes(config.StopBelowMinutes) is var written && written > needed ? written : needed;
        if (status.RunTimeLeft is { } left && left <= floor)
            return new(true, $"the battery lasts {Words(left)} more, and the stop must begin at {Words(floor)}{(floor == written ? "" : " because the clients need that long")}");
        if (status.ChargePercent is { } charge && charge <= config.StopBelowPercent)
            return new(true, FormattableString.Invariant($"the battery is at {charge:0} %, and the stop must begin at {config.StopBelowPercent} %"));
        var on = status.Since is { } since && facts.Now > since ? facts.Now - since : TimeSpan.Zero;
        if (config.StopAfterMinutes is { } most && on >= TimeSpan.FromMinutes(most))
            return new(true, $"the box has been on battery for {Words(on)}");
        if (config.StopAfterMinutes is null && status is { RunTimeLeft: null, ChargePercent: null } && on >= Blind)
            return new(true, $"the box has been on battery for {Words(on)}, and the UPS does not tell how long it lasts");
        return new(false, "on battery, with time left");
    }

    /// <summary>As a person says it: 42 s, 8 min, 1 h 20 min.</summary>
    public static string Words(TimeSpan span) => span switch
    {
        { TotalSeconds: < 120 } => $"{Math.Max(0, (int)span.TotalSeconds)} s",
        { TotalMinutes: < 60 } => $"{(int)span.TotalMinutes} min",
        _ => $"{(int)span.TotalHours} h {span.Minutes} min",
    };
}
