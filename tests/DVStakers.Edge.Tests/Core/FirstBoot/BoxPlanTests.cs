using DVStakers.Edge.Agent.Config;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.FirstBoot;

namespace DVStakers.Edge.Tests.Core.FirstBoot;

public sealed class BoxPlanTests
{
    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f you@pc";

    [Fact]
    public void An_empty_file_comes_to_nothing() => Assert.Empty(Plan(""));

    [Fact]
    public void Each_key_comes_to_its_file()
    {
        var plan = Plan($"name: nuc-1\nssh-keys: [{Key}]\ntime-zone: UTC\ndata-disk: blank\nopen-ports: 9000/udp\n");
        Assert.Equal(new Dictionary<string, string>
        {
            ["authorized_keys"] = Key + "\n", ["hostname"] = "nuc-1\n", ["time-zone"] = "UTC\n", ["firewall"] = "udp dport 9000 accept\n", ["data-disk"] = "blank\n",
        }, plan);
    }

    [Fact]
    public void With_an_error_elsewhere_only_who_may_log_in_is_taken() =>
        Assert.Equal(["authorized_keys"], BoxPlan.Of(BoxReaderTests.Read($"nmae: x\nname: nuc-1\nssh-keys: [{Key}]").File, keysOnly: true).Select(f => f.Name));

    [Fact]
    public void A_fixed_address_asks_the_router_for_names() =>
        Assert.Equal("[Match]\nName=en* eth*\n\n[Network]\nMulticastDNS=yes\nAddress=192.168.1.20/24\nGateway=192.168.1.1\nDNS=192.168.1.1\n",
            Plan("network: { address: 192.168.1.20/24, gateway: 192.168.1.1 }")["network"]);

    [Fact]
    public void One_card_alone_keeps_DHCP() =>
        Assert.Equal("[Match]\nName=enp3s0\n\n[Network]\nMulticastDNS=yes\nDHCP=yes\n", Plan("network: { interface: enp3s0 }")["network"]);

    [Fact]
    public void Who_joins_a_cluster_is_reached_at_gateway_and_broker()
    {
        Assert.Equal("tcp dport 30303 accept\ntcp dport 5071 accept\ntcp dport 8883 accept\n", Plan("invitation: x.invitation\nopen-ports: 30303/tcp 5071/tcp")["firewall"]);
        Assert.DoesNotContain("invitation", Plan("invitation: x.invitation").Keys);
        Assert.Equal("{ \"kind\": 1 }", Plan("invitation: '{ \"kind\": 1 }'")["invitation"]);
    }

    [Theory]
    [InlineData("mqtt: {}")]
    [InlineData("stacks:\n  - name: a\n    beacon-node: http://user:p@ss@127.0.0.1:5052\n  - name: b\n    beacon-node: http://[::1]:5052\n")]
    [InlineData("machine: { data: '/a, /b', units: }\npower:\n  model: null\n")]
    [InlineData("box: 'null'\ncluster: \"a\\tb \\\"c\\\\ \\u2028 # : - x\"\nlog: { level: '' }\n")]
    [InlineData("stacks: []\nx:\n  - - 1\n    - 2\n  - {}\n  - []\n  - a: 1\n    b: [c, d]\n")]
    [InlineData("'key: odd': -1\n? x\n: '- y'\n")]
    public void The_agents_configuration_reads_back_as_it_was(string text)
    {
        var (root, broken) = YamlTree.Read("f", new StringReader(text));
        Assert.Empty(broken);
        var written = BoxPlan.Of(new BoxFile { Agent = root }, keysOnly: false).Single(f => f.Name == "edge.yaml").Content;
        var (again, wrong) = YamlTree.Read("f", new StringReader(written));
        Assert.Empty(wrong);
        Assert.Equal(Shape(root), Shape(again));
    }

    // Without the places.
    private static string Shape(ConfigNode node) => node switch
    {
        ConfigMap map => "{" + string.Join(",", map.Entries.Select(e => $"{e.Name}={Shape(e.Value)}")) + "}",
        ConfigList list => "[" + string.Join(",", list.Items.Select(Shape)) + "]",
        ConfigScalar { IsNull: true } => "~",
        ConfigScalar scalar => $"'{scalar.Text}'",
        _ => throw new InvalidOperationException(),
    };

    private static Dictionary<string, string> Plan(string text) => BoxPlan.Of(BoxReaderTests.Good(text), keysOnly: false).ToDictionary(f => f.Name, f => f.Content);
}
