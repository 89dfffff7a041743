using System.Text.Json;
using DVStakers.Edge.FunctionalTests.Mesh;
using DVStakers.Edge.FunctionalTests.Proxy;

namespace DVStakers.Edge.FunctionalTests.Service;

/// <summary>What the peers hear of a box, from the agent's process through a real broker; the keys are those of docs/mqtt.md.</summary>
public sealed class MqttTests
{
    private const string Prefix = "dvstakers/test/box/";

    private static readonly string[] HealthKeys =
    [
        "schema", "cluster", "box", "agent_version", "boot_id", "boot", "sequence", "time", "ttl_seconds", "summary", "ready", "serving", "serving_reason",
        "network", "expected_head", "stacks", "conditions",
    ];

    private static readonly string[] RankingKeys = ["schema", "cluster", "box", "boot_id", "boot", "sequence", "time", "ttl_seconds", "ready", "serving", "serving_reason", "places"];

    [Fact]
    public async Task Whoever_subscribes_later_is_told_at_once_how_the_box_is()
    {
        await using var broker = await Broker.Start();
        await using var box = await Connected(broker);
        await box.UntilServing("primary");
        await using (var first = broker.Watch())
            await first.Until(line => line.Contains($"{Prefix}ranking", StringComparison.Ordinal) && line.Contains("\"serving\":\"primary\"", StringComparison.Ordinal));

        await using var watch = broker.Watch();
        await watch.Until($"1 {Prefix}availability online");
        await using var health = broker.Watch($"{Prefix}health");
        var said = Payload(await health.Until($"1 {Prefix}health"));
        Assert.Empty(HealthKeys.Except(Keys(said)));
        Assert.Equal(("test", "box", true, "primary"), (Text(said, "cluster"), Text(said, "box"), said.GetProperty("ready").GetBoolean(), Text(said, "serving")));
        Assert.Equal(100UL, said.GetProperty("expected_head").GetProperty("slot").GetUInt64());
        var stacks = said.GetProperty("stacks").EnumerateArray().ToList();
        Assert.Equal(["primary", "secondary"], stacks.Select(s => Text(s, "name")));
        Assert.All(stacks, s => Assert.Empty(new[] { "name", "tier", "reason", "since", "head", "lag_slots", "beacon", "execution" }.Except(Keys(s))));
        Assert.All(stacks, s => Assert.Equal("ok", Text(s.GetProperty("execution"), "reach")));

        await using var ranking = broker.Watch($"{Prefix}ranking");
        said = Payload(await ranking.Until($"1 {Prefix}ranking"));
        Assert.Empty(RankingKeys.Except(Keys(said)));
        Assert.Equal(["1 primary healthy", "2 secondary healthy"], said.GetProperty("places").EnumerateArray()
            .Select(p => $"{p.GetProperty("place")} {Text(p, "name")} {Text(p, "tier")}"));
        Assert.All(said.GetProperty("places").EnumerateArray(), p => Assert.NotEmpty(Text(p, "reason")));
    }

    [Fact]
    public async Task An_execution_client_that_dies_is_an_event_and_a_new_ranking()
    {
        await using var broker = await Broker.Start();
        await using var box = await Connected(broker);
        await box.UntilServing("primary");
        await using var events = broker.Watch($"{Prefix}events");
        await using var ranking = broker.Watch($"{Prefix}ranking");
        await ranking.Until("\"serving\":\"primary\"");
        // An event is not retained: whoever is not subscribed yet misses it.
        await broker.Log.Until(line => line.Contains($"{Prefix}events (QoS", StringComparison.Ordinal));

        await box.Primary.Execution.Kill();
        var happened = new List<JsonElement>();
        while (!(happened.Exists(e => Text(e, "code") == "condition-raised") && happened.Exists(e => Text(e, "code") == "serving-changed")))
            happened.Add(Payload(await events.Until($"0 {Prefix}events")));
        var raised = happened.First(e => Text(e, "code") == "condition-raised");
        Assert.Equal(("primary", "execution-unreachable"), (Text(raised, "subject"), Text(raised, "condition")));
        var changed = happened.First(e => Text(e, "code") == "serving-changed");
        Assert.Equal("secondary", Text(changed, "subject"));
        Assert.Contains("instead of primary", Text(changed, "text"));
        Assert.Contains(box.Agent.Process.Errors, line => line.Contains(Text(changed, "text"), StringComparison.Ordinal));

        var places = Payload(await ranking.Until("\"serving\":\"secondary\"")).GetProperty("places").EnumerateArray().ToList();
        Assert.Equal(["secondary", "primary"], places.Select(p => Text(p, "name")));
    }

    [Fact]
    public async Task Killed_at_once_it_is_the_last_will_that_says_offline()
    {
        await using var broker = await Broker.Start();
        await using var box = await Connected(broker);
        await using var watch = broker.Watch();
        await watch.Until($"{Prefix}availability online");
        box.Agent.Kill();
        await watch.Until($"0 {Prefix}availability offline");
        await using var later = broker.Watch($"{Prefix}availability");
        await later.Until($"1 {Prefix}availability offline");
    }

    [Fact]
    public async Task Without_its_broker_it_serves_on_and_says_so_and_a_broker_that_is_back_is_told_all_again()
    {
        await using var broker = await Broker.Start();
        await using var box = await Connected(broker);
        await box.Until(r => Mqtt(r) == "connected");

        await broker.Kill();
        await box.Until(r => Mqtt(r) == "disconnected" && r.GetProperty("conditions").EnumerateArray().Any(c => Text(c, "code") == "mqtt-down"));
        await AssertServes(box);
        var (code, screen, _) = await EdgeProcess.Run(["status", "--config", box.Agent.Configuration]);
        Assert.Equal(0, code);
        Assert.Contains($"127.0.0.1:{broker.Port}", screen);
        Assert.Contains("mqtt-down", screen);

        await broker.Start();
        await using var watch = broker.Watch();
        await watch.Until($"{Prefix}availability online");
        await watch.Until($"{Prefix}health");
        await watch.Until($"{Prefix}ranking");
        await box.Until(r => Mqtt(r) == "connected" && r.GetProperty("conditions").EnumerateArray().All(c => Text(c, "code") != "mqtt-down"));
    }

    [Fact]
    public async Task Without_libmosquitto_it_serves_and_says_so()
    {
        // The loader looks here first, and takes a library that it cannot load for the last word.
        var empty = Directory.CreateTempSubdirectory("no-mosquitto-");
        await File.WriteAllBytesAsync(Path.Combine(empty.FullName, "libmosquitto.so.1"), []);
        await using (var box = await TestBox.Start(yaml: "mqtt:\n  host: 127.0.0.1", environment: new Dictionary<string, string> { ["LD_LIBRARY_PATH"] = empty.FullName }))
        {
            await box.Until(r => Mqtt(r) == "library-missing" && r.GetProperty("conditions").EnumerateArray().Any(c => Text(c, "code") == "mqtt-library-missing"));
            await AssertServes(box);
            await box.Agent.Process.Until("libmosquitto");
        }
        empty.Delete(recursive: true);
    }

    private static Task<TestBox> Connected(Broker broker) => TestBox.Start(yaml: $"mqtt:\n  host: 127.0.0.1\n  port: {broker.Port}");

    private static async Task AssertServes(TestBox box)
    {
        using var answer = await box.Client.GetAsync("/eth/v1/beacon/genesis");
        Assert.True(answer.IsSuccessStatusCode);
    }

    private static string Mqtt(JsonElement report) => Text(report.GetProperty("mqtt"), "state");

    /// <summary>Of a line "retained topic payload".</summary>
    private static JsonElement Payload(string line) => JsonDocument.Parse(line.Split(' ', 3)[2]).RootElement;

    private static IEnumerable<string> Keys(JsonElement element) => element.EnumerateObject().Select(p => p.Name);

    private static string Text(JsonElement element, string key) => element.GetProperty(key).GetString() ?? "";
}
