using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Power;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Tests.Core.Chain;

namespace DVStakers.Edge.Tests.Core.State;

/// <summary>What the peers say, in the decision.</summary>
public sealed class PeersTests
{
    private readonly World world = new(new MqttConfig(), new RealStack("own"));

    public PeersTests()
    {
        world.See(new BrokerSeen(new(BrokerState.Connected, "127.0.0.1:1883", world.Now)));
        world.Slots(5);
        world.Seconds(2);
    }

    private ulong Slot => Given.Mainnet.SlotAt(world.Now).Value;

    [Fact]
    public void Two_peers_on_another_branch_outvote_a_lone_node_and_it_is_lagging()
    {
        Assert.Equal(Given.Head(Slot), world.Snapshot.ExpectedHead);
        See(Peer("a", Given.Head(Slot, fork: 1)));
        See(Peer("a", Given.Head(Slot, fork: 1)), Peer("b", Given.Head(Slot, fork: 1)));
        Assert.Equal(Given.Head(Slot, fork: 1), world.Snapshot.ExpectedHead);
        world.Seconds(3);
        Assert.Equal(Tier.Lagging, world.TierOf("own"));
        Assert.Equal("own", world.Snapshot.Serving);
    }

    [Fact]
    public void Two_stacks_of_one_peer_have_one_voice() =>
        Assert.Single(Book(Peer("a", Given.Head(Slot), new PeerStack("second", Tier.Healthy, Given.Head(Slot), 0))).Witnesses(Given.Mainnet, []));

    [Fact]
    public void A_newer_head_of_a_peer_is_expected_before_our_own_node_has_it()
    {
        var next = Given.Head(Slot + 1);
        See(Peer("a", next) with { Trail = [Given.Block(Slot), next.Root] });
        Assert.Equal(next, world.Snapshot.ExpectedHead);
    }

    public static TheoryData<string> Voiceless => ["silent", "never heard", "not ready", "optimistic", "syncing", "another network", "borrowed", "future", "far behind"];

    [Theory]
    [MemberData(nameof(Voiceless))]
    public void A_peer_without_a_good_node_of_its_own_now_has_no_voice(string why)
    {
        Peer Bad(string box)
        {
            var peer = Peer(box, Given.Head(why == "future" ? Slot + 2 : why == "far behind" ? Slot - 20 : Slot, fork: 1, optimistic: why == "optimistic"));
            var stack = peer.Said!.Stacks[0];
            return why switch
            {
                "silent" => peer with { Standing = Standing.Silent },
                "never heard" => peer with { Standing = Standing.NeverHeard },
                "not ready" => peer with { Said = peer.Said with { Ready = false } },
                "syncing" => peer with { Said = peer.Said with { Stacks = [stack with { Tier = Tier.Syncing }] } },
                "another network" => peer with { Said = peer.Said with { Network = "hoodi" } },
                "borrowed" => peer with { Said = peer.Said with { Stacks = [stack with { Peer = "c" }] } },
                _ => peer,
            };
        }
        See(Bad("a"), Bad("b"));
        Assert.Equal(Given.Head(Slot), world.Snapshot.ExpectedHead);
    }

    [Fact]
    public void A_box_whose_node_we_probe_has_no_second_voice() =>
        Assert.Equal(["b"], from w in Book(Peer("a", Given.Head(1)), Peer("b", Given.Head(2))).Witnesses(Given.Mainnet, ["a"]) select w.Head.Slot.Value == 2 ? "b" : "a");

    [Fact]
    public void A_peer_that_falls_silent_is_a_condition_until_it_is_heard_again()
    {
        See(Peer("a", Given.Head(Slot)));
        Assert.DoesNotContain("peer-silent:a", world.Codes);
        See(Peer("a", Given.Head(Slot)) with { Standing = Standing.Silent });
        Assert.Contains("peer-silent:a", world.Codes);
        world.See(new BrokerSeen(new(BrokerState.Disconnected, "gone", world.Now)));
        Assert.DoesNotContain("peer-silent:a", world.Codes);
        Assert.Contains("mqtt-down:agent", world.Codes);
        world.See(new BrokerSeen(new(BrokerState.Connected, "", world.Now)));
        See(Peer("a", Given.Head(Slot)));
        Assert.DoesNotContain("peer-silent:a", world.Codes);
        See(Peer("a", Given.Head(Slot)) with { Standing = Standing.NeverHeard, Said = null, HeardAt = null });
        Assert.DoesNotContain("peer-silent:a", world.Codes);
    }

    [Fact]
    public void Refused_messages_are_a_condition_with_their_number_and_reason()
    {
        var refused = Refusals.None.With(new("a", Rejection.Forged, "not signed by a's key", 3), TimeSpan.Zero).With(new("a", Rejection.Replayed, "too old"), TimeSpan.Zero);
        See(Peer("a", Given.Head(Slot)) with { Refused = refused, IsRefused = true });
        Assert.Equal("3 forged, 1 replayed; last: too old", world.Snapshot.Conditions.Single(c => c.Kind.Code == "peer-refused").Detail);
        See(Peer("a", Given.Head(Slot)) with { Refused = refused });
        Assert.DoesNotContain("peer-refused:a", world.Codes);
    }

    [Theory]
    [InlineData(new[] { 40.0, 40.2 }, "40 s ahead of those of 2 of 2 peers")]
    [InlineData(new[] { -41.0, -39.5, 0.0 }, "40 s behind those of 2 of 3 peers")]
    [InlineData(new[] { 40.0 }, null)]
    [InlineData(new[] { 40.0, 0.1 }, null)]
    [InlineData(new[] { 40.0, -40.0 }, null)]
    [InlineData(new[] { 1.5, 1.9, 0.2 }, null)]
    [InlineData(new[] { 40.0, 40.0, 0.1, 0.2 }, null)]
    public void Our_clock_is_wrong_where_most_peers_agree_on_it(double[] behind, string? words)
    {
        See([.. behind.Select((b, i) => Peer($"p{i}", Given.Head(Slot)) with { ClockBehind = TimeSpan.FromSeconds(b) })]);
        var detail = world.Snapshot.Conditions.SingleOrDefault(c => c.Kind.Code == "clock-wrong")?.Detail;
        if (words is null)
            Assert.Null(detail);
        else
            Assert.Contains(words, detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_box_that_joins_is_ranked_behind_our_own_and_one_that_was_removed_is_not()
    {
        Join(Gateway("a"), Gateway("b"));
        Assert.Equal(["own", "a", "b"], world.Snapshot.Stacks.Select(s => s.Name));
        Read("a");
        Assert.Equal((Tier.Healthy, "own"), (world.TierOf("a"), world.Snapshot.Serving));

        // What is known of one that stays is kept; one that has moved is judged anew.
        Join(Gateway("a"), Gateway("b") with { BeaconNode = new("https://elsewhere:5071") }, Gateway("c"));
        Assert.Equal((Tier.Healthy, Tier.Out, Tier.Out), (world.TierOf("a"), world.TierOf("b"), world.TierOf("c")));
        Join(Gateway("a") with { BeaconNode = new("https://elsewhere:5071") });
        Assert.Equal(["own", "a"], world.Snapshot.Stacks.Select(s => s.Name));
        Assert.Equal(Tier.Out, world.TierOf("a"));
    }

    [Fact]
    public void The_box_that_serves_and_is_removed_is_left_at_once()
    {
        var cloud = new World(new MqttConfig());
        foreach (var box in new[] { "a", "b" })
        {
            cloud.See(new PeersConfigured([Gateway("a"), Gateway("b")]));
            cloud.See(new BeaconSeen(box, cloud.ReadBeacon(new RealStack(box))));
        }
        Assert.Equal("a", cloud.Snapshot.Serving);
        cloud.See(new PeersConfigured([Gateway("b")]));
        Assert.Equal("b", cloud.Snapshot.Serving);
        cloud.See(new PeersConfigured([]));
        Assert.Null(cloud.Snapshot.Serving);
        Assert.False(cloud.Snapshot.Ready);
    }

    [Fact]
    public void A_box_is_busy_from_much_pressure_until_there_is_little()
    {
        bool After(double percent) => world.See(new LoadSeen(percent)).Busy;
        Assert.Equal([false, true, true, false, false], new[] { 59.0, 60, 30, 29, 59 }.Select(After));
    }

    [Fact]
    public void What_feeds_the_box_is_in_the_snapshot()
    {
        Assert.Equal(PowerStatus.Unwatched, world.Snapshot.Power);
        var battery = new PowerStatus { Source = PowerSource.Battery, Reason = "the UPS says so" };
        Assert.Equal(battery, world.See(new PowerSeen(battery)).Power);
    }

    private static StackConfig Gateway(string box) => new() { Name = box, BeaconNode = new($"https://{box}:5071"), Peer = box };

    private void Join(params StackConfig[] gateways) => world.See(new PeersConfigured(gateways));

    private void Read(string box) => world.See(new BeaconSeen(box, world.ReadBeacon(new RealStack(box) { Head = Slot })));

    private void See(params Peer[] peers) => world.See(new PeersSeen(Book(peers)));

    private static PeerBook Book(params Peer[] peers) => new([.. peers], Refusals.None);

    private Peer Peer(string box, Head head, params PeerStack[] more) => new()
    {
        Box = box, Role = MemberRole.Full, Standing = Standing.Known, HeardAt = world.Now, Trail = [head.Root],
        Said = new PeerState
        {
            Box = box, Schema = 1, Boot = 1, Sequence = 1, Time = world.Now, TimeToLive = TimeSpan.FromSeconds(30), Ready = true, Network = "mainnet",
            Stacks = [new("first", Tier.Healthy, head, 0), .. more],
        },
    };
}
