using DVStakers.Edge.Agent.Config;
using DVStakers.Edge.Core.Configuration;
using FsCheck;
using FsCheck.Fluent;

namespace DVStakers.Edge.Tests.Agent.Config;

public sealed class ConfigFileTests
{
    [Fact]
    public void A_whole_file_becomes_the_configuration()
    {
        var config = Written.Good("""
            cluster: friends
            box: nuc-1
            stacks:
              - name: lighthouse
                beacon-node: http://user:pass@10.0.0.2:5052/api
                execution-client: https://el.example:8545
              - { name: teku, beacon-node: "http://127.0.0.1:5051" }
            proxy:
              listen: "[::1]:6000"
              max-body-mib: 10
            mqtt:
              host: broker.local
              username: nuc-1
            ranking: { min-peers: 0 }
            log:
              level: debug
            """);
        Assert.Equal(("friends", "nuc-1"), (config.Cluster, config.Box));
        Assert.Equal(["lighthouse", "teku"], config.Stacks.Select(s => s.Name));
        Assert.Equal("user:pass", config.Stacks[0].BeaconNode.UserInfo);
        Assert.Null(config.Stacks[1].ExecutionClient);
        Assert.Equal(new ProxyConfig { Listen = "[::1]:6000", MaxBodyMib = 10 }, config.Proxy);
        Assert.Equal(new MqttConfig { Host = "broker.local", Username = "nuc-1" }, config.Mqtt);
        Assert.Equal(new RankingConfig { MinPeers = 0 }, config.Ranking);
        Assert.Equal(LogLevelName.Debug, config.Log.Level);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# only a comment\n")]
    [InlineData("proxy:\nstacks:\n")]
    [InlineData("---\n")]
    public void An_empty_file_is_every_default(string yaml)
    {
        var config = Written.Good(yaml);
        Assert.Equal("nuc-1", config.Box);
        Assert.Empty(config.Stacks);
        Assert.Null(config.Mqtt);
        Assert.Equal(new ProxyConfig(), config.Proxy);
    }

    [Fact]
    public void An_empty_mapping_switches_mqtt_on_and_nothing_at_all_says_that_it_does_not()
    {
        Assert.Equal(new MqttConfig(), Written.Good("mqtt: {}").Mqtt);
        var off = Written.Read("mqtt:\n");
        Assert.Null(off.Config!.Mqtt);
        Assert.Equal(new ConfigProblem("edge.yaml:1:1", "mqtt is empty, so MQTT stays off; write 'mqtt: {}' to switch it on with every default", true), Assert.Single(off.Problems));
    }

    public static TheoryData<string, string[]> Wrong => new()
    {
        { "boxx: a", ["edge.yaml:1:1: error: unknown key 'boxx'; did you mean 'box'?"] },
        { "proxy:\n  lisen: 1", ["edge.yaml:2:3: error: unknown key 'proxy.lisen'; did you mean 'listen'?"] },
        { "proxy: { port: 1 }", ["edge.yaml:1:10: error: unknown key 'proxy.port'; known here: listen, max-body-mib, max-streams, max-connections; or did you mean 'mqtt.port', in another group?"] },
        { "cluster: a b", ["edge.yaml:1:10: error: 'cluster' is \"a b\"; allowed is 1 to 64 letters, digits, '-', '_' or '.'"] },
        { "mqtt:\n  port: 70000\n  keep-alive-seconds: x", [
            "edge.yaml:2:9: error: 'mqtt.port' is \"70000\"; allowed is a whole number from 1 to 65535",
            "edge.yaml:3:23: error: 'mqtt.keep-alive-seconds' is \"x\"; allowed is a whole number from 5 to 300"] },
        { "mqtt: { port: [1] }", ["edge.yaml:1:15: error: 'mqtt.port' is a list; allowed is a whole number from 1 to 65535"] },
        { "mqtt: yes", ["edge.yaml:1:7: error: 'mqtt' is a group of keys, not \"yes\""] },
        { "stacks: http://x", ["edge.yaml:1:9: error: 'stacks' is \"http://x\"; allowed is a list, each item starting with '- '"] },
        { "stacks:\n  - http://x", ["edge.yaml:2:5: error: 'stacks[0]' is \"http://x\"; allowed is a group of keys: name, beacon-node, execution-client, jwt-secret"] },
        { "stacks:\n  - name: a", ["edge.yaml:2:5: error: 'stacks[0]' has no beacon-node; it must be a URL that starts with http:// or https://, without query or fragment"] },
        { "stacks:\n  - name: a\n    beacon-node: ws://me:secret@h:1", ["edge.yaml:3:18: error: 'stacks[0].beacon-node' is \"...@h:1\"; allowed is a URL that starts with http:// or https://, without query or fragment"] },
        { "log: { level: loud }", ["edge.yaml:1:15: error: 'log.level' is \"loud\"; allowed is error, warning, info or debug"] },
        { "box: a\nbox: b", ["edge.yaml:2:1: error: 'box' is written twice; the first is at edge.yaml:1:1"] },
        { "box: &a b\ncluster: *a", [
            "edge.yaml:1:6: error: an anchor (&a) is not taken here; write the value where it is needed",
            "edge.yaml:2:10: error: an alias (*a) is not taken here; write the value itself"] },
        { "box: !!str b", ["edge.yaml:1:6: error: a tag (tag:yaml.org,2002:str) is not taken here; write the plain value"] },
        { "just words", ["edge.yaml:1:1: error: the file must consist of 'key: value' lines, such as 'cluster: home'"] },
        { "box: a\n---\nbox: b", ["edge.yaml:2:1: error: a second YAML document ('---'); only one is read, so put everything into the first"] },
        { "proxy: { listen: localhost:5070 }", ["edge.yaml:1:18: error: 'proxy.listen' is \"localhost:5070\"; allowed is an IP address and a port, such as 127.0.0.1:5070 or [::1]:5070"] },
        { "proxy: { listen: 127.0.0.1 }", ["edge.yaml:1:18: error: 'proxy.listen' is \"127.0.0.1\"; allowed is an IP address and a port, such as 127.0.0.1:5070 or [::1]:5070"] },
        { "proxy: { listen: 127.0.0.1:70000 }", ["edge.yaml:1:18: error: 'proxy.listen' is \"127.0.0.1:70000\"; allowed is an IP address and a port, such as 127.0.0.1:5070 or [::1]:5070"] },
        { "proxy: { listen: 127.0.0.1:5072 }", ["edge.yaml:1:18: error: proxy and status both listen on port 5072; give each its own"] },
        { "stacks:\n- {name: a, beacon-node: 'http://localhost:5052/'}\n- {name: a, beacon-node: 'http://127.0.0.1:5052'}", [
            "edge.yaml:3:10: error: two stacks are named 'a'; the first is at edge.yaml:2:10",
            "edge.yaml:3:26: error: 'a' and 'a' have the same beacon node, http://127.0.0.1:5052/: the second would be no redundancy"] },
        { "stacks:\n- {name: a, beacon-node: 'http://127.0.0.1:5070'}", ["edge.yaml:2:26: error: this is the agent's own proxy (127.0.0.1:5070); name the beacon node itself"] },
        { "stacks:\n- {name: a, beacon-node: 'http://h:1', jwt-secret: /no/such/file}", [
            "edge.yaml:2:52: error: jwt-secret without execution-client: write the engine port's URL too, such as http://127.0.0.1:8551",
            "edge.yaml:2:52: error: there is no file /no/such/file"] },
        { "mqtt: { password-file: /no/such/file }", [
            "edge.yaml:1:24: error: password-file without username: MQTT has no password without a user name",
            "edge.yaml:1:24: error: there is no file /no/such/file"] },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Every_error_has_its_place_and_says_what_is_allowed(string yaml, string[] problems)
    {
        var result = Written.Read(yaml);
        Assert.Equal(problems, result.Problems.Select(p => p.ToString()));
        Assert.Null(result.Config);
    }

    [Theory]
    [InlineData("a: [")]
    [InlineData("a: b: c")]
    [InlineData("proxy:\n\tlisten: x")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    [InlineData("? [a]\n: b")]
    [InlineData("%YAML 9.9\n---\na")]
    public void What_is_not_our_yaml_is_an_error_with_a_place_and_never_an_exception(string yaml)
    {
        var result = Written.Read(yaml);
        Assert.Null(result.Config);
        Assert.Matches(@"^edge\.yaml:\d+:\d+$", result.Problems[0].Where);
    }

    [Fact]
    public void No_text_whatever_makes_the_reader_throw()
    {
        var pieces = Gen.Elements("box", "stacks", "mqtt", ":", " ", "\n", "- ", "{", "}", "[", "]", "&a", "*a", "!t", "\"", "'", "|", ">", "#", "?", ",", "\t", "---\n", "%", "0", "\u0007", "é", "  ");
        Prop.ForAll(pieces.ArrayOf().ToArbitrary(), parts => Written.Read(string.Concat(parts)) is { } result && (result.Config is null) == result.Problems.Any(p => !p.IsWarning))
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_proxy_open_to_the_network_is_a_warning_and_still_starts()
    {
        var result = Written.Read("proxy: { listen: 0.0.0.0:5070 }");
        Assert.NotNull(result.Config);
        Assert.StartsWith("edge.yaml:1:18: warning: the proxy listens on 0.0.0.0:5070, not only on this machine", Assert.Single(result.Problems).ToString());
    }

    [Fact]
    public void A_named_file_must_exist_and_the_default_one_need_not()
    {
        var named = ConfigFile.Load("/no/such/edge.yaml", new Dictionary<string, string>(), "box", out _);
        Assert.Equal("/no/such/edge.yaml: error: there is no such file", Assert.Single(named.Problems).ToString());
        var none = ConfigFile.Load(null, new Dictionary<string, string>(), "box", out var source, "/no/such/edge.yaml");
        Assert.NotNull(none.Config);
        Assert.Equal("no file /no/such/edge.yaml", source);
    }

    [Theory]
    [InlineData("0x00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF\n", true)]
    [InlineData("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", true)]
    [InlineData("0x00112233", false)]
    [InlineData("", false)]
    [InlineData("zz112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", false)]
    public void A_jwt_secret_is_32_bytes_in_hexadecimal(string text, bool good)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, text);
        try
        {
            var result = Written.Read($"stacks:\n- {{name: a, beacon-node: 'http://h:1', execution-client: 'http://h:2', jwt-secret: {file}}}");
            Assert.Equal(good ? [] : [$"edge.yaml:2:84: error: {file} must hold 32 bytes in hexadecimal, the same file that the execution client uses"], result.Problems.Select(p => p.ToString()));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
