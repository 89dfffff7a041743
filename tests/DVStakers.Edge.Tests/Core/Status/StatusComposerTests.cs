using System.Text.Json;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;
using DVStakers.Edge.Core.Status;
using DVStakers.Edge.Tests.Core.Cluster;
using DVStakers.Edge.Tests.Core.Messages;

namespace DVStakers.Edge.Tests.Core.Status;

public sealed class StatusComposerTests
{
    private static readonly ProxyCounters Counters = new(1, 2, 3, 4, 5, 6, 7);

    [Fact]
    public void The_json_has_snake_case_keys_and_reads_back_as_it_was_written()
    {
        var report = Compose(Snapshots.Of([Snapshots.Stack("a", Tier.Healthy, "good"), Snapshots.Stack("b", Tier.Out, "gone", seen: false)],
            [Snapshots.Condition(Conditions.BeaconUnreachable, "b", "refused")]));
        var json = JsonSerializer.Serialize(report, StatusJson.Default.StatusReport);
        using var document = JsonDocument.Parse(json);
        Assert.Equal(
            ["schema", "version", "cluster", "box", "started_at", "at", "ready", "network", "wall_slot", "expected_head_slot", "serving", "serving_reason",
                "stacks", "ranking", "conditions", "mqtt", "peers", "drain", "power", "busy", "lent", "panel", "lights", "host", "clients", "proxy"],
            document.RootElement.EnumerateObject().Select(p => p.Name));
        Assert.Equal(1, document.RootElement.GetProperty("schema").GetInt32());
        Assert.Equal(9_876_543UL, document.RootElement.GetProperty("stacks")[0].GetProperty("head_slot").GetUInt64());
        Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty("stacks")[1].GetProperty("head_slot").ValueKind);
        Assert.Equal(4, document.RootElement.GetProperty("proxy").GetProperty("broadcasts").GetInt64());
        Assert.Equal(json, JsonSerializer.Serialize(JsonSerializer.Deserialize(json, StatusJson.Default.StatusReport)!, StatusJson.Default.StatusReport));
    }

    [Theory]
    [InlineData(Reach.Ok, false, "in step")]
    [InlineData(Reach.Ok, true, "syncing")]
    [InlineData(Reach.Unreachable, false, "unreachable")]
    [InlineData(Reach.Silent, false, "silent")]
    [InlineData(Reach.Denied, false, "denied")]
    [InlineData(null, false, "not seen")]
    public void The_execution_client_has_one_word(Reach? reach, bool syncing, string word)
    {
        var stack = Snapshots.Stack("a", Tier.Suspect, "") with { Execution = reach is { } r ? new ExecutionReading { At = Snapshots.Now, Reach = r, IsSyncing = syncing } : null };
        Assert.Equal(word, Compose(Snapshots.Of([stack])).Stacks[0].Execution);
    }

    [Fact]
    public void A_client_on_another_head_is_apart_when_the_judge_says_so()
    {
        Condition[] apart = [Snapshots.Condition(Conditions.ExecutionApart, "b")];
        var stacks = Compose(Snapshots.Of([Snapshots.Stack("a", Tier.Healthy, ""), Snapshots.Stack("b", Tier.Suspect, "")], apart)).Stacks;
        Assert.Equal(["in step", "apart"], stacks.Select(s => s.Execution));
    }

    [Fact]
    public void The_gravest_condition_is_first_and_the_leds_carry_their_rhythm()
    {
        var report = Compose(Snapshots.Of([Snapshots.Stack("a", Tier.Optimistic, "")],
            [Snapshots.Condition(Conditions.MqttDown, "agent"), Snapshots.Condition(Conditions.NoStack, "agent"), Snapshots.Condition(Conditions.BeaconOptimistic, "a")]));
        Assert.Equal(["no-stack", "mqtt-down", "beacon-optimistic"], report.Conditions.Select(c => c.Code));
        Assert.Equal(["single", "stack", "validator", "cluster", "power"], report.Panel.Select(l => l.Name));
        Assert.Equal([200, 200, 200, 200, 200, 1000], report.Panel[0].Steps);
        Assert.Equal([1000], report.Panel[3].Steps);
        Assert.Equal([0], report.Panel[4].Steps);
    }

    [Fact]
    public void A_peer_is_told_with_its_standing_and_what_was_refused()
    {
        var post = new Post();
        post.Hear(5, 1);
        post.Take(Post.Topic("rogue"), [], out _);
        var peers = Compose(Snapshots.Of([]) with { Peers = post.Book }).Peers;
        Assert.Equal(new PeerReport("friend", "full", "known", Post.Noon, true, "home-a", 1, "0.2.0", null, 0, null, null), peers[0] with { Stacks = [], ServingReason = null, Power = null, Busy = false });
        Assert.Equal((new PowerReport("battery", "the UPS says so", Sample.Noon, 71, 2520, true), true), (peers[0].Power, peers[0].Busy));
        Assert.Equal(new PeerReport("rogue", "full", "never-heard", null, null, null, null, null, null, 1, "1 unsigned", "it carries no signature"), peers[2]);
    }

    [Theory]
    [InlineData(BrokerState.NotConfigured, "not-configured")]
    [InlineData(BrokerState.LibraryMissing, "library-missing")]
    public void Enum_members_become_words(BrokerState state, string word) =>
        Assert.Equal(word, Compose(Snapshots.Of([], broker: state)).Mqtt.State);

    private static StatusReport Compose(Snapshot snapshot) =>
        StatusComposer.Compose(new EdgeConfig { Box = "nuc-1" }, snapshot, Counters, "0.1.0", Snapshots.Now - TimeSpan.FromHours(3), Snapshots.Now);
}
