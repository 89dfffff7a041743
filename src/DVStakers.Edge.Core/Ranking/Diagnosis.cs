using System.Collections.Immutable;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Clients;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Core.Ranking;

/// <summary>What is known of one stack when it is judged.</summary>
public sealed record StackFacts
{
    public required bool HasExecution { get; init; }

    /// <summary>The gateway of another box, which judges both clients behind it and says by its flags what came of it.</summary>
    public bool IsPeer { get; init; }

    public BeaconReading? Beacon { get; init; }
    public ExecutionReading? Execution { get; init; }

    /// <summary>The node's newest head by event or probe, and when it was first seen.</summary>
    public Head? Head { get; init; }
    public DateTimeOffset HeadSince { get; init; }

    /// <summary>The heads it had lately, the present one last.</summary>
    public ImmutableArray<Root> Trail { get; init; } = [];

    /// <summary>The node's specification as last read; kept while it is away.</summary>
    public ChainSpec? Spec { get; init; }

    /// <summary>When it was last read, it was in sync and not optimistic.</summary>
    public bool WasFit { get; init; }

    /// <summary>What the last comparison of the two clients said: for a moment after each new head there is none.</summary>
    public bool WasInStep { get; init; } = true;
}

/// <summary>Judges a stack, beacon node and execution client as one. Rows from the worst down; the first that applies is the verdict.</summary>
public static class Diagnosis
{
    /// <summary>Slots behind the expected head from which a stack is out of step for good rather than a little late.</summary>
    public const ulong FarBehind = 8;

    /// <summary>Slots without any new head after which even a lone node is named as lagging.</summary>
    public const ulong LongWithoutHead = 4;

    public static Verdict Of(StackFacts stack, ChainSpec? network, Head? expected, DateTimeOffset now, RankingConfig config) =>
        Beacon(stack, network)
        ?? Unsynced(stack, network!, expected, now)
        ?? Execution(stack, network!, now)
        ?? Position(stack, network, expected, now)
        ?? Breadth(stack, config)
        ?? new Verdict(Tier.Healthy, null, stack.IsPeer ? "in sync, as its own agent says too" : "in sync, execution client in step", stack.Beacon, Hard: false);

    private static Verdict? Beacon(StackFacts stack, ChainSpec? network)
    {
        if (stack.Beacon is not { } beacon)
            return new Verdict(Tier.Out, null, "not read yet", null, Hard: true);
        // Its event stream may still tell what its API does not: an unverified head leaves no room for doubt (rule 1).
        var unverified = stack.Head is { Optimistic: true };
        switch (beacon.Reach)
        {
            case Reach.Ok:
                break;
            case Reach.Unreachable:
                return new Verdict(Tier.Out, Conditions.BeaconUnreachable, $"beacon node unreachable: {beacon.Problem}", beacon, Hard: true);
            case Reach.Silent:
                // A node that is only slow may still answer when nothing better is there; one that was not fit before must not.
                return new Verdict(stack.WasFit && !unverified && stack.Spec is { } known && network?.SameNetwork(known) == true ? Tier.Suspect : Tier.Out,
                    Conditions.BeaconSilent, $"beacon node does not answer: {beacon.Problem}", beacon, Hard: unverified);
            default:
                return new Verdict(Tier.Out, Conditions.BeaconUnreachable, $"beacon node answers with an error: {beacon.Problem}", beacon, Hard: unverified);
        }
        if (stack.Spec is not { } spec || network is null)
            return new Verdict(Tier.Out, null, "its network is not known yet", beacon, Hard: true);
        if (!spec.SameNetwork(network))
            return new Verdict(Tier.Out, Conditions.WrongNetwork, WrongNetwork(spec, network), beacon, Hard: true);
        return null;
    }

    /// <summary>Not in sync, by its own word or by its head. Where its execution client is the cause, that is what a person has to mend.</summary>
    private static Verdict? Unsynced(StackFacts stack, ChainSpec network, Head? expected, DateTimeOffset now)
    {
        if (Sync(stack, expected) is not { } verdict)
            return null;
        return Execution(stack, network, now) is { } cause && (cause.Kind == Conditions.ExecutionUnreachable || cause.Kind == Conditions.ExecutionSilent)
            ? verdict with { Kind = cause.Kind, Reason = $"{cause.Reason}; {verdict.Reason}" }
            : verdict;
    }

    private static Verdict? Sync(StackFacts stack, Head? expected)
    {
        var beacon = stack.Beacon!;
        if (beacon.IsOptimistic || stack.Head is { Optimistic: true })
            return new Verdict(Tier.Optimistic, Conditions.BeaconOptimistic, "head not verified by its execution client (optimistic)", beacon, Hard: true);
        if (beacon.IsSyncing)
            return new Verdict(Tier.Syncing, Conditions.BeaconSyncing,
                beacon.Peers == 0 ? "beacon node says it is syncing: it has no peers" : "beacon node says it is syncing", beacon, Hard: true);
        if (stack.Head is { } head && expected is { } e && SyncDistance.Between(e.Slot, head.Slot).Slots > FarBehind)
            return new Verdict(Tier.Syncing, Conditions.BeaconSyncing,
                $"head {SyncDistance.Between(e.Slot, head.Slot)} slots behind the other nodes, though it says it is in sync", beacon, Hard: true);
        return null;
    }

    private static string WrongNetwork(ChainSpec spec, ChainSpec network) =>
        spec.GenesisValidatorsRoot != network.GenesisValidatorsRoot || spec.GenesisTime != network.GenesisTime
            ? $"wrong genesis: it is on {Name(spec)} (genesis {spec.GenesisValidatorsRoot.Short}), this box serves {Name(network)} ({network.GenesisValidatorsRoot.Short})"
            : $"wrong network: deposit chain id {spec.DepositChainId}, this box serves one with {network.DepositChainId}";

    private static string Name(ChainSpec spec) => spec.ConfigName.Length > 0 ? spec.ConfigName : "an unnamed network";

    private static Verdict? Execution(StackFacts stack, ChainSpec network, DateTimeOffset now)
    {
        var beacon = stack.Beacon!;
        if (!stack.HasExecution)
            return ByFlag(stack, network, now, stack.IsPeer ? "its own agent says so" : "no execution client is configured to confirm it");
        if (stack.Execution is not { } el)
            return new Verdict(Tier.Suspect, null, "execution client not read yet", null, Hard: false);
        switch (el.Reach)
        {
            case Reach.Ok:
                break;
            case Reach.Denied:
                return ByFlag(stack, network, now, "our JWT secret is refused, so it cannot be confirmed")
                    ?? new Verdict(Tier.Thin, Conditions.ExecutionDenied, $"execution client cannot be judged: {el.Problem}", el, Hard: false);
            case Reach.Unreachable:
                return new Verdict(Tier.Suspect, Conditions.ExecutionUnreachable,
                    $"execution client unreachable ({el.Problem}): the beacon node still answers, but its head will not move", el, Hard: true);
            case Reach.Silent:
                return new Verdict(Tier.Suspect, Conditions.ExecutionSilent,
                    $"execution client does not answer ({el.Problem}): the beacon node still answers, but its head will not move", el, Hard: false);
            default:
                return new Verdict(Tier.Suspect, Conditions.ExecutionUnreachable, $"execution client answers with an error: {el.Problem}", el, Hard: false);
        }
        if (el.ChainId is { } chain && chain != stack.Spec!.DepositChainId)
            return new Verdict(Tier.Suspect, Conditions.WrongNetwork,
                $"execution client is on chain {chain}, its beacon node on {stack.Spec.DepositChainId}", el, Hard: true);
        if (InStep(stack) ?? stack.WasInStep)
            return null;
        return el.IsSyncing
            ? new Verdict(Tier.Suspect, Conditions.ExecutionSyncing, $"execution client is syncing, at block {el.LatestNumber}", el, Hard: false)
            : new Verdict(Tier.Suspect, Conditions.ExecutionApart,
                $"execution client stands at block {el.LatestNumber} ({el.LatestHash?.Short}), its beacon node's head has {beacon.ExecutionHash?.Short ?? "a later one"}", el, Hard: false);
    }

    /// <summary>
    /// In step: the same block, or its child. Hashes are compared only where the execution client was read after the beacon head last changed;
    /// before that a difference says nothing, and the answer is null. Without a hash the payload's timestamp, which by the specification is its slot's start, does.
    /// <c>eth_syncing</c> is not asked when they agree: some clients answer with progress of old data for days.
    /// </summary>
    public static bool? InStep(StackFacts stack)
    {
        if (stack is not { Beacon: { Reach: Reach.Ok } beacon, Execution: { Reach: Reach.Ok } el, Spec: { } spec })
            return null;
        if (beacon.ExecutionHash is { } hash && el.LatestHash is { } latest && hash == latest)
            return true;
        // It has the next block already: a beacon node hands a block over before it tells of its new head.
        if (beacon.ExecutionHash is { } known && el.LatestParent == known)
            return true;
        if (stack.Head is not { } head || el.At < stack.HeadSince)
            return null;
        if (beacon.ExecutionHash is not null && el.LatestHash is not null && beacon.Head is { } read && read.Root == head.Root)
            return false;
        return el.LatestTime >= spec.StartOf(head.Slot);
    }

    /// <summary>Its own word, where nothing else can be had; not where that client is known to say so wrongly and its head moves.</summary>
    private static Verdict? ByFlag(StackFacts stack, ChainSpec network, DateTimeOffset now, string caveat)
    {
        var beacon = stack.Beacon!;
        var follows = stack.Head is { } head && SyncDistance.Between(network.SlotAt(now), head.Slot).Slots <= 1;
        return beacon.ElOffline != true || (follows && ClientProfile.Of(beacon.Version) is { ElOffline: FlagTrust.WithHead })
            ? null
            : new Verdict(Tier.Suspect, Conditions.ExecutionUnreachable, $"beacon node says its execution client is offline; {caveat}", beacon, Hard: false);
    }

    private static Verdict? Position(StackFacts stack, ChainSpec? network, Head? expected, DateTimeOffset now)
    {
        if (stack.Head is not { } head)
            return new Verdict(Tier.Out, null, "its head is not known yet", null, Hard: true);
        if (expected is { } e && e.Root != head.Root)
        {
            if (SyncDistance.Between(e.Slot, head.Slot).Slots >= 2)
                return new Verdict(Tier.Lagging, Conditions.BeaconSyncing, $"head {SyncDistance.Between(e.Slot, head.Slot)} slots behind the other nodes", stack.Beacon, Hard: false);
            if (e.Slot <= head.Slot)
                return new Verdict(Tier.Lagging, Conditions.BeaconSyncing, $"on another head than the other nodes at slot {head.Slot}", stack.Beacon, Hard: false);
        }
        var lag = SyncDistance.Between(network!.SlotAt(now), head.Slot);
        return lag.Slots >= LongWithoutHead
            ? new Verdict(Tier.Lagging, Conditions.BeaconSyncing, $"no new head for {lag} slots", stack.Beacon, Hard: false)
            : null;
    }

    private static Verdict? Breadth(StackFacts stack, RankingConfig config)
    {
        if (stack.Beacon!.Peers is { } peers && peers < config.MinPeers)
            return new Verdict(Tier.Thin, Conditions.BeaconFewPeers, $"in sync, but only {peers} peers (wanted: {config.MinPeers})", stack.Beacon, Hard: false);
        return stack.HasExecution || stack.IsPeer
            ? null
            : new Verdict(Tier.Thin, null, "in sync; no execution client configured, so its failure would show late", stack.Beacon, Hard: false);
    }
}
