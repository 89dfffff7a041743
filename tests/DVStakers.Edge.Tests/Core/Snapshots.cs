using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Tests.Core;

/// <summary>Snapshots for tests of what reads them.</summary>
internal static class Snapshots
{
    public static readonly DateTimeOffset Now = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static readonly ChainSpec Spec = new()
    {
        ConfigName = "mainnet",
        GenesisTime = Now - TimeSpan.FromSeconds(12 * 9_876_543),
        GenesisValidatorsRoot = RootOf(1),
        SlotDuration = TimeSpan.FromSeconds(12),
        SlotsPerEpoch = 32,
        AttestationDue = TimeSpan.FromSeconds(4),
        AggregateDue = TimeSpan.FromSeconds(8),
        DepositChainId = 1,
    };

    public static Root RootOf(byte fill)
    {
        var bytes = new byte[32];
        bytes.AsSpan().Fill(fill);
        return Root.FromBytes(bytes);
    }

    public static StackStatus Stack(string name, Tier tier, string reason, Reach execution = Reach.Ok, bool seen = true) => new()
    {
        Name = name,
        Tier = tier,
        Reason = reason,
        Since = Now - TimeSpan.FromHours(3),
        Head = seen ? new Head(new Slot(9_876_543), RootOf(2), false) : null,
        Lag = seen ? new SyncDistance(0) : null,
        Beacon = seen ? new BeaconReading { At = Now, Reach = Reach.Ok, Peers = 82, Version = "Lighthouse/v7.0.1-e42406d/x86_64-linux" } : null,
        Execution = seen ? new ExecutionReading { At = Now, Reach = execution, Peers = execution == Reach.Ok ? 50 : null, Version = execution == Reach.Ok ? "Geth/v1.15.2-stable/linux-amd64/go1.23.5" : null } : null,
    };

    /// <summary>Ranked in the order given; the first that may attest serves.</summary>
    public static Snapshot Of(StackStatus[] stacks, Condition[]? conditions = null, BrokerState broker = BrokerState.Connected, string why = "first in order of the healthy stacks") => new()
    {
        At = Now,
        Spec = Spec,
        Stacks = stacks,
        Ranking = [.. stacks.OrderBy(s => s.Tier).Select((s, i) => new RankedStack(i + 1, s.Name, s.Tier, s.Reason))],
        Serving = stacks.OrderBy(s => s.Tier).FirstOrDefault(s => s.Tier.MayAttest() && s.Beacon is not null)?.Name,
        ServingReason = why,
        Heads = HeadHistory.Empty,
        Conditions = conditions ?? [],
        Broker = new(broker, broker == BrokerState.NotConfigured ? "" : "127.0.0.1:1883", Now - TimeSpan.FromHours(3)),
    };

    public static Condition Condition(ConditionKind kind, string subject, string detail = "") => new(kind, subject, detail, Now - TimeSpan.FromMinutes(5));
}
