using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Tests.Agent.Config;

public sealed class EnvironmentOverridesTests
{
    [Fact]
    public void A_variable_wins_over_the_file()
    {
        var config = Written.Good("mqtt: { port: 1884, host: a }", ("EDGE_MQTT_PORT", "1885"), ("EDGE_MQTT_KEEP_ALIVE_SECONDS", "30"), ("EDGE_BOX", "b"), ("PATH", "x"));
        Assert.Equal(new MqttConfig { Host = "a", Port = 1885, KeepAliveSeconds = 30 }, config.Mqtt);
        Assert.Equal("b", config.Box);
    }

    [Fact]
    public void Stacks_can_come_from_the_environment_alone()
    {
        var config = Written.Good("",
            ("EDGE_STACKS_1_BEACON_NODE", "http://h:2"), ("EDGE_STACKS_1_NAME", "b"),
            ("EDGE_STACKS_0_NAME", "a"), ("EDGE_STACKS_0_BEACON_NODE", "http://h:1"), ("EDGE_STACKS_0_EXECUTION_CLIENT", "http://h:8545"));
        Assert.Equal(["a", "b"], config.Stacks.Select(s => s.Name));
        Assert.Equal(new Uri("http://h:8545"), config.Stacks[0].ExecutionClient);
    }

    [Fact]
    public void An_item_of_the_file_keeps_what_no_variable_says()
    {
        var config = Written.Good("stacks:\n- {name: a, beacon-node: 'http://h:1'}\n- {name: b, beacon-node: 'http://h:2'}", ("EDGE_STACKS_1_BEACON_NODE", "http://h:3"));
        Assert.Equal([("a", 1), ("b", 3)], config.Stacks.Select(s => (s.Name, s.BeaconNode.Port)));
    }

    [Fact]
    public void Eleven_stacks_keep_the_order_of_their_numbers()
    {
        var names = Enumerable.Range(0, 11).Select(i => ($"EDGE_STACKS_{i}_NAME", $"s{i}"));
        var urls = Enumerable.Range(0, 11).Select(i => ($"EDGE_STACKS_{i}_BEACON_NODE", $"http://h:{i + 1}"));
        Assert.Equal(Enumerable.Range(0, 11).Select(i => $"s{i}"), Written.Good("", [.. names, .. urls]).Stacks.Select(s => s.Name));
    }

    [Fact]
    public void An_empty_variable_is_not_set() => Assert.Equal(1883, Written.Good("mqtt: {}", ("EDGE_MQTT_PORT", "")).Mqtt!.Port);

    [Theory]
    [InlineData("EDGE_MQTT_PROT", "1", "EDGE_MQTT_PROT: error: no such setting; did you mean EDGE_MQTT_PORT?")]
    [InlineData("EDGE_STACKS_3_BEACON_NOD", "1", "EDGE_STACKS_3_BEACON_NOD: error: no such setting; did you mean EDGE_STACKS_3_BEACON_NODE?")]
    [InlineData("EDGE_WHATEVER", "1", "EDGE_WHATEVER: error: no such setting; docs/configuration.md lists them all")]
    [InlineData("EDGE_MQTT_PORT", "x", "EDGE_MQTT_PORT: error: 'mqtt.port' is \"x\"; allowed is a whole number from 1 to 65535")]
    [InlineData("EDGE_STACKS_2_NAME", "c", "EDGE_STACKS_2_NAME: error: there is no stacks item 1 yet, so item 2 cannot follow; the next index is 1")]
    public void A_wrong_variable_is_an_error_by_its_name(string name, string value, string problem)
    {
        var result = Written.Read("stacks:\n- {name: a, beacon-node: 'http://h:1'}", (name, value));
        Assert.Equal(problem, Assert.Single(result.Problems).ToString());
    }
}
