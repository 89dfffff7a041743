using DVStakers.Edge.Core.Power;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Core.Panel;

/// <summary>
/// What the panel shows. The first row that holds decides:
/// <code>
/// LED        pattern        when
/// single     fast blink     the battery ends, or the clients are being stopped
///            blip           on battery, and every stack is good
///                           else as stack
/// stack      two flashes    a consensus problem: beacon node gone, silent or alone, another network, a wrong clock
///            three flashes  an execution problem: client gone, silent, denied, apart, or the beacon node waits for it
///            slow blink     syncing, or starting
///            solid          every stack is good
/// validator  fast blink     no stack may serve: duties are being lost
///            slow blink     starting, or served by a stack that is the last resort
///            solid          served by a good stack
/// cluster    two flashes    the broker is gone or refuses
///            three flashes  libmosquitto is not installed
///            slow blink     connecting
///            solid          connected
///            off            no MQTT configured
/// power      fast blink     the battery ends, or the clients are being stopped
///            blip           on battery
///            solid          mains
///            off            no UPS, or it cannot be read
/// </code>
/// When the agent stops, the single LED and the validator's blink fast; off, or the kernel's heartbeat, means that the agent does not run.
/// </summary>
public static class PanelDecision
{
    private static readonly HashSet<ConditionKind> Consensus =
        [Conditions.BeaconUnreachable, Conditions.BeaconSilent, Conditions.BeaconFewPeers, Conditions.WrongNetwork, Conditions.ClockWrong];

    private static readonly HashSet<ConditionKind> Execution =
        [Conditions.ExecutionUnreachable, Conditions.ExecutionSilent, Conditions.ExecutionDenied, Conditions.ExecutionApart, Conditions.BeaconOptimistic];

    private static readonly HashSet<ConditionKind> Syncing = [Conditions.BeaconSyncing, Conditions.ExecutionSyncing];

    public static LedStates Of(Snapshot snapshot)
    {
        var (stack, power) = (Stack(snapshot), Power(snapshot.Power));
        var single = power.Pattern == LedPattern.Fast || (power.Pattern == LedPattern.Blip && stack.Pattern == LedPattern.Solid) ? power : stack;
        return new(single with { Name = "single" }, stack, Validator(snapshot), Cluster(snapshot.Broker), power);
    }

    /// <summary>While the agent stops.</summary>
    public static LedStates Stopping(LedStates last) => last with
    {
        Single = last.Single with { Pattern = LedPattern.Fast, Meaning = "the agent is stopping" },
        Validator = last.Validator with { Pattern = LedPattern.Fast, Meaning = "the agent is stopping; the validator falls back to its own list" },
    };

    private static Led Stack(Snapshot snapshot)
    {
        if (Worst(snapshot, Consensus) is { } consensus)
            return new("stack", LedPattern.TwoFlashes, $"consensus problem: {Say(consensus)}");
        if (Worst(snapshot, Execution) is { } execution)
            return new("stack", LedPattern.ThreeFlashes, $"execution problem: {Say(execution)}");
        if (Worst(snapshot, Syncing) is { } syncing)
            return new("stack", LedPattern.Slow, $"syncing: {Say(syncing)}");
        if (IsStarting(snapshot))
            return new("stack", LedPattern.Slow, "starting: no stack is judged yet");
        return snapshot.Stacks.FirstOrDefault(s => !s.Tier.Qualifies()) is { } bad
            ? new("stack", LedPattern.Slow, $"{bad.Name} is not good yet: {bad.Reason}")
            : new("stack", LedPattern.Solid, snapshot.Stacks.Count == 1 ? "the stack is good" : $"all {snapshot.Stacks.Count} stacks are good");
    }

    private static Led Validator(Snapshot snapshot)
    {
        if (snapshot.Serving is null)
            return IsStarting(snapshot)
                ? new("validator", LedPattern.Slow, "starting: nobody serves the validator yet")
                : new("validator", LedPattern.Fast, "no stack may serve the validator: duties are being lost");
        return snapshot.Ready
            ? new("validator", LedPattern.Solid, $"served by {snapshot.Serving}")
            : new("validator", LedPattern.Slow, $"served by {snapshot.Serving} as a last resort");
    }

    private static Led Cluster(BrokerReading broker) => broker.State switch
    {
        BrokerState.Connected => new("cluster", LedPattern.Solid, "connected to the MQTT broker"),
        BrokerState.Connecting => new("cluster", LedPattern.Slow, "connecting to the MQTT broker"),
        BrokerState.LibraryMissing => new("cluster", LedPattern.ThreeFlashes, "libmosquitto is not installed"),
        BrokerState.Disconnected => new("cluster", LedPattern.TwoFlashes, "the MQTT broker does not answer"),
        BrokerState.Refused => new("cluster", LedPattern.TwoFlashes, "the MQTT broker refuses this box"),
        _ => new("cluster", LedPattern.Off, "no MQTT configured"),
    };

    private static Led Power(PowerStatus power) => power switch
    {
        { Stopping: true } => new("power", LedPattern.Fast, "the clients are being stopped"),
        { Source: PowerSource.Battery, Low: true } => new("power", LedPattern.Fast, "the battery ends"),
        { Source: PowerSource.Battery } => new("power", LedPattern.Blip, "on battery"),
        { Source: PowerSource.Mains } => new("power", LedPattern.Solid, "on mains"),
        { Trouble: not null } => new("power", LedPattern.Off, "the UPS cannot be read"),
        _ => new("power", LedPattern.Off, "no UPS fitted"),
    };

    /// <summary>Nothing was read of any stack yet.</summary>
    private static bool IsStarting(Snapshot snapshot) => snapshot.Stacks.All(s => s.Beacon is null);

    private static Condition? Worst(Snapshot snapshot, HashSet<ConditionKind> kinds) => snapshot.Conditions
        .Where(c => kinds.Contains(c.Kind)).OrderByDescending(c => c.Kind.Severity).FirstOrDefault();

    private static string Say(Condition condition) => $"{condition.Subject}, {char.ToLowerInvariant(condition.Kind.Title[0])}{condition.Kind.Title[1..]}";
}
