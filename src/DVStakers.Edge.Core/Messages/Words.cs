using DVStakers.Edge.Core.Power;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;
using ClientState = DVStakers.Edge.Core.Readings.ClientState;

namespace DVStakers.Edge.Core.Messages;

/// <summary>The enums as words of the schema. Written out, so that renaming a member in the code cannot change what others read.</summary>
internal static class Words
{
    public static string Of(Tier tier) => tier switch
    {
        Tier.Healthy => "healthy",
        Tier.Thin => "thin",
        Tier.Lagging => "lagging",
        Tier.Suspect => "suspect",
        Tier.Syncing => "syncing",
        Tier.Optimistic => "optimistic",
        Tier.Out => "out",
        _ => throw new ArgumentOutOfRangeException(nameof(tier), tier, "has no word"),
    };

    public static string Of(Reach reach) => reach switch
    {
        Reach.Ok => "ok",
        Reach.Unreachable => "unreachable",
        Reach.Silent => "silent",
        Reach.Refused => "refused",
        Reach.Denied => "denied",
        Reach.Malformed => "malformed",
        _ => throw new ArgumentOutOfRangeException(nameof(reach), reach, "has no word"),
    };

    public static string Of(PowerSource source) => source switch
    {
        PowerSource.Unknown => "unknown",
        PowerSource.Mains => "mains",
        PowerSource.Battery => "battery",
        _ => throw new ArgumentOutOfRangeException(nameof(source), source, "has no word"),
    };

    public static string Of(Severity severity) => severity switch
    {
        Severity.Info => "info",
        Severity.Warning => "warning",
        Severity.Error => "error",
        _ => throw new ArgumentOutOfRangeException(nameof(severity), severity, "has no word"),
    };

    public static string Of(ClientKind kind) => kind switch
    {
        ClientKind.Execution => "execution",
        ClientKind.Consensus => "consensus",
        ClientKind.Validator => "validator",
        ClientKind.Middleware => "middleware",
        ClientKind.Other => "other",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "has no word"),
    };

    public static string Of(ClientState state) => state switch
    {
        ClientState.Running => "running",
        ClientState.Starting => "starting",
        ClientState.Stopping => "stopping",
        ClientState.Stopped => "stopped",
        ClientState.Failed => "failed",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "has no word"),
    };

    /// <summary>Null where a peer has a word that is not known here.</summary>
    public static Tier? TierOf(string? word) => Enum.GetValues<Tier>().Cast<Tier?>().FirstOrDefault(t => Of(t!.Value) == word);

    public static Severity? SeverityOf(string? word) => Enum.GetValues<Severity>().Cast<Severity?>().FirstOrDefault(s => Of(s!.Value) == word);

    public static PowerSource? SourceOf(string? word) => Enum.GetValues<PowerSource>().Cast<PowerSource?>().FirstOrDefault(s => Of(s!.Value) == word);

    public static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 1);
}
