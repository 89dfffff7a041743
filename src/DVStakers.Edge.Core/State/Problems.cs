using System.Collections.Immutable;
using System.Globalization;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;

namespace DVStakers.Edge.Core.State;

/// <summary>Finds the conditions that hold now; one that held before keeps its time.</summary>
internal static class Problems
{
    /// <summary>Clock offsets under this can be the one-second resolution of an HTTP Date header and a slow answer.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(2);

    /// <summary>A block may be gossiped a little before its slot (consensus-specs: MAXIMUM_GOSSIP_CLOCK_DISPARITY, 500 ms).</summary>
    private static readonly TimeSpan GossipDisparity = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan CertificateNotice = TimeSpan.FromDays(30);

    public static ImmutableArray<Condition> Find(ImmutableArray<StackMemory> stacks, Surroundings around, ChainSpec? network, ImmutableArray<Condition> before, DateTimeOffset now)
    {
        var (broker, peers, drain, membership) = (around.Broker, around.Peers, around.Drain, around.Membership);
        var found = ImmutableArray.CreateBuilder<Condition>();
        void Add(ConditionKind kind, string subject, string detail)
        {
            var known = before.FirstOrDefault(c => c.Kind == kind && c.Subject == subject);
            found.Add(known is null ? new Condition(kind, subject, detail, now) : known with { Detail = detail });
        }

        foreach (var stack in stacks)
            if (stack.Steady is { Settled: true, Kind: { } kind })
                Add(kind, stack.Name, stack.Steady.Reason);

        // Before every stack was read once, silence is not yet a problem.
        if (stacks.All(s => s.Steady.Settled))
        {
            var good = stacks.Where(s => s.Steady.Tier.Qualifies()).Select(s => s.Name).ToList();
            if (good.Count == 0)
                Add(Conditions.NoStack, "agent", stacks.Length == 0 ? "no stack is configured and none was found" : "none of the stacks qualifies");
            else if (good.Count == 1 && stacks.Length > 1)
                Add(Conditions.OneStackLeft, "agent", $"only {good[0]} can serve");
        }

        if ((Clock(stacks, network, now) ?? ClockOf(peers)) is { } clock)
            Add(Conditions.ClockWrong, "agent", clock);
        if (broker.State is BrokerState.Disconnected or BrokerState.Refused)
            Add(Conditions.MqttDown, "agent", broker.Detail);
        if (broker.State is BrokerState.LibraryMissing)
            Add(Conditions.MqttLibraryMissing, "agent", broker.Detail);
        if (drain.Box)
            Add(Conditions.DrainedNow, "agent", "the whole box");
        foreach (var stack in stacks.Where(s => s.Peer is null && drain.Stacks.Contains(s.Name)))
            Add(Conditions.DrainedNow, stack.Name, "this stack");
        if (membership is { NotAfter: var end } && end - now < CertificateNotice)
            Add(Conditions.CertificateEnds, "agent", string.Create(CultureInfo.InvariantCulture, $"{(end < now ? "it ended" : "it ends")} on {end.UtcDateTime:yyyy-MM-dd HH:mm} UTC"));
        if (membership?.Problem is { } wrong)
            Add(Conditions.RosterWrong, "agent", wrong);
        foreach (var (kind, detail) in around.Supply?.Problems() ?? [])
            Add(kind, "agent", detail);
        foreach (var peer in peers.Peers)
        {
            // Without our own broker nobody is heard, and that is said above.
            if (peer is { Standing: Standing.Silent, HeardAt: { } heard } && broker.State is BrokerState.Connected)
                Add(Conditions.PeerSilent, peer.Box, string.Create(CultureInfo.InvariantCulture, $"last heard at {heard.UtcDateTime:HH:mm:ss} UTC"));
            if (peer.IsRefused)
                Add(Conditions.PeerRefused, peer.Box, $"{peer.Refused}; last: {peer.Refused.LastReason}");
        }
        return found.ToImmutable();
    }

    private static string? Clock(ImmutableArray<StackMemory> stacks, ChainSpec? network, DateTimeOffset now)
    {
        foreach (var (name, facts) in stacks.Select(s => (s.Name, s.Facts)))
        {
            if (network is null || facts.Beacon is not { Reach: Reach.Ok } beacon || facts.Spec?.SameNetwork(network) != true)
                continue;
            if (beacon.ClockOffset is { } offset && offset.Duration() > ClockTolerance)
                return $"{name}'s clock is {offset.TotalSeconds:0} s {(offset > TimeSpan.Zero ? "ahead of" : "behind")} this box's: one of the two is wrong";
            if (facts.Head is { } head && head.Slot > network.SlotAt(now + GossipDisparity))
                return $"{name} has a head at slot {head.Slot}, but by this box's clock it is only slot {network.SlotAt(now)}: the clock is behind";
        }
        return null;
    }

    /// <summary>At least two peers, and most of those heard, whose clocks agree with each other and not with ours.</summary>
    private static string? ClockOf(PeerBook peers)
    {
        var behind = peers.Known.Where(p => p.ClockBehind is not null).Select(p => p.ClockBehind!.Value).Order().ToList();
        if (behind.Count == 0)
            return null;
        var middle = behind[behind.Count / 2];
        var agree = behind.Count(b => (b - middle).Duration() <= ClockTolerance);
        return agree >= 2 && agree * 2 > behind.Count && middle.Duration() > ClockTolerance
            ? $"this box's clock is {middle.Duration().TotalSeconds:0} s {(middle > TimeSpan.Zero ? "ahead of" : "behind")} those of {agree} of {behind.Count} peers"
            : null;
    }
}
