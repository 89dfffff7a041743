using System.Collections.Immutable;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;

namespace DVStakers.Edge.Core.State;

/// <summary>
/// The whole decision, pure: what was known, one thing seen (or a tick of the clock), the time; out come what is known now and its snapshot.
/// </summary>
public sealed record Judge
{
    private readonly RankingConfig config;
    private readonly ImmutableArray<StackMemory> stacks;
    private readonly Surroundings around;
    private readonly Assignment assignment = Assignment.None;
    private readonly HeadHistory heads = HeadHistory.Empty;
    private readonly ImmutableArray<Condition> conditions = [];

    /// <summary>The network that the validator is served for; null until most of the stacks were seen on one.</summary>
    private readonly ChainSpec? home;

    private Judge(RankingConfig config, ImmutableArray<StackMemory> stacks, Surroundings around)
    {
        this.config = config;
        this.stacks = stacks;
        this.around = around;
        Snapshot = null!;
    }

    private Judge(Judge before, ImmutableArray<StackMemory> stacks, Surroundings around, ChainSpec? home, Assignment assignment, HeadHistory heads, Snapshot snapshot)
        : this(before.config, stacks, around)
    {
        this.home = home;
        this.assignment = assignment;
        this.heads = heads;
        conditions = [.. snapshot.Conditions];
        Snapshot = snapshot;
    }

    public Snapshot Snapshot { get; }

    /// <summary>Before anything was seen.</summary>
    public static Judge Start(EdgeConfig config, DateTimeOffset now)
    {
        var broker = config.Mqtt is { } mqtt
            ? new BrokerReading(BrokerState.Connecting, $"{mqtt.Host}:{mqtt.Port}", now)
            : new BrokerReading(BrokerState.NotConfigured, "no mqtt in the configuration", now);
        return new Judge(config.Ranking, [.. config.Stacks.Select(s => StackMemory.Of(s, now))], new Surroundings { Broker = broker, Supply = config.Power is { } power ? PowerMemory.Of(power, now) : null }).Next(null, now);
    }

    /// <summary>Takes one observation, or null for a tick.</summary>
    public Judge Next(Observation? seen, DateTimeOffset now)
    {
        // 1. Remember.
        var known = seen switch
        {
            null => stacks,
            PeersConfigured p => Joined(p.Stacks, now),
            _ => stacks.Select(s => s.With(seen)).ToImmutableArray(),
        };
        var beside = (seen is null ? around : around.With(seen)).Powered(seen, now);

        // 2. What network this is, and what its head should be.
        var (network, certain) = Network(known);
        var expected = network is null ? null : Expected(known, beside.Peers, network, now);
        var past = network is null || Snapshot?.Spec?.SameNetwork(network) != false ? heads : HeadHistory.Empty;
        var history = (expected is { } head ? past.With(head) : past).Beside(Heads(known, network));

        // 3. Judge and steady each stack; where none is good after that, once more without waiting for recovered ones.
        var steadied = Steadied(nothingBetter: false);
        known = steadied.Any(s => s.Steady.Tier.Qualifies()) ? steadied : Steadied(nothingBetter: true);

        ImmutableArray<StackMemory> Steadied(bool nothingBetter) => [.. known.Select(s => s with
        {
            Steady = s.Steady.Next(Diagnosis.Of(s.Facts, network, expected, now, config), network, now, config, nothingBetter),
        })];

        // 4. Rank, and choose who serves.
        var stacksNow = known.Select(s => s.Status(network, now)).ToList();
        var spread = beside.Spread(stacksNow);
        var ranking = Ranker.Rank(known.Select(s => Entrant(s, beside, spread, network)));
        var serving = Assignment.Next(assignment, ranking, network, now, known.All(s => s.Steady.Settled));

        // 5. Name what is wrong, and publish.
        var self = beside.Peers.Self;
        var snapshot = new Snapshot
        {
            At = now,
            Spec = network,
            Stacks = stacksNow,
            Ranking = ranking,
            Heads = history,
            Serving = serving.Stack,
            ServingReason = serving.Reason,
            Conditions = Problems.Find(known, beside, network, conditions, now),
            Broker = beside.Broker,
            Peers = beside.Peers,
            Lent = spread.Where(b => b.Key != self && b.Value.Any(n => n.Box == self)).ToDictionary(b => b.Key, b => b.Value.First(n => n.Box == self).Stack),
            Drained = beside.Drain,
            Power = beside.Power,
            Busy = beside.Busy,
        };
        return new Judge(this, known, beside, certain ? network : null, serving, history, snapshot);
    }

    /// <summary>The peers' nodes as the roster has them now, behind this box's own; what is known of one that stays is kept.</summary>
    private ImmutableArray<StackMemory> Joined(IReadOnlyList<StackConfig> peers, DateTimeOffset now) =>
    [
        .. stacks.Where(s => s.Peer is null),
        .. peers.Select(p => stacks.FirstOrDefault(s => s.Peer == p.Peer && s.Name == p.Name && s.Address == p.BeaconNode) ?? StackMemory.Of(p, now)),
    ];

    private static Entrant Entrant(StackMemory stack, Surroundings around, IReadOnlyDictionary<string, IReadOnlyList<NodeId>> spread, ChainSpec? network)
    {
        if (stack.Peer is not { } box)
            return new(stack.Name, stack.Steady.Tier, stack.Steady.Reason, Leaving: around.Drain.Has(stack.Name));
        // A box that has a good node of its own borrows none, and then all peers are its first choice.
        var choices = spread.GetValueOrDefault(around.Peers.Self)?.Select(n => n.Box).Distinct().ToList();
        var choice = choices is null ? 0 : choices.IndexOf(box) is >= 0 and var place ? place : choices.Count;
        var said = around.Peers.Known.FirstOrDefault(p => p.Box == box)?.Said;
        return new(stack.Name, stack.Steady.Tier, stack.Steady.Reason,
            PeerStanding.Of(stack.RoundTrips.High, choice, said is { IsStrained: true }, network), Leaving: said is { IsLeaving: true });
    }

    /// <summary>
    /// The network that most stacks are on; the configured order breaks a tie. A stack that is away keeps its vote: else the last one up, on a wrong network,
    /// would become right. Once more than half of all stacks were seen on one it is certain, and stays: nodes that come back on another
    /// network, be it every one of them, must not take the validator along.
    /// </summary>
    private (ChainSpec? Network, bool Certain) Network(ImmutableArray<StackMemory> stacks)
    {
        if (home is { } settled)
            // As the nodes describe it now: deadlines may change with a client's version.
            return (stacks.Select(s => s.Facts.Spec).FirstOrDefault(s => s?.SameNetwork(settled) == true) ?? settled, true);
        // Peers do not tell a box with nodes of its own where it belongs. Until one of those is up, theirs is what there is to go by.
        var own = stacks.RemoveAll(s => s.Peer is not null);
        var electorate = own.IsEmpty ? stacks : own;
        var voters = electorate.Any(s => s.Facts.Spec is not null) ? electorate : stacks;
        ChainSpec? best = null;
        var votes = 0;
        foreach (var stack in voters)
        {
            if (stack.Facts.Spec is not { } spec)
                continue;
            var count = voters.Count(s => s.Facts.Spec is { } other && other.SameNetwork(spec));
            if (count > votes)
                (best, votes) = (spec, count);
        }
        return (best, voters == electorate && votes * 2 > electorate.Length);
    }

    /// <summary>From our own probes, and one voice of each peer whose node is not among those we probe.</summary>
    private static Head? Expected(ImmutableArray<StackMemory> stacks, PeerBook peers, ChainSpec network, DateTimeOffset now)
    {
        var trusted = stacks
            .Where(s => s.Facts is { Beacon.Reach: Reach.Ok or Reach.Silent, Spec: { } spec, Head: not null } && spec.SameNetwork(network))
            .OrderBy(s => s.Steady.Tier)
            .ToList();
        return ExpectedHead.Merge([.. trusted.Select(s => new Witness(s.Facts.Head!.Value, s.Facts.Trail)), .. peers.Witnesses(network, without: [.. trusted.Select(s => s.Peer).OfType<string>()])], network.SlotAt(now));
    }

    private static IEnumerable<Head> Heads(ImmutableArray<StackMemory> stacks, ChainSpec? network) => stacks
        .Where(s => s.Facts is { Head: not null, Spec: { } spec } && network is not null && spec.SameNetwork(network))
        .Select(s => s.Facts.Head!.Value);
}
