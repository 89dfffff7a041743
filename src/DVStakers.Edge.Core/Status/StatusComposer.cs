using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Panel;
using DVStakers.Edge.Core.Power;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Core.Status;

/// <summary>Makes the report of one snapshot. Pure.</summary>
public static class StatusComposer
{
    public static StatusReport Compose(EdgeConfig config, Snapshot snapshot, ProxyCounters counters, string version, DateTimeOffset startedAt, DateTimeOffset now) => new()
    {
        Version = version,
        Cluster = config.Cluster,
        Box = config.Box,
        StartedAt = startedAt,
        At = snapshot.At,
        Ready = snapshot.Ready,
        Network = snapshot.Spec?.ConfigName is { Length: > 0 } name ? name : null,
        WallSlot = snapshot.Spec?.SlotAt(now).Value,
        ExpectedHeadSlot = snapshot.ExpectedHead?.Slot.Value,
        Serving = snapshot.Serving,
        ServingReason = snapshot.ServingReason,
        Stacks = [.. snapshot.Stacks.Select(s => Stack(s, snapshot))],
        Ranking = [.. snapshot.Ranking.Select(r => new RankReport(r.Place, r.Name, Word(r.Tier), r.Reason))],
        Conditions = [.. snapshot.Conditions.OrderByDescending(c => c.Kind.Severity).Select(c =>
            new ConditionReport(c.Kind.Code, c.Kind.Title, Word(c.Kind.Severity), c.Subject, c.Detail, c.Since, c.Kind.Remedy))],
        Mqtt = new(Word(snapshot.Broker.State), snapshot.Broker.Detail, snapshot.Broker.At),
        Peers = [.. snapshot.Peers.Peers.Select(Peer)],
        Drain = new(snapshot.Drained.Box, [.. snapshot.Drained.Stacks], DrainRule.AgainstBox(snapshot.Peers),
            snapshot.OwnStacks.ToDictionary(s => s.Name, s => DrainRule.AgainstStacks(snapshot, [s.Name]))),
        Lent = [.. snapshot.Lent.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => new LoanReport(l.Key, l.Value))],
        Power = Power(snapshot.Power),
        Busy = snapshot.Busy,
        Panel = [.. PanelDecision.Of(snapshot).All.Select(Led)],
        Lights = MachineComposer.Lights(snapshot.Machine.Panel),
        Host = MachineComposer.Host(snapshot.Machine.Host),
        Clients = MachineComposer.Clients(snapshot.Machine.Clients),
        Proxy = new(config.Proxy.Listen, counters.RequestsServed, counters.Failovers, counters.Hedges, counters.Broadcasts, counters.StreamsOpen, counters.Refused, counters.Unknown),
    };

    private static StackReport Stack(StackStatus stack, Snapshot snapshot) => new(
        stack.Name, Word(stack.Tier), stack.IsRecovering, stack.Reason, stack.Since,
        stack.Head?.Slot.Value, stack.Head?.Root.ToString(), stack.Lag?.Slots,
        Execution(stack, snapshot), stack.Beacon?.Peers, stack.Execution?.Peers, stack.Beacon?.Version, stack.Execution?.Version)
    {
        Peer = stack.Peer,
    };

    private static PeerReport Peer(Peer peer) => new(
        peer.Box, Word(peer.Role), Word(peer.Standing), peer.HeardAt, peer.Said?.Ready, peer.Said?.Serving, peer.Said?.Conditions, peer.Said?.AgentVersion,
        peer.ClockBehind is { } behind ? Math.Round(behind.TotalMilliseconds) : null,
        peer.Refused.Total, peer.Refused.Counts.IsEmpty ? null : peer.Refused.ToString(), peer.Refused.Counts.IsEmpty ? null : peer.Refused.LastReason)
    {
        ServingReason = peer.Said?.ServingReason,
        Draining = peer.Said?.Draining == true,
        Power = Power(peer.Said?.Power),
        Busy = peer.Said?.Busy == true,
        Stacks = peer.Said is { } said
            ? [.. said.Stacks.Where(s => s.Peer is null).Select(s => new PeerStackReport(s.Name, s.Tier is { } tier ? Word(tier) : "unknown", s.Head?.Slot.Value, s.LagSlots))]
            : [],
    };

    private static PowerReport? Power(PowerStatus? power) => power is null || power == PowerStatus.Unwatched ? null
        : new(Word(power.Source), power.Reason, power.Since, power.ChargePercent, power.RunTimeLeft is { } left ? (long)left.TotalSeconds : null, power.Stopping);

    // Whether the two heads agree is the judge's to say: a single pair of readings is a moment apart and proves nothing.
    private static string Execution(StackStatus stack, Snapshot snapshot) => stack.Execution switch
    {
        null => "not seen",
        { Reach: not Reach.Ok } reading => Word(reading.Reach),
        { IsSyncing: true } => "syncing",
        _ => snapshot.Conditions.Any(c => c.Kind == Conditions.ExecutionApart && c.Subject == stack.Name) ? "apart" : "in step",
    };

    private static LedReport Led(Led led) => new(led.Name, led.Pattern.Word, led.Meaning,
        led.Pattern.Steps is [var only] ? [only.On ? only.Milliseconds : 0] : [.. led.Pattern.Steps.Select(s => s.Milliseconds)]);

    /// <summary>An enum member as a word: <c>LibraryMissing</c> is <c>library-missing</c>.</summary>
    private static string Word<T>(T value) where T : struct, Enum =>
        System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}
