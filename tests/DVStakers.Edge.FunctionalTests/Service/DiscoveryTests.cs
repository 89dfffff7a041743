using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using DVStakers.Edge.Agent.Config;
using DVStakers.Edge.FunctionalTests.Fakes;
using DVStakers.Edge.FunctionalTests.Mesh;
using Microsoft.AspNetCore.Http;

namespace DVStakers.Edge.FunctionalTests.Service;

/// <summary>The agent on a box where nobody wrote a configuration: it looks on the usual ports of this machine, which the tests must have for themselves.</summary>
public sealed class DiscoveryTests
{
    private static readonly Uri Proxy = new("http://127.0.0.1:5070");
    private static readonly Uri Status = new("http://127.0.0.1:5072/status");

    [Fact]
    public async Task It_finds_names_and_pairs_what_runs_here_and_serves()
    {
        SkipUnlessAlone();
        var (one, other) = (FakeChain.Live(), FakeChain.Live() with { Branch = "other" });
        await using var lighthouse = await FakeBeaconNode.Start(one, port: 5052);
        await using var teku = await FakeBeaconNode.Start(other, port: 5051);
        lighthouse.Version = "Lighthouse/v7.0.1-fa1afe1/x86_64-linux";
        teku.Version = "teku/v25.4.1/linux-x86_64/-eclipseadoptium-openjdk64bitservervm-java-21";
        // Crossed: by the order of the ports alone they would be paired wrongly.
        await using var besu = await FakeExecutionClient.Start(other, port: 8545);
        await using var geth = await FakeExecutionClient.Start(one, port: 8546);
        besu.Version = "besu/v25.4.0/linux-x86_64/openjdk-java-21";
        geth.Version = "Geth/v1.15.10-stable/linux-amd64/go1.24.2";
        await using var website = await Website.Start(port: 3500);

        await using var edge = EdgeProcess.Start(["run"]);
        await edge.Until("Ready: validators and DVT clients use http://127.0.0.1:5070");
        Assert.Contains("found stack lighthouse: Lighthouse/v7.0.1-fa1afe1/x86_64-linux at http://127.0.0.1:5052/ with Geth at http://127.0.0.1:8546/ (it has the block", edge.Log);
        Assert.Contains("found stack teku: ", edge.Log);
        Assert.Contains("with besu at http://127.0.0.1:8545/ (it has the block", edge.Log);
        Assert.NotEmpty(website.Requests.To("/eth/v1/node/version"));
        Assert.DoesNotContain("127.0.0.1:3500", edge.Log);

        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri(Proxy, "/eth/v1/beacon/genesis"));
        Assert.True(answer.IsSuccessStatusCode);
        var report = JsonDocument.Parse(await client.GetStringAsync(Status)).RootElement;
        Assert.Equal(["lighthouse", "teku"], report.GetProperty("stacks").EnumerateArray().Select(s => s.GetProperty("name").GetString()));
        var (code, screen, _) = await EdgeProcess.Run(["status"]);
        Assert.Equal(0, code);
        Assert.Contains("Lighthouse/v7.0.1-fa1afe1 + Geth/v1.15.10-stable", screen);

        (code, var found, _) = await EdgeProcess.Run(["check-config"]);
        Assert.Equal(0, code);
        Assert.Contains("found stack lighthouse", found);
    }

    /// <summary>Half a minute long: it waits for the second look around.</summary>
    [Fact]
    public async Task With_nothing_there_it_says_where_it_looked_and_starts_anew_under_systemd_and_mqtt_when_a_node_comes_up()
    {
        SkipUnlessAlone();
        await using var broker = await Broker.Start();
        await using var watch = broker.Watch("dvstakers/+/kili/availability");
        await using var systemd = new Systemd(watchdog: TimeSpan.FromSeconds(15));
        await using var website = await Website.Start(port: 5052);
        var environment = new Dictionary<string, string>(systemd.Environment)
        {
            ["EDGE_BOX"] = "kili",
            ["EDGE_MQTT_HOST"] = "127.0.0.1",
            ["EDGE_MQTT_PORT"] = $"{broker.Port}",
        };
        await using var edge = EdgeProcess.Start(["run"], environment);

        var looked = await edge.Until("no beacon node found on 127.0.0.1");
        Assert.All(new DiscoveryPlaces().Beacon, port => Assert.Contains($"{port}", looked));
        await systemd.Until(() => systemd.Has("READY=1"));
        Assert.NotEmpty(website.Requests.To("/eth/v1/node/version"));
        using var client = new HttpClient { BaseAddress = Proxy };
        using (var answer = await client.GetAsync("/eth/v1/beacon/genesis"))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        var (code, screen, _) = await EdgeProcess.Run(["status"]);
        Assert.Equal(2, code);
        Assert.Contains("none found on this machine yet", screen);
        await watch.Until("availability online");

        var chain = FakeChain.Live();
        await using var geth = await FakeExecutionClient.Start(chain, port: 8545);
        await using var teku = await FakeBeaconNode.Start(chain, port: 5051);
        teku.Version = "teku/v25.4.1";
        await edge.Until("found stack teku", atMost: TimeSpan.FromSeconds(45));
        await systemd.Until(() => systemd.Status.StartsWith("serving from teku", StringComparison.Ordinal));
        Assert.Equal(2, systemd.Count("READY=1"));
        // After it, systemd would kill the agent that goes on.
        Assert.False(systemd.Has("STOPPING=1"));
        using (var answer = await client.GetAsync("/eth/v1/beacon/genesis"))
            Assert.True(answer.IsSuccessStatusCode);
        Assert.Equal(0, (await EdgeProcess.Run(["status"])).Code);
        await watch.Until("availability offline");
        await watch.Until("availability online");
        await using (var ranking = broker.Watch("dvstakers/+/kili/ranking"))
            await ranking.Until("\"serving\":\"teku\"");
        var fed = systemd.Count("WATCHDOG=1");
        await systemd.Until(() => systemd.Count("WATCHDOG=1") > fed);

        await geth.Kill();
        await systemd.Until(() => systemd.Status.Contains("0 of 1 stacks qualify", StringComparison.Ordinal) || systemd.Status.StartsWith("not serving", StringComparison.Ordinal));
        await edge.Signal("TERM");
        Assert.Equal(0, (await edge.Exit(TimeSpan.FromSeconds(5))).Code);
        Assert.True(systemd.Has("STOPPING=1"));
        await watch.Until("availability offline");
    }

    /// <summary>Something that is not an Ethereum client, and answers everything.</summary>
    private sealed class Website : FakeServer
    {
        public static async Task<Website> Start(int port)
        {
            var website = new Website();
            website.ListenOn(port);
            await website.Restart();
            return website;
        }

        protected override Task<Reply?> Answer(RecordedRequest request, HttpContext context) =>
            Task.FromResult<Reply?>(Reply.Json("{\"data\":\"welcome\"}") with { ContentType = "text/html" });
    }

    private static void SkipUnlessAlone()
    {
        Assert.SkipWhen(File.Exists(ConfigFile.DefaultPath), $"this machine has an agent's configuration, {ConfigFile.DefaultPath}");
        var places = new DiscoveryPlaces();
        foreach (var port in new[] { Proxy.Port, Status.Port }.Concat(places.Beacon).Concat(places.Execution).Concat(places.Engine))
            Assert.SkipUnless(IsFree(port), $"port {port} of this machine is taken, so something real may be found");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
