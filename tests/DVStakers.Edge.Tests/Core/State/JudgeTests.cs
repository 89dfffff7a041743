using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.Routing;
using DVStakers.Edge.Core.State;
using DVStakers.Edge.Tests.Core.Chain;

namespace DVStakers.Edge.Tests.Core.State;

/// <summary>Readings in, snapshots out: the faults of a box as they come.</summary>
public sealed class JudgeTests
{
    private readonly RealStack a = new("a");
    private readonly RealStack b = new("b");

    private World Running(params RealStack[] stacks)
    {
        var world = new World(stacks.Length > 0 ? stacks : [a, b]);
        world.Slots(5);
        Assert.Equal("a", world.Snapshot.Serving);
        Assert.Empty(world.Snapshot.Conditions);
        return world;
    }

    private static int Moves(World world) => world.Past.Zip(world.Past.Skip(1)).Count(p => p.First.Serving != p.Second.Serving);

    [Fact]
    public void Before_any_reading_nothing_serves_and_nothing_is_wrong()
    {
        var world = new World(a, b);
        Assert.Null(world.Snapshot.Serving);
        Assert.False(world.Snapshot.Ready);
        Assert.Empty(world.Snapshot.Conditions);
        world.See(null);
        Assert.Empty(world.Snapshot.Conditions);
    }

    [Fact]
    public void A_stack_that_was_not_read_yet_raises_nothing_while_the_other_serves()
    {
        b.Seen = false;
        var world = new World(a, b);
        world.Seconds(3);
        Assert.Equal("a", world.Snapshot.Serving);
        Assert.True(world.Snapshot.Ready);
        Assert.Empty(world.Snapshot.Conditions);
    }

    [Fact]
    public void Two_good_stacks_never_change_places()
    {
        var world = Running();
        world.Slots(50);
        Assert.Equal(1, Moves(world));
        Assert.All(world.Past.Skip(20), s => Assert.Empty(s.Conditions));
    }

    [Fact]
    public void A_killed_execution_client_moves_the_validator_within_its_next_reading_though_the_beacon_node_says_all_is_well()
    {
        var world = Running();
        a.Execution = Life.Killed;
        world.Seconds(1);
        Assert.Equal("b", world.Snapshot.Serving);
        Assert.Equal(Tier.Suspect, world.TierOf("a"));
        Assert.Contains("execution-unreachable:a", world.Codes);
        Assert.Contains("one-stack-left:agent", world.Codes);
        Assert.True(world.Snapshot.Ready);
        Assert.Contains("a failed", world.Past.First(s => s.Serving == "b").ServingReason);
    }

    [Fact]
    public void A_stopped_execution_client_moves_the_validator_after_the_second_silent_reading()
    {
        var world = Running();
        a.Execution = Life.Stopped;
        world.Seconds(1);
        Assert.Equal("a", world.Snapshot.Serving);
        world.Seconds(1);
        Assert.Equal("b", world.Snapshot.Serving);
        Assert.Contains("execution-silent:a", world.Codes);
    }

    [Theory]
    [InlineData(Life.Killed, 1, "beacon-unreachable:a", Tier.Out)]
    [InlineData(Life.Stopped, 2, "beacon-silent:a", Tier.Suspect)]
    public void A_beacon_node_that_is_gone_moves_the_validator(Life life, int seconds, string code, Tier tier)
    {
        var world = Running();
        a.Beacon = life;
        world.Seconds(seconds);
        Assert.Equal("b", world.Snapshot.Serving);
        Assert.Equal(tier, world.TierOf("a"));
        Assert.Contains(code, world.Codes);
    }

    [Theory]
    [InlineData(true, Life.Killed)]
    [InlineData(true, Life.Stopped)]
    [InlineData(false, Life.Killed)]
    [InlineData(false, Life.Stopped)]
    public void After_a_fault_of_42_s_a_stack_ranks_first_again_after_three_good_slots_and_the_validator_comes_back_once_at_the_end_of_an_epoch(bool beacon, Life life)
    {
        var world = Running();
        if (beacon)
            a.Beacon = life;
        else
            a.Execution = life;
        world.Seconds(42);
        (a.Beacon, a.Execution) = (Life.Runs, Life.Runs);
        var returned = world.Now;
        var from = world.Past.Count - 1;
        world.Slots(40);
        Assert.InRange((world.Past.Skip(from).First(s => s.Ranking[0].Name == "a").At - returned).TotalSeconds, 25, 60);
        Assert.True(Given.Mainnet.InEpochSwitchWindow(world.Past.Skip(from).First(s => s.Serving == "a").At));
        Assert.Equal(3, Moves(world));
        Assert.Empty(world.Snapshot.Conditions);
    }

    [Fact]
    public void In_no_slot_are_two_good_nodes_mixed_and_no_optimistic_or_dead_one_serves_while_the_other_is_well()
    {
        var world = Running();
        world.Past.RemoveRange(0, world.Past.Count - 1);
        foreach (var fault in new Action[] { () => a.Execution = Life.Killed, () => a.Execution = Life.Stopped, () => a.Beacon = Life.Killed, () => a.Beacon = Life.Stopped, () => a.Optimistic = true })
        {
            fault();
            world.Seconds(42);
            (a.Beacon, a.Execution, a.Optimistic) = (Life.Runs, Life.Runs, false);
            world.Slots(40);
        }
        var moves = world.Past.Zip(world.Past.Skip(1)).Where(p => p.First.Serving is not null && p.First.Serving != p.Second.Serving).ToList();
        Assert.Equal(10, moves.Count);
        foreach (var (before, after) in moves)
            Assert.True(Given.Mainnet.InSwitchWindow(after.At) || !after.Stacks.Single(s => s.Name == before.Serving).Tier.Qualifies(),
                $"left {before.Serving} {(after.At - Given.Mainnet.StartOf(Given.Mainnet.SlotAt(after.At))).TotalSeconds} s into a slot: {after.ServingReason}");
        Assert.All(world.Past, s => Assert.True(s.Serving is null || s.Stacks.Single(x => x.Name == s.Serving).Tier.Qualifies()));
    }

    [Fact]
    public void A_stack_that_comes_and_goes_every_few_seconds_does_not_get_the_validator_back()
    {
        var world = Running();
        for (var i = 0; i < 40; i++)
        {
            a.Execution = i % 2 == 0 ? Life.Killed : Life.Runs;
            world.Seconds(7);
        }
        Assert.Equal("b", world.Snapshot.Serving);
        Assert.Equal(2, Moves(world));
    }

    [Fact]
    public void When_the_last_good_stack_dies_a_recovering_one_serves_in_the_very_same_snapshot()
    {
        var world = Running();
        a.Beacon = Life.Killed;
        world.Seconds(30);
        a.Beacon = Life.Runs;
        world.Seconds(14);
        Assert.Equal(Tier.Out, world.TierOf("a"));
        b.Beacon = Life.Killed;
        world.See(new BeaconSeen("b", world.ReadBeacon(b)));
        Assert.Equal("a", world.Snapshot.Serving);
        Assert.DoesNotContain("no-stack:agent", world.Codes);
    }

    [Fact]
    public void A_box_with_one_stack_says_what_failed_and_serves_again_with_the_first_good_reading()
    {
        var world = Running(a);
        a.Execution = Life.Killed;
        world.Seconds(1);
        Assert.False(world.Snapshot.Ready);
        Assert.Equal("a", world.Snapshot.Serving);
        Assert.Equal(["execution-unreachable:a", "no-stack:agent"], world.Codes.Order());
        world.Seconds(30);
        a.Execution = Life.Runs;
        world.Seconds(13);
        Assert.True(world.Snapshot.Ready);
        Assert.Empty(world.Snapshot.Conditions);
    }

    [Fact]
    public void When_all_are_dead_none_serves_and_the_first_to_return_is_taken_at_once()
    {
        var world = Running();
        (a.Beacon, b.Beacon) = (Life.Killed, Life.Killed);
        world.Seconds(1);
        Assert.Null(world.Snapshot.Serving);
        Assert.False(world.Snapshot.Ready);
        Assert.Contains("no-stack:agent", world.Codes);
        // One of them may be back since its last probe; but what it would say of the head nobody knows.
        Assert.Equal(["a", "b"], Candidates.ForRead(world.Snapshot, RouteClass.Read));
        Assert.Empty(Candidates.ForRead(world.Snapshot, RouteClass.AttestationData));
        world.Seconds(60);
        b.Beacon = Life.Runs;
        world.Seconds(13);
        Assert.Equal("b", world.Snapshot.Serving);
        Assert.True(world.Snapshot.Ready);
        Assert.DoesNotContain("no-stack:agent", world.Codes);
    }

    [Fact]
    public void With_both_execution_clients_dead_the_validator_is_not_thrown_about()
    {
        var world = Running();
        a.Execution = Life.Killed;
        world.Seconds(2);
        b.Execution = Life.Killed;
        world.Seconds(1);
        var moves = Moves(world);
        world.Slots(10);
        Assert.InRange(Moves(world) - moves, 0, 1);
        Assert.NotEmpty(Candidates.ForRead(world.Snapshot, RouteClass.AttestationData));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(null)]
    public void A_lying_el_offline_flag_moves_nobody(bool? flag)
    {
        var world = Running();
        a.ElOffline = flag;
        world.Slots(10);
        Assert.Equal("a", world.Snapshot.Serving);
        Assert.Empty(world.Snapshot.Conditions);
    }

    [Fact]
    public void Where_no_execution_client_is_configured_the_flag_is_believed_at_the_second_reading()
    {
        var lone = new RealStack("a") { HasExecution = false };
        var world = new World(lone, b);
        world.Slots(5);
        Assert.Equal("b", world.Snapshot.Serving);
        lone.ElOffline = true;
        world.Seconds(1);
        Assert.Equal(Tier.Thin, world.TierOf("a"));
        world.Seconds(1);
        Assert.Equal(Tier.Suspect, world.TierOf("a"));
    }

    [Fact]
    public void Where_every_execution_client_stands_still_no_new_head_makes_them_well_for_a_moment()
    {
        var world = Running();
        (a.ExecutionStandsAt, b.ExecutionStandsAt) = (a.Head, b.Head);
        world.Slots(1);
        Assert.Equal((Tier.Suspect, Tier.Suspect), (world.TierOf("a"), world.TierOf("b")));
        var before = world.Past.Count;
        world.Slots(5);
        Assert.All(world.Past.Skip(before), s => Assert.False(s.Ready));
        (a.ExecutionStandsAt, b.ExecutionStandsAt) = (null, null);
        world.Slots(1);
        Assert.True(world.Snapshot.Ready);
    }

    [Fact]
    public void Nodes_that_all_come_back_on_another_network_do_not_take_the_validator_along()
    {
        var c = new RealStack("c");
        var world = Running(a, b, c);
        foreach (var moved in new[] { a, b })
        {
            moved.Beacon = Life.Killed;
            world.Seconds(2);
            (moved.Spec, moved.Beacon) = (Given.Mainnet with { GenesisValidatorsRoot = Given.Block(1, 9) }, Life.Runs);
        }
        world.Slots(5);
        Assert.Equal("c", world.Snapshot.Serving);
        Assert.Equal((Tier.Out, Tier.Out, Tier.Healthy), (world.TierOf("a"), world.TierOf("b"), world.TierOf("c")));
        c.Beacon = Life.Killed;
        world.Seconds(2);
        (c.Spec, c.Beacon) = (a.Spec, Life.Runs);
        world.Slots(5);
        Assert.False(world.Snapshot.Ready);
        Assert.Null(world.Snapshot.Serving);
    }

    [Fact]
    public void A_wrong_network_that_was_up_first_yields_to_the_configured_order()
    {
        var wrong = new RealStack("b") { Spec = Given.Testnet };
        a.Seen = false;
        var world = new World(a, wrong);
        world.Seconds(20);
        a.Seen = true;
        world.Seconds(13);
        Assert.Equal("a", world.Snapshot.Serving);
        Assert.Contains("wrong-network:b", world.Codes);
        Assert.Equal(Given.Mainnet.ConfigName, world.Snapshot.Spec!.ConfigName);
        Assert.Equal(["a"], Candidates.ForSubmission(world.Snapshot));
        // The right one goes away: the wrong one does not become right.
        a.Beacon = Life.Killed;
        world.Slots(5);
        Assert.Null(world.Snapshot.Serving);
        Assert.Equal(Tier.Out, world.TierOf("b"));
    }

    [Fact]
    public void Heads_of_a_network_that_turned_out_wrong_are_forgotten()
    {
        var wrong = new RealStack("b") { Spec = Given.Mainnet with { GenesisValidatorsRoot = Given.RootOf(7) } };
        a.Seen = false;
        var world = new World(a, wrong);
        world.Seconds(20);
        Assert.NotNull(world.Snapshot.ExpectedHead);
        (a.Seen, a.Optimistic) = (true, true);
        world.Seconds(13);
        Assert.Equal(Given.Mainnet, world.Snapshot.Spec);
        Assert.Null(world.Snapshot.ExpectedHead);
    }

    [Fact]
    public void A_head_that_stood_still_before_the_agent_came_is_stale()
    {
        (b.Execution, b.Head) = (Life.Stopped, World.FirstSlot - 4);
        var world = new World(a, b);
        world.Seconds(3);
        Assert.Equal(Agreement.Stale, world.Snapshot.Heads.Judge(Given.Block(World.FirstSlot - 4)));
    }

    [Fact]
    public void A_slow_probe_that_began_before_the_last_head_event_does_not_take_the_head_back()
    {
        var world = Running();
        var old = world.ReadBeacon(a);
        world.See(new HeadSeen(new HeadEvent("a", Given.Head(2000), world.Now)));
        // A reading is of the time of asking, however long the answer takes.
        world.See(new BeaconSeen("a", old with { At = world.Now.AddSeconds(-1), RoundTrip = TimeSpan.FromSeconds(2) }));
        Assert.Equal(Given.Head(2000), world.Snapshot.Stacks[0].Head);
        world.See(new BeaconSeen("a", old with { At = world.Now.AddSeconds(1), RoundTrip = TimeSpan.FromSeconds(1) }));
        Assert.Equal(old.Head, world.Snapshot.Stacks[0].Head);
    }

    [Fact]
    public void A_clock_that_is_off_is_named()
    {
        var world = Running();
        a.ClockOffset = TimeSpan.FromSeconds(-3);
        world.Seconds(1);
        Assert.Contains(world.Snapshot.Conditions, c => c.Kind == Conditions.ClockWrong && c.Detail.Contains("3 s behind", StringComparison.Ordinal));
        a.ClockOffset = TimeSpan.FromSeconds(1.5);
        world.Seconds(1);
        Assert.Empty(world.Snapshot.Conditions);
        world.See(new HeadSeen(new HeadEvent("a", Given.Head(World.FirstSlot + 100), world.Now)));
        Assert.Contains(world.Snapshot.Conditions, c => c.Kind == Conditions.ClockWrong && c.Detail.Contains("clock is behind", StringComparison.Ordinal));
        Assert.NotEqual(Given.Head(World.FirstSlot + 100), world.Snapshot.ExpectedHead);
    }

    [Theory]
    [InlineData(BrokerState.NotConfigured, null)]
    [InlineData(BrokerState.Connecting, null)]
    [InlineData(BrokerState.Connected, null)]
    [InlineData(BrokerState.Disconnected, "mqtt-down:agent")]
    [InlineData(BrokerState.Refused, "mqtt-down:agent")]
    [InlineData(BrokerState.LibraryMissing, "mqtt-library-missing:agent")]
    public void The_broker_never_touches_the_ranking_and_is_named_when_it_is_away(BrokerState state, string? code)
    {
        var world = new World(new MqttConfig(), a, b);
        Assert.Equal(BrokerState.Connecting, world.Snapshot.Broker.State);
        world.Slots(2);
        var ranking = world.Snapshot.Ranking;
        world.See(new BrokerSeen(new BrokerReading(state, "127.0.0.1:1883: seen", world.Now)));
        Assert.Equal(code is null ? [] : [code], world.Codes);
        Assert.Equal(ranking, world.Snapshot.Ranking);
    }

    [Fact]
    public void A_condition_keeps_the_time_at_which_it_began()
    {
        var world = Running();
        a.Execution = Life.Killed;
        world.Seconds(1);
        var since = world.Now;
        world.Slots(3);
        Assert.Equal(since, world.Snapshot.Conditions.Single(c => c.Subject == "a").Since);
    }
}
