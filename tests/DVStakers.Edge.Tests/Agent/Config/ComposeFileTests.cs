using System.Runtime.CompilerServices;
using DVStakers.Edge.Agent.Config;
using DVStakers.Edge.Core.Configuration;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace DVStakers.Edge.Tests.Agent.Config;

/// <summary>docker/compose.yaml keeps what docs/cluster.md says of it, and the agent takes what it sets.</summary>
public sealed class ComposeFileTests
{
    private static readonly YamlMappingNode File = Read();

    public static TheoryData<string> Services => [.. Map(File, "services").Children.Keys.Select(Text)];

    [Theory]
    [MemberData(nameof(Services))]
    public void Each_service_has_the_least_rights_and_a_limit_to_all_it_takes(string name)
    {
        var service = Map(File, "services", name);
        Assert.Equal("dvstakers-edge", Text(service["user"]));
        Assert.Equal("true", Text(service["read_only"]));
        Assert.Equal(["ALL"], List(service, "cap_drop"));
        Assert.Equal(["no-new-privileges:true"], List(service, "security_opt"));
        Assert.Equal("unless-stopped", Text(service["restart"]));
        Assert.EndsWith("m", Text(service["mem_limit"]), StringComparison.Ordinal);
        Assert.Equal(Text(service["mem_limit"]), Text(service["memswap_limit"]));
        foreach (var wanted in new[] { "healthcheck", "stop_grace_period", "logging", "pids_limit" })
            Assert.True(service.Children.ContainsKey(wanted), $"{name} has no {wanted}");
        foreach (var unwanted in new[] { "ports", "privileged", "network_mode", "devices", "cap_add", "pid", "ipc" })
            Assert.False(service.Children.ContainsKey(unwanted), $"{name} has {unwanted}");
    }

    [Fact]
    public void The_agent_takes_its_environment()
    {
        var environment = Map(File, "services", "dvstakers-edge", "environment").Children.Select(e => (Text(e.Key), Text(e.Value) is ['$', ..] ? "cloud" : Text(e.Value)));
        // All of it but what asks for the cluster's files, which are not here.
        Assert.Contains(("EDGE_MQTT_TLS", "cluster"), environment);
        var read = Written.Read("log:\n  level: info\n", [.. environment.Where(e => e.Item1 != "EDGE_MQTT_TLS")]);
        // It warns of a proxy that listens for more than this machine.
        Assert.Equal(["EDGE_PROXY_LISTEN"], read.Problems.Select(p => p.IsWarning ? p.Where : p.ToString()));
        Assert.Equal(BoxRole.Auxiliary, read.Config!.Role);
        Assert.Equal("0.0.0.0:5070", read.Config.Proxy.Listen.ToString());
        Assert.Equal("cloud", read.Config.Mqtt!.Host);
        // What the health check asks.
        Assert.Equal(new EdgeConfig().Status, read.Config.Status);
    }

    [Fact]
    public void Validators_reach_the_agent_and_not_the_broker()
    {
        Assert.Equal(["validators", "broker"], List(Map(File, "services", "dvstakers-edge"), "networks"));
        var broker = Map(File, "services", "dvstakers-broker", "networks");
        Assert.Equal(["broker"], broker.Children.Keys.Select(Text));
        // The name in its certificate.
        Assert.Equal(Text(Map(File, "services", "dvstakers-edge", "environment")["EDGE_MQTT_HOST"]), List(Map(File, "services", "dvstakers-broker", "networks", "broker"), "aliases").Single());
    }

    private static YamlMappingNode Map(YamlMappingNode node, params string[] path) => path.Aggregate(node, (n, key) => (YamlMappingNode)n[key]);

    private static IEnumerable<string> List(YamlMappingNode node, string key) => ((YamlSequenceNode)node[key]).Select(Text);

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;

    private static YamlMappingNode Read([CallerFilePath] string here = "")
    {
        using var text = new StreamReader(Path.Combine(Path.GetDirectoryName(here)!, "../../../../docker/compose.yaml"));
        var stream = new YamlStream();
        stream.Load(new MergingParser(new Parser(text)));
        return (YamlMappingNode)stream.Documents.Single().RootNode;
    }
}
