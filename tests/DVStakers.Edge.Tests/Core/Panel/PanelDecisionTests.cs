using DVStakers.Edge.Core.Panel;
using DVStakers.Edge.Core.Power;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Tests.Core.Panel;

public sealed class PanelDecisionTests
{
    private static readonly StackStatus Good = Snapshots.Stack("a", Tier.Healthy, "good");
    private static readonly StackStatus Unseen = Snapshots.Stack("a", Tier.Out, "nothing read yet", seen: false);

    public static TheoryData<string, Snapshot, string, string, string> Table => new()
    {
        { "all good", Snapshots.Of([Good]), "solid", "solid", "the stack is good" },
        { "starting", Snapshots.Of([Unseen]), "slow blink", "slow blink", "starting: no stack is judged yet" },
        { "nothing configured", Snapshots.Of([]), "slow blink", "slow blink", "starting: no stack is judged yet" },
        { "beacon gone", With(Tier.Out, Conditions.BeaconUnreachable), "two flashes", "solid", "consensus problem: b, beacon node unreachable" },
        { "few peers", With(Tier.Thin, Conditions.BeaconFewPeers), "two flashes", "solid", "consensus problem: b, beacon node has few peers" },
        { "execution gone", With(Tier.Suspect, Conditions.ExecutionUnreachable), "three flashes", "solid", "execution problem: b, execution client unreachable" },
        { "optimistic", With(Tier.Optimistic, Conditions.BeaconOptimistic), "three flashes", "solid", "execution problem: b, beacon node cannot verify its head" },
        { "syncing", With(Tier.Syncing, Conditions.BeaconSyncing), "slow blink", "solid", "syncing: b, beacon node is not in sync" },
        { "consensus before execution", With(Tier.Out, Conditions.ExecutionSilent, Conditions.BeaconSilent), "two flashes", "solid", "consensus problem: b, beacon node does not answer" },
        { "the gravest first", With(Tier.Out, Conditions.BeaconFewPeers, Conditions.WrongNetwork), "two flashes", "solid", "consensus problem: b, on another network" },
        { "broken, not yet named", With(Tier.Lagging + 1), "slow blink", "solid", "b is not good yet: because" },
        { "last resort", Snapshots.Of([Snapshots.Stack("b", Tier.Suspect, "because")], [Snapshots.Condition(Conditions.ExecutionApart, "b")]), "three flashes", "slow blink", "execution problem: b, execution client is not on its beacon node's head" },
        { "none may serve", Snapshots.Of([Snapshots.Stack("b", Tier.Optimistic, "because")], [Snapshots.Condition(Conditions.BeaconOptimistic, "b")]), "three flashes", "fast blink", "execution problem: b, beacon node cannot verify its head" },
        { "the broker is no stack's problem", Snapshots.Of([Good], [Snapshots.Condition(Conditions.MqttDown, "agent")]), "solid", "solid", "the stack is good" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Every_row_of_the_table(string row, Snapshot snapshot, string stack, string validator, string meaning)
    {
        var panel = PanelDecision.Of(snapshot);
        Assert.Equal((row, stack, validator, meaning), (row, panel.Stack.Pattern.Word, panel.Validator.Pattern.Word, panel.Stack.Meaning));
        Assert.Equal(panel.Stack with { Name = "single" }, panel.Single);
        Assert.Equal(LedPattern.Off, panel.Power.Pattern);
    }

    [Theory]
    [InlineData(BrokerState.NotConfigured, "off")]
    [InlineData(BrokerState.LibraryMissing, "three flashes")]
    [InlineData(BrokerState.Connecting, "slow blink")]
    [InlineData(BrokerState.Connected, "solid")]
    [InlineData(BrokerState.Disconnected, "two flashes")]
    [InlineData(BrokerState.Refused, "two flashes")]
    public void The_cluster_led_shows_the_broker(BrokerState state, string pattern) =>
        Assert.Equal(pattern, PanelDecision.Of(Snapshots.Of([Good], broker: state)).Cluster.Pattern.Word);

    [Theory]
    [InlineData(PowerSource.Mains, false, false, "solid", "three flashes")]
    [InlineData(PowerSource.Battery, false, false, "blip", "three flashes")]
    [InlineData(PowerSource.Battery, true, false, "fast blink", "fast blink")]
    [InlineData(PowerSource.Mains, false, true, "fast blink", "fast blink")]
    public void A_lone_led_tells_of_the_battery_and_before_all_else_of_its_end(PowerSource source, bool low, bool stopping, string whenGood, string withAProblem)
    {
        var power = new PowerStatus { Source = source, Reason = "", Low = low, Stopping = stopping };
        Assert.Equal(whenGood, PanelDecision.Of(Snapshots.Of([Good]) with { Power = power }).Single.Pattern.Word);
        var problem = PanelDecision.Of(Snapshots.Of([Good], [Snapshots.Condition(Conditions.ExecutionUnreachable, "a")]) with { Power = power });
        Assert.Equal("three flashes", problem.Stack.Pattern.Word);
        Assert.Equal(withAProblem, problem.Single.Pattern.Word);
    }

    [Fact]
    public void Every_condition_of_a_stack_shows_on_its_led()
    {
        ConditionKind[] notAStacks = [Conditions.NoStack, Conditions.OneStackLeft, Conditions.MqttDown, Conditions.MqttLibraryMissing, Conditions.PeerSilent, Conditions.PeerRefused,
            Conditions.CertificateEnds, Conditions.RosterWrong, Conditions.DrainedNow,
            Conditions.OnBattery, Conditions.BatteryLow, Conditions.UpsSilent, Conditions.UpsNonsense, Conditions.BatteryWorn,
            Conditions.StoppingForPower, Conditions.ShuttingDown, Conditions.ReturningFromOutage, Conditions.StopFailed, Conditions.StopLimitShort, .. MachineConditions.All];
        foreach (var kind in Conditions.All.Except(notAStacks))
            Assert.NotEqual(LedPattern.Solid, PanelDecision.Of(Snapshots.Of([Good], [Snapshots.Condition(kind, "a")])).Stack.Pattern);
    }

    [Fact]
    public void A_stopping_agent_blinks_fast()
    {
        var panel = PanelDecision.Stopping(PanelDecision.Of(Snapshots.Of([Good])));
        Assert.Equal((LedPattern.Fast, LedPattern.Fast, LedPattern.Solid), (panel.Single.Pattern, panel.Validator.Pattern, panel.Stack.Pattern));
    }

    [Fact]
    public void Every_blinking_pattern_repeats_within_the_three_seconds_of_a_glance()
    {
        foreach (var pattern in new[] { LedPattern.Slow, LedPattern.TwoFlashes, LedPattern.ThreeFlashes, LedPattern.Fast, LedPattern.Blip })
        {
            Assert.True(pattern.Steps.Sum(s => s.Milliseconds) <= 3000);
            Assert.Equal(pattern.Steps.Select((_, i) => i % 2 == 0), pattern.Steps.Select(s => s.On));
        }
    }

    private static Snapshot With(Tier tier, params ConditionKind[] kinds) =>
        Snapshots.Of([Good, Snapshots.Stack("b", tier, "because")], [.. kinds.Select(k => Snapshots.Condition(k, "b"))]);
}
