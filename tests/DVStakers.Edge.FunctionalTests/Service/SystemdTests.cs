using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using DVStakers.Edge.FunctionalTests.Fakes;
using DVStakers.Edge.FunctionalTests.Mesh;
using DVStakers.Edge.FunctionalTests.Proxy;

namespace DVStakers.Edge.FunctionalTests.Service;

/// <summary>What systemd sees of the agent, from its start to its end.</summary>
public sealed class SystemdTests
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Ready_is_said_when_every_stack_was_read_and_the_proxy_answers()
    {
        await using var systemd = new Systemd();
        bool? early = null;
        await using var box = await TestBox.Start(b => b.Secondary.Node.On("GET", "/eth/v1/node/syncing", _ =>
        {
            early ??= systemd.Has("READY=1");
            return Reply.Json("""{"data":{"head_slot":"100","sync_distance":"0","is_syncing":false,"is_optimistic":false,"el_offline":false}}""");
        }), environment: systemd.Environment);
        await systemd.Until(() => systemd.Has("READY=1"));
        using var answer = await box.Client.GetAsync("/eth/v1/node/health");
        Assert.True(answer.IsSuccessStatusCode);
        Assert.False(early);
        // Whichever was read first.
        Assert.StartsWith("serving from ", systemd.Status);
    }

    [Fact]
    public async Task Ready_waits_for_a_slow_execution_client_too()
    {
        await using var box = await TestBox.Start(b => b.Secondary.Execution.Freeze());
        // At once: a stack of which one half was not looked at could not take over.
        var report = JsonDocument.Parse(await box.Client.GetStringAsync(box.Agent.Status)).RootElement;
        Assert.DoesNotContain(report.GetProperty("stacks").EnumerateArray(), s => s.GetProperty("execution").GetString() == "not seen");
    }

    [Fact]
    public async Task The_status_line_follows_a_fail_over_and_the_watchdog_is_fed_meanwhile()
    {
        await using var systemd = new Systemd(watchdog: TimeSpan.FromSeconds(1.5));
        // Through an HTTP proxy the agent would not reach itself.
        var environment = new Dictionary<string, string>(systemd.Environment) { ["http_proxy"] = "http://127.0.0.1:1", ["HTTP_PROXY"] = "http://127.0.0.1:1" };
        await using var box = await TestBox.Start(environment: environment);
        await systemd.Until(() => systemd.Count("WATCHDOG=1") >= 2);
        await systemd.Until(() => systemd.Status.StartsWith("serving from primary", StringComparison.Ordinal));

        await box.Primary.Execution.Kill();
        await systemd.Until(() => systemd.Status.StartsWith("serving from secondary: ", StringComparison.Ordinal));
        Assert.Contains("1 of 2 stacks qualify", systemd.Status);
        var fed = systemd.Count("WATCHDOG=1");
        await systemd.Until(() => systemd.Count("WATCHDOG=1") >= fed + 2);

        await box.Secondary.Node.Kill();
        await systemd.Until(() => systemd.Status.Contains("0 of 2 stacks qualify", StringComparison.Ordinal) || systemd.Status.StartsWith("not serving", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Under_the_journal_every_line_carries_its_priority()
    {
        await using var box = await TestBox.Start(environment: new Dictionary<string, string> { ["JOURNAL_STREAM"] = "8:12345" });
        await box.Primary.Execution.Kill();
        await box.Agent.Process.Until(line => line.Contains("Execution client unreachable", StringComparison.Ordinal));
        await box.UntilServing("secondary");
        Assert.All(box.Agent.Process.Errors, line => Assert.Matches("^<[2-7]>[^<]", line));
        Assert.Contains(box.Agent.Process.Errors, line => line.StartsWith("<6>Ready: ", StringComparison.Ordinal));
        Assert.Contains(box.Agent.Process.Errors, line => Regex.IsMatch(line, "^<[34]>.*[Ee]xecution client"));
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task It_stops_in_order_and_in_time_whatever_is_open(string signal)
    {
        await using var systemd = new Systemd(watchdog: TimeSpan.FromSeconds(3));
        await using var broker = await Broker.Start();
        await using var box = await TestBox.Start(
            b => b.Primary.Node.On("POST", "/eth/v2/beacon/pool/attestations", Reply.Never),
            yaml: $"mqtt:\n  host: 127.0.0.1\n  port: {broker.Port}", environment: systemd.Environment);
        await using var watch = broker.Watch();
        await watch.Until("dvstakers/test/box/availability online");
        // Open at the stop: an event stream, a submission that one node holds, and requests to a node that hangs.
        using var stream = await EventReader.Open(box.Client, "head");
        box.Secondary.Node.Freeze();
        var submission = box.Client.PostAsync("/eth/v2/beacon/pool/attestations", new StringContent("[]"));
        await box.Primary.Node.Requests.WaitFor(r => r.Path == "/eth/v2/beacon/pool/attestations");

        await box.Agent.Process.Signal(signal);
        var exit = box.Agent.Process.Exit(StopLimit);
        await watch.Until("dvstakers/test/box/availability offline");
        // The peers hear of it when nothing is taken any more, not before.
        await Assert.ThrowsAsync<SocketException>(() => new TcpClient().ConnectAsync("127.0.0.1", box.Agent.Proxy.Port));
        // In order: otherwise mosquitto says "closed its connection", and the last will is what says offline.
        await broker.Log.Until("Client dvstakers-edge-test-box disconnected.");

        var (code, took) = await exit;
        Assert.Equal(0, code);
        Assert.InRange(took, TimeSpan.Zero, StopLimit);
        Assert.True(systemd.Has("STOPPING=1"));
        Assert.DoesNotContain(box.Agent.Process.Errors, line => line.Contains("did not stop in time", StringComparison.Ordinal) || line.Contains("Exception", StringComparison.Ordinal));
        Assert.True(submission.IsCompleted || await Task.WhenAny(submission, Task.Delay(StopLimit)) == submission);
    }

    [Theory]
    [InlineData("proxy.listen")]
    [InlineData("status.listen")]
    public async Task A_second_agent_on_a_port_ends_with_an_error_that_names_the_setting(string setting)
    {
        await using var box = await TestBox.Start();
        var address = (setting == "proxy.listen" ? box.Agent.Proxy : box.Agent.Status).Authority;
        var elsewhere = "127.0.0.1:0";
        var other = setting == "proxy.listen" ? "EDGE_STATUS_LISTEN" : "EDGE_PROXY_LISTEN";
        var (code, _, log) = await EdgeProcess.Run(["run", "--config", box.Agent.Configuration], new Dictionary<string, string> { [other] = elsewhere });
        Assert.Equal(1, code);
        Assert.Contains($"Cannot listen on {address} ({setting})", log);
        Assert.DoesNotContain("Ready: validators", log);
        // The first goes on.
        using var answer = await box.Client.GetAsync("/eth/v1/beacon/genesis");
        Assert.True(answer.IsSuccessStatusCode);
    }

    [Fact]
    public async Task A_signal_before_it_is_ready_ends_it_in_order_too()
    {
        await using var systemd = new Systemd();
        var chain = FakeChain.Live();
        await using var node = await FakeBeaconNode.Start(chain);
        node.Freeze();
        var environment = new Dictionary<string, string>(systemd.Environment)
        {
            ["EDGE_STACKS_0_NAME"] = "only",
            ["EDGE_STACKS_0_BEACON_NODE"] = node.Address.ToString(),
            ["EDGE_PROXY_LISTEN"] = "127.0.0.1:0",
            ["EDGE_STATUS_LISTEN"] = "127.0.0.1:0",
        };
        var file = Path.GetTempFileName();
        await using var edge = EdgeProcess.Start(["run", "--config", file], environment);
        await node.Requests.WaitFor(_ => true);
        await edge.Signal("TERM");
        Assert.Equal(0, (await edge.Exit(StopLimit)).Code);
        Assert.True(systemd.Has("STOPPING=1"));
        File.Delete(file);
    }
}
