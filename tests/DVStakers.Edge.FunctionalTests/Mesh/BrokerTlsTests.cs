using System.Text;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.FunctionalTests.Fakes;
using DVStakers.Edge.FunctionalTests.Service;
using DVStakers.Edge.Linux.Mosquitto;

namespace DVStakers.Edge.FunctionalTests.Mesh;

/// <summary>Who a box's broker lets in, and how the agent connects to it.</summary>
public sealed class BrokerTlsTests
{
    [Fact]
    public async Task Only_a_valid_certificate_of_the_cluster_opens_it_and_each_refusal_says_why()
    {
        using var cluster = new TestCluster("alpha", "beta");
        cluster.Remove("beta");
        await using var broker = await MeshBroker.Start(cluster, "alpha");
        await using (await broker.Connected("alpha"))
        {
        }
        AssertSaid("it was revoked", await Refused(broker.Connect(cluster.DirectoryOf("beta"))));
        AssertSaid("it has expired", await Refused(broker.Connect(cluster.Impostor("alpha", days: -1))));
        AssertSaid("from another authority", await Refused(broker.Connect(cluster.Impostor("alpha", ofThisCa: false))));

        await using var without = Lines.Of("mosquitto_pub", "-h", "127.0.0.1", "-p", $"{cluster.Port("alpha")}", "--cafile", $"{cluster.DirectoryOf("alpha")}/ca.crt", "-t", "t", "-m", "m");
        Assert.NotEqual(0, await without.Exit());
    }

    [Fact]
    public async Task A_name_of_no_member_may_connect_and_is_told_nothing()
    {
        using var cluster = new TestCluster("alpha");
        await using var broker = await MeshBroker.Start(cluster, "alpha");
        await using var alpha = await broker.Connected("alpha");
        await using var stranger = broker.Connect(cluster.Impostor("stranger"));
        Assert.IsType<MosquittoEvent.Connected>(await stranger.Next());
        stranger.Subscribe("#", qos: 1);
        await broker.Log.Until("Sending SUBACK to stranger");
        await using var watch = broker.Watch();
        alpha.TryPublish(new("dvstakers/kili/alpha/health", "x"u8.ToArray(), Qos: 1, Retain: true));
        await watch.Until("alpha/health x");
        Assert.False(stranger.Events.TryRead(out _));
    }

    [Fact]
    public async Task A_removed_member_is_out_with_a_reload_also_where_it_was_connected()
    {
        using var cluster = new TestCluster("alpha");
        cluster.Add("beta");
        await using var broker = await MeshBroker.Start(cluster, "alpha");
        await using var alpha = await broker.Connected("alpha");
        await using var beta = await broker.Connected("beta");
        beta.Subscribe("#", qos: 1);
        await broker.Log.Until("Sending SUBACK to beta");
        alpha.TryPublish(new("dvstakers/kili/alpha/health", "1"u8.ToArray(), Qos: 1, Retain: false));
        Assert.IsType<MosquittoEvent.Received>(await beta.Next());

        cluster.Remove("beta");
        var (code, output, _) = await broker.Render("--check");
        Assert.Equal(1, code);
        Assert.Contains($"{broker.Folder}/dvstakers-edge/acl", output);
        (_, output, _) = await broker.Render();
        Assert.EndsWith("Next: sudo systemctl reload mosquitto", output);
        await broker.Reload();
        await using var watch = broker.Watch();
        await broker.Log.Until("Sending SUBACK");
        alpha.TryPublish(new("dvstakers/kili/alpha/health", "2"u8.ToArray(), Qos: 1, Retain: false));
        await watch.Until("alpha/health 2");
        Assert.False(beta.Events.TryRead(out _));
        AssertSaid("it was revoked", await Refused(broker.Connect(cluster.DirectoryOf("beta"))));
    }

    [Fact]
    public async Task The_agent_does_not_speak_to_another_s_broker_nor_to_one_of_another_name()
    {
        using var cluster = new TestCluster("alpha");
        await using var broker = await MeshBroker.Start(cluster, "alpha");
        var foreign = cluster.Impostor("alpha", ofThisCa: false);
        // Its own CA is not the broker's.
        File.Copy(Path.Combine(foreign, "box.crt"), Path.Combine(foreign, "ca.crt"), overwrite: true);
        Assert.Contains("the broker's certificate is not accepted", await Refused(broker.Connect(foreign)));
        Assert.Contains("localhost", await Refused(broker.Connect(cluster.DirectoryOf("alpha"), host: "localhost")));
    }

    [Theory]
    [InlineData(true, -1)]
    [InlineData(false, 30)]
    public async Task A_peer_s_broker_with_a_certificate_that_is_not_good_is_not_pulled_from_and_the_own_broker_serves_on(bool ofThisCa, double days)
    {
        using var cluster = new TestCluster("alpha", "beta");
        await using var alpha = await MeshBroker.Start(cluster, "alpha");
        var bad = cluster.Impostor("beta", ofThisCa, days);
        await using var beta = new MeshBroker(cluster, "beta");
        var (code, _, errors) = await beta.Render();
        Assert.Equal((0, ""), (code, errors));
        // Into what was rendered: the command itself takes no certificate that is not the roster's.
        foreach (var file in new[] { "box.crt", "box.key" })
            File.Copy(Path.Combine(bad, file), Path.Combine(beta.Folder, "dvstakers-edge", file), overwrite: true);
        await beta.Start();

        // It tries again and again.
        for (var i = 0; i < 3; i++)
            await alpha.Log.Until(line => line.Contains("certificate verify failed", StringComparison.Ordinal));
        await using var agent = await alpha.Connected("alpha");
        await using var watch = alpha.Watch();
        agent.TryPublish(new("dvstakers/kili/alpha/health", "x"u8.ToArray(), Qos: 1, Retain: true));
        await watch.Until("alpha/health x");
        await using var state = alpha.Watch("$SYS/broker/connection/alpha-pulls-beta/state");
        await state.Until(line => line.EndsWith(" 0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_port_without_TLS_is_said()
    {
        await using var broker = await Broker.Start();
        using var cluster = new TestCluster("alpha");
        await using var box = new Box(Box.At(broker.Port) with { Tls = MqttTls.Cluster }, membership: cluster.DirectoryOf("alpha"));
        Assert.Contains("TLS", (await box.Until(BrokerState.Disconnected)).Detail);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_named()
    {
        await using var box = new Box(Box.At(Ports.Free()) with { Tls = MqttTls.On, CaFile = "/not/here.crt" });
        Assert.Contains("/not/here.crt", (await box.Until(BrokerState.Disconnected)).Detail);
    }

    [Fact]
    public async Task The_publisher_publishes_over_TLS_to_its_own_broker_and_another_box_pulls_it()
    {
        using var cluster = new TestCluster("node-1", "node-2");
        await using var own = await MeshBroker.Start(cluster, "node-1");
        await using var other = await MeshBroker.Start(cluster, "node-2");
        await using var watch = other.Watch();
        await using var box = new Box(new MqttConfig { Port = cluster.Port("node-1"), KeepAliveSeconds = 5, Tls = MqttTls.Cluster }, membership: cluster.DirectoryOf("node-1"));
        await box.Until(BrokerState.Connected);
        await watch.Until($"{Box.Prefix}availability online");
        await watch.Until($"{Box.Prefix}health");
        await box.Stop();
        await watch.Until($"{Box.Prefix}availability offline");
    }

    [Fact]
    public async Task One_shared_broker_serves_all_and_each_writes_its_own()
    {
        using var cluster = new TestCluster("alpha", "beta");
        cluster.Add("gamma");
        await using var broker = await MeshBroker.Start(cluster, "alpha", shared: true);
        await using var alpha = await broker.Connected("alpha");
        await using var gamma = await broker.Connected("gamma");
        gamma.Subscribe("dvstakers/kili/#", qos: 1);
        await broker.Log.Until("Sending SUBACK to gamma");
        gamma.TryPublish(new("dvstakers/kili/alpha/health", "forged"u8.ToArray(), Qos: 1, Retain: true));
        await broker.Log.Until("Denied PUBLISH from gamma");
        alpha.TryPublish(new("dvstakers/kili/alpha/health", "a"u8.ToArray(), Qos: 1, Retain: true));
        Assert.Equal("a", Text(await gamma.Next()));
        gamma.TryPublish(new("dvstakers/kili/gamma/health", "g"u8.ToArray(), Qos: 1, Retain: true));
        Assert.Equal("g", Text(await gamma.Next()));
        Assert.DoesNotContain("\nconnection ", await File.ReadAllTextAsync(Path.Combine(broker.Folder, "conf.d/dvstakers-edge.conf")));
    }

    [Fact]
    public async Task The_agent_s_process_publishes_over_TLS()
    {
        using var cluster = new TestCluster("box");
        await using var broker = await MeshBroker.Start(cluster, "box");
        await using var watch = broker.Watch();
        await using var box = await Proxy.TestBox.Start(
            yaml: $"membership:\n  directory: {cluster.DirectoryOf("box")}\nmqtt:\n  tls: cluster\n  port: {cluster.Port("box")}",
            environment: new Dictionary<string, string> { ["EDGE_CLUSTER"] = TestCluster.Name });
        await watch.Until("dvstakers/kili/box/availability online");
        await watch.Until("dvstakers/kili/box/health");
    }

    /// <summary>The connection's last word; fails where it was let in.</summary>
    private static async Task<string> Refused(MosquittoConnection connection)
    {
        await using (connection)
            return Assert.IsType<MosquittoEvent.Closed>(await connection.Next()).Words;
    }

    /// <summary>The broker's reason, where it came through before the end of the connection.</summary>
    private static void AssertSaid(string reason, string words) =>
        Assert.True(words.Contains(reason, StringComparison.Ordinal) || words.Contains("it may refuse the certificate", StringComparison.Ordinal), words);

    private static string Text(MosquittoEvent received) => Encoding.UTF8.GetString(Assert.IsType<MosquittoEvent.Received>(received).Message.Payload.Span);
}
