using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;
using DVStakers.Edge.Tests.Core.Chain;

namespace DVStakers.Edge.Tests.Core.Ranking;

public sealed class DiagnosisTests
{
    /// <summary>5 s into slot 100; a stack in full health has its head there, and both its parts were read after it came.</summary>
    private static readonly DateTimeOffset Now = Given.At(100, 5);

    private static readonly StackFacts Good = new()
    {
        HasExecution = true,
        Spec = Given.Mainnet,
        Head = Given.Head(100),
        HeadSince = Given.At(100, 1),
        Beacon = new BeaconReading
        {
            At = Given.At(100, 3), Reach = Reach.Ok, Head = Given.Head(100), ExecutionHash = Given.Payload(100), Peers = 60, ElOffline = false, Spec = Given.Mainnet,
        },
        Execution = new ExecutionReading
        {
            At = Given.At(100, 4), Reach = Reach.Ok, LatestHash = Given.Payload(100), LatestNumber = 77, LatestTime = Given.At(100, 0), ChainId = 1, Peers = 30,
        },
    };

    private sealed record Row(string Case, StackFacts Facts, Tier Tier, ConditionKind? Kind, string Words, bool Hard = false)
    {
        public Head? Expected { get; init; } = Given.Head(100);
        public ChainSpec? Network { get; init; } = Given.Mainnet;
    }

    private static StackFacts Bn(Func<BeaconReading, BeaconReading> change) => Good with { Beacon = change(Good.Beacon!) };
    private static StackFacts El(Func<ExecutionReading, ExecutionReading> change) => Good with { Execution = change(Good.Execution!) };
    private static StackFacts ElLost(Reach reach, string problem) => Good with { Execution = new ExecutionReading { At = Given.At(100, 4), Reach = reach, Problem = problem } };
    private static StackFacts BnLost(Reach reach, string problem) => Good with { Beacon = new BeaconReading { At = Given.At(100, 4), Reach = reach, Problem = problem } };
    private static StackFacts HeadAt(Head head) => Good with
    {
        Head = head,
        Beacon = Good.Beacon! with { Head = head, ExecutionHash = Given.Payload(head.Slot.Value) },
        Execution = Good.Execution! with { LatestHash = Given.Payload(head.Slot.Value), LatestTime = Given.Mainnet.StartOf(head.Slot) },
    };

    private static readonly Row[] Rows =
    [
        new("all is well", Good, Tier.Healthy, null, "in sync"),
        new("no reading of the beacon node yet", Good with { Beacon = null }, Tier.Out, null, "not read yet", Hard: true),
        new("beacon node refuses the connection", BnLost(Reach.Unreachable, "connection refused"), Tier.Out, Conditions.BeaconUnreachable, "connection refused", Hard: true),
        new("beacon node is silent", BnLost(Reach.Silent, "no answer in 2 s"), Tier.Out, Conditions.BeaconSilent, "no answer in 2 s"),
        new("beacon node is silent, but was fit before", BnLost(Reach.Silent, "no answer in 2 s") with { WasFit = true }, Tier.Suspect, Conditions.BeaconSilent, "no answer in 2 s"),
        new("beacon node is silent, was fit, and an event says its head is optimistic", BnLost(Reach.Silent, "no answer in 2 s") with { WasFit = true, Head = Given.Head(100, optimistic: true) }, Tier.Out, Conditions.BeaconSilent, "no answer", Hard: true),
        new("beacon node is silent, was fit, on another network", BnLost(Reach.Silent, "no answer in 2 s") with { WasFit = true, Spec = Given.Testnet }, Tier.Out, Conditions.BeaconSilent, "no answer"),
        new("beacon node answers HTTP 500, and an event says its head is optimistic", BnLost(Reach.Refused, "HTTP 500") with { Head = Given.Head(100, optimistic: true) }, Tier.Out, Conditions.BeaconUnreachable, "HTTP 500", Hard: true),
        new("nine slots behind, because its execution client is gone", HeadAt(Given.Head(91)) with { Execution = ElLost(Reach.Unreachable, "connection refused").Execution }, Tier.Syncing, Conditions.ExecutionUnreachable, "9 slots behind", Hard: true),
        new("syncing by its own word, because its execution client hangs", Bn(b => b with { IsSyncing = true }) with { Execution = ElLost(Reach.Silent, "no answer").Execution }, Tier.Syncing, Conditions.ExecutionSilent, "says it is syncing", Hard: true),
        new("beacon node answers HTTP 500", BnLost(Reach.Refused, "HTTP 500"), Tier.Out, Conditions.BeaconUnreachable, "HTTP 500"),
        new("beacon node wants credentials", BnLost(Reach.Denied, "HTTP 401"), Tier.Out, Conditions.BeaconUnreachable, "HTTP 401"),
        new("beacon node makes no sense", BnLost(Reach.Malformed, "not JSON"), Tier.Out, Conditions.BeaconUnreachable, "not JSON"),
        new("its specification is not known", Good with { Spec = null }, Tier.Out, null, "network is not known", Hard: true),
        new("no network is known", Good, Tier.Out, null, "network is not known", Hard: true) { Network = null },
        new("wrong genesis", Good with { Spec = Given.Testnet }, Tier.Out, Conditions.WrongNetwork, "wrong genesis: it is on hoodi", Hard: true),
        new("wrong deposit chain", Good with { Spec = Given.Mainnet with { DepositChainId = 5 } }, Tier.Out, Conditions.WrongNetwork, "deposit chain id 5", Hard: true),
        new("beacon node says it is optimistic", Bn(b => b with { IsOptimistic = true }), Tier.Optimistic, Conditions.BeaconOptimistic, "not verified", Hard: true),
        new("a head event says it is optimistic", Good with { Head = Given.Head(100, optimistic: true) }, Tier.Optimistic, Conditions.BeaconOptimistic, "not verified", Hard: true),
        new("optimistic and syncing", Bn(b => b with { IsOptimistic = true, IsSyncing = true }), Tier.Optimistic, Conditions.BeaconOptimistic, "not verified", Hard: true),
        new("optimistic, and its EL is dead", ElLost(Reach.Unreachable, "refused") with { Head = Given.Head(100, optimistic: true) }, Tier.Optimistic, Conditions.ExecutionUnreachable, "not verified", Hard: true),
        new("beacon node says it is syncing", Bn(b => b with { IsSyncing = true }), Tier.Syncing, Conditions.BeaconSyncing, "says it is syncing", Hard: true),
        new("syncing without peers", Bn(b => b with { IsSyncing = true, Peers = 0 }), Tier.Syncing, Conditions.BeaconSyncing, "no peers", Hard: true),
        new("far behind while it says it is in sync", HeadAt(Given.Head(91)), Tier.Syncing, Conditions.BeaconSyncing, "9 slots behind", Hard: true),
        new("8 behind is not yet far", HeadAt(Given.Head(92)), Tier.Lagging, Conditions.BeaconSyncing, "8 slots behind"),

        // The hole: the beacon node says 200 and "in sync" in every one of these.
        new("EL killed", ElLost(Reach.Unreachable, "connection refused"), Tier.Suspect, Conditions.ExecutionUnreachable, "connection refused", Hard: true),
        new("EL killed, beacon node reports el_offline false", ElLost(Reach.Unreachable, "gone") with { Beacon = Good.Beacon! with { ElOffline = false } }, Tier.Suspect, Conditions.ExecutionUnreachable, "gone", Hard: true),
        new("EL stopped", ElLost(Reach.Silent, "no answer in 2 s"), Tier.Suspect, Conditions.ExecutionSilent, "does not answer"),
        new("EL answers HTTP 500", ElLost(Reach.Refused, "HTTP 500"), Tier.Suspect, Conditions.ExecutionUnreachable, "HTTP 500"),
        new("EL makes no sense", ElLost(Reach.Malformed, "not JSON"), Tier.Suspect, Conditions.ExecutionUnreachable, "not JSON"),
        new("EL stands at an old block and says it is not syncing", El(e => e with { LatestHash = Given.Payload(90), LatestTime = Given.At(90, 0) }), Tier.Suspect, Conditions.ExecutionApart, "stands at block 77"),
        new("EL on another fork at the same height", El(e => e with { LatestHash = Given.Payload(100, 1) }), Tier.Suspect, Conditions.ExecutionApart, "stands at block 77"),
        new("EL syncing", El(e => e with { IsSyncing = true, LatestHash = Given.Payload(50), LatestTime = Given.At(50, 0) }), Tier.Suspect, Conditions.ExecutionSyncing, "syncing, at block 77"),
        new("EL on another chain", El(e => e with { ChainId = 5 }), Tier.Suspect, Conditions.WrongNetwork, "on chain 5", Hard: true),
        new("EL stale, seen by its clock where no hash is known", Good with { Beacon = Good.Beacon! with { ExecutionHash = null }, Execution = Good.Execution! with { LatestTime = Given.At(99, 0) } }, Tier.Suspect, Conditions.ExecutionApart, "stands at block 77"),
        new("EL stale, seen by its clock after a head event", Good with { Head = Given.Head(100), Beacon = Good.Beacon! with { Head = Given.Head(99), ExecutionHash = Given.Payload(99) }, Execution = Good.Execution! with { LatestHash = Given.Payload(98), LatestTime = Given.At(98, 0) } }, Tier.Suspect, Conditions.ExecutionApart, "stands at block 77"),
        new("EL not read yet", Good with { Execution = null }, Tier.Suspect, null, "not read yet"),
        new("EL unreadable and el_offline", ElLost(Reach.Denied, "HTTP 401") with { Beacon = Good.Beacon! with { ElOffline = true } }, Tier.Suspect, Conditions.ExecutionUnreachable, "JWT secret is refused"),
        new("no EL configured, and el_offline", Good with { HasExecution = false, Execution = null, Beacon = Good.Beacon! with { ElOffline = true } }, Tier.Suspect, Conditions.ExecutionUnreachable, "says its execution client is offline"),

        // What must not be taken for the hole.
        new("el_offline lies: the EL is in step", Bn(b => b with { ElOffline = true }), Tier.Healthy, null, "in sync"),
        new("el_offline unknown to the client", Bn(b => b with { ElOffline = null }), Tier.Healthy, null, "in sync"),
        new("EL says syncing for ever, but is in step", El(e => e with { IsSyncing = true }), Tier.Healthy, null, "in sync"),
        new("EL was read before the head came", El(e => e with { At = Given.At(100, 0.5), LatestHash = Given.Payload(99), LatestTime = Given.At(99, 0) }), Tier.Healthy, null, "in sync"),
        new("EL already has the block of a head event", Good with { Beacon = Good.Beacon! with { Head = Given.Head(99), ExecutionHash = Given.Payload(99) } }, Tier.Healthy, null, "in sync"),
        new("EL already has the block that the beacon node is about to tell of", El(e => e with { LatestHash = Given.Payload(101), LatestParent = Given.Payload(100), LatestTime = Given.At(101, 0) }), Tier.Healthy, null, "in sync"),
        new("EL ahead on another branch", El(e => e with { LatestHash = Given.Payload(101, 1), LatestParent = Given.Payload(100, 1), LatestTime = Given.At(101, 0) }), Tier.Suspect, Conditions.ExecutionApart, "stands at block 77"),
        new("EL does not say its chain", El(e => e with { ChainId = null }), Tier.Healthy, null, "in sync"),

        new("EL refuses our JWT", ElLost(Reach.Denied, "HTTP 401"), Tier.Thin, Conditions.ExecutionDenied, "HTTP 401"),
        new("few peers", Bn(b => b with { Peers = 2 }), Tier.Thin, Conditions.BeaconFewPeers, "only 2 peers"),
        new("peers unknown", Bn(b => b with { Peers = null }), Tier.Healthy, null, "in sync"),
        new("no EL configured", Good with { HasExecution = false, Execution = null }, Tier.Thin, null, "no execution client configured"),
        new("no head known", Good with { Head = null }, Tier.Out, null, "head is not known", Hard: true),
        new("one slot behind is a late block", HeadAt(Given.Head(99)), Tier.Healthy, null, "in sync"),
        new("two slots behind", HeadAt(Given.Head(98)), Tier.Lagging, Conditions.BeaconSyncing, "2 slots behind"),
        new("on another head of the same slot", HeadAt(Given.Head(100, 1)) with { }, Tier.Lagging, Conditions.BeaconSyncing, "another head"),
        new("alone, and no head for four slots", HeadAt(Given.Head(96)), Tier.Lagging, Conditions.BeaconSyncing, "no new head for 4 slots") { Expected = null },
        new("alone, three empty slots", HeadAt(Given.Head(97)), Tier.Healthy, null, "in sync") { Expected = null },
        new("ahead on a branch that the others are not on", HeadAt(Given.Head(100, 1)), Tier.Lagging, Conditions.BeaconSyncing, "another head") { Expected = Given.Head(99) },
    ];

    public static TheoryData<string> Cases => [.. Rows.Select(r => r.Case)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_stack_is_in_the_row_that_describes_it(string name)
    {
        var row = Rows.Single(r => r.Case == name);
        var verdict = Diagnosis.Of(row.Facts, row.Network, row.Expected, Now, new RankingConfig());
        Assert.Equal((row.Tier, row.Kind, row.Hard), (verdict.Tier, verdict.Kind, verdict.Hard));
        Assert.Contains(row.Words, verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_tier_and_every_condition_of_a_stack_has_a_case()
    {
        ConditionKind[] agents =
        [
            Conditions.NoStack, Conditions.OneStackLeft, Conditions.ClockWrong, Conditions.MqttDown, Conditions.MqttLibraryMissing, Conditions.PeerSilent, Conditions.PeerRefused,
            Conditions.CertificateEnds, Conditions.RosterWrong, Conditions.DrainedNow,
            Conditions.OnBattery, Conditions.BatteryLow, Conditions.UpsSilent, Conditions.UpsNonsense, Conditions.BatteryWorn,
            Conditions.StoppingForPower, Conditions.ShuttingDown, Conditions.ReturningFromOutage, Conditions.StopFailed, Conditions.StopLimitShort,
        ];
        var verdicts = Rows.Select(r => Diagnosis.Of(r.Facts, r.Network, r.Expected, Now, new RankingConfig())).ToList();
        Assert.Equal(Enum.GetValues<Tier>(), verdicts.Select(v => v.Tier).Distinct().Order());
        Assert.Equal(Conditions.All.Except([.. agents, .. MachineConditions.All]).Select(k => k.Code).Order(), verdicts.Select(v => v.Kind?.Code).OfType<string>().Distinct().Order());
        Assert.Equal(Enum.GetValues<Reach>().Length, Rows.Select(r => r.Facts.Beacon?.Reach).OfType<Reach>().Distinct().Count());
        Assert.Equal(Enum.GetValues<Reach>().Length, Rows.Select(r => r.Facts.Execution?.Reach).OfType<Reach>().Distinct().Count());
    }

    [Fact]
    public void What_speaks_against_a_stack_names_the_reading_it_rests_on() =>
        Assert.All(Rows, row =>
        {
            var verdict = Diagnosis.Of(row.Facts, row.Network, row.Expected, Now, new RankingConfig());
            if (verdict.Kind is not null && !verdict.Hard)
                Assert.True(ReferenceEquals(verdict.Evidence, row.Facts.Beacon) || ReferenceEquals(verdict.Evidence, row.Facts.Execution), row.Case);
        });
}
