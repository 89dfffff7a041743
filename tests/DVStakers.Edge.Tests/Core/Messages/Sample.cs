using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Duties;
using DVStakers.Edge.Core.Machine;
using DVStakers.Edge.Core.Messages;
using DVStakers.Edge.Core.Power;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;
using ClientState = DVStakers.Edge.Core.Readings.ClientState;

namespace DVStakers.Edge.Tests.Core.Messages;

/// <summary>A box with two stacks: home-a healthy and serving, home-b with a dead execution client.</summary>
internal static class Sample
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, 250, TimeSpan.Zero);

    public static readonly MessageHeader Header =
        new(new Topics("kili", "node-1"), "0.1.0", "6f1c0a", Boot: 41, Sequence: 7, TimeToLive: TimeSpan.FromSeconds(30));

    private static readonly Head Live = new(new Slot(1000), Root('a'), Optimistic: false);

    public static Snapshot Snapshot { get; } = new()
    {
        At = Noon,
        Stacks =
        [
            new StackStatus
            {
                Name = "home-a", Tier = Tier.Healthy, Reason = "on the expected head", Since = Noon.AddHours(-3), Head = Live, Lag = new SyncDistance(0),
                Beacon = new BeaconReading
                {
                    At = Noon, Reach = Reach.Ok, Head = Live, Peers = 62, Version = "Lighthouse/v7.0.1", ElOffline = false,
                    RoundTrip = TimeSpan.FromMicroseconds(3440),
                },
                Execution = new ExecutionReading
                {
                    At = Noon, Reach = Reach.Ok, LatestHash = Root('e'), LatestNumber = 900, LatestTime = Noon, Peers = 31, Version = "Nethermind/1.30",
                    RoundTrip = TimeSpan.FromMilliseconds(2),
                },
            },
            new StackStatus
            {
                Name = "home-b", Tier = Tier.Suspect, Reason = "its execution client isn't there", Since = Noon.AddSeconds(-42),
                Head = new Head(new Slot(990), Root('b'), Optimistic: false), Lag = new SyncDistance(10),
                Beacon = new BeaconReading { At = Noon, Reach = Reach.Ok },
                Execution = new ExecutionReading { At = Noon, Reach = Reach.Unreachable, Problem = "connection refused" },
            },
        ],
        Ranking =
        [
            new RankedStack(1, "home-a", Tier.Healthy, "on the expected head"),
            new RankedStack(2, "home-b", Tier.Suspect, "its execution client isn't there"),
        ],
        Heads = HeadHistory.Empty.With(Live),
        Serving = "home-a",
        ServingReason = "first in the ranking",
        Conditions = [new Condition(Conditions.ExecutionUnreachable, "home-b", "connection refused", Noon.AddSeconds(-42))],
        Broker = new BrokerReading(BrokerState.Connected, "127.0.0.1:1883", Noon),
    };

    /// <summary>The same with a network, so that every key of the health message is there.</summary>
    public static Snapshot Everything { get; } = Snapshot with
    {
        Busy = true,
        Power = new PowerStatus { Source = PowerSource.Battery, Reason = "the UPS says so", Since = Noon, ChargePercent = 71, RunTimeLeft = TimeSpan.FromMinutes(42), Stopping = true },
        Machine = MachineStatus.Unseen with
        {
            Host = new(
                new HostReading
                {
                    At = Noon, Processor = new("cpu", 54.4, 95), Drive = new("nvme0", 41.2, 85), UnderVoltage = true, Memory = new(16L << 30, 7L << 30, 0, 0, 0.1),
                    Clock = new(true), Wear = [new("mmcblk0", 10), new("nvme0", null)],
                },
                [new(new("/", ["/home"], 2000, 823, ReadOnly: true), TimeSpan.FromDays(23.7))]),
            Clients =
            [
                new() { Name = "geth.service", Role = ClientKind.Execution, State = ClientState.Failed, Wanted = true, Restarts = 2, LastEnd = "out of memory", Killed = true },
                new() { Name = "lighthousebeacon.service", Role = ClientKind.Consensus, State = ClientState.Running, Wanted = true, LastEnd = "exit code 1" },
            ],
        },
        Spec = new ChainSpec
        {
            ConfigName = "mainnet", GenesisTime = Noon, GenesisValidatorsRoot = Root('c'), SlotDuration = TimeSpan.FromSeconds(12), SlotsPerEpoch = 32,
            AttestationDue = TimeSpan.FromSeconds(4), AggregateDue = TimeSpan.FromSeconds(8), DepositChainId = 1,
        },
    };

    /// <summary>One made that would have been missed, one missed, one proposal, all in epoch 31.</summary>
    public static DutyBook Book { get; } = DutyBook.Empty.With(
        [
            new SettledDuty
            {
                Kind = DutyKind.Attestation, Slot = new Slot(992), Validator = 7, Outcome = DutyOutcome.Made, Distance = 1, RightHead = true, RightSource = true, RightTarget = true,
                Serving = new("home-b", Noon, TimeSpan.FromMilliseconds(12), "home-a stands still", OldPath.Stale, "home-a", "it answers from an old head"),
                Submission = new(Noon, ["home-b"], []), SentAfter = TimeSpan.FromSeconds(4.1),
            },
            new SettledDuty { Kind = DutyKind.Attestation, Slot = new Slot(993), Validator = 8, Outcome = DutyOutcome.Missed, LastChance = new Slot(1055) },
            new SettledDuty { Kind = DutyKind.Proposal, Slot = new Slot(994), Validator = 7, Outcome = DutyOutcome.Made, Distance = 0 },
            new SettledDuty { Kind = DutyKind.Sync, Slot = new Slot(994), Validator = 7, Outcome = DutyOutcome.Partial, Seats = 2, SeatsFilled = 1, Distance = 1 },
        ], Everything.Spec!) with { At = Noon, HeadSlot = new Slot(1000), Open = 3 };

    public static Snapshot With(this Snapshot snapshot, string stack, Tier tier, string reason) => snapshot with
    {
        Stacks = [.. snapshot.Stacks.Select(s => s.Name == stack ? s with { Tier = tier, Reason = reason } : s)],
        Ranking = [.. snapshot.Ranking.Select(r => r.Name == stack ? r with { Tier = tier, Reason = reason } : r)
            .OrderBy(r => r.Tier).Select((r, i) => r with { Place = i + 1 })],
    };

    public static Root Root(char digit) =>
        DVStakers.Edge.Core.Chain.Root.TryParse("0x" + new string(digit, 64), out var root) ? root : throw new ArgumentException("not a hexadecimal digit");
}
