using System.Net;
using System.Net.Sockets;
using DVStakers.Edge.Agent.Config;
using DVStakers.Edge.Core.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace DVStakers.Edge.Tests.Agent.Config;

public sealed class DiscoveryTests
{
    private static readonly string A = Hash("aa"), B = Hash("bb");

    [Fact]
    public async Task A_beacon_node_and_its_execution_client_become_a_stack()
    {
        await using var beacon = await FakeNode.Beacon("Lighthouse/v7.0.1", A);
        await using var execution = await FakeNode.Execution("Geth/v1.15.2", A, []);
        var found = await Look([beacon.Port], [execution.Port]);
        var stack = Assert.Single(found.Stacks);
        Assert.Equal(new StackConfig { Name = "lighthouse", BeaconNode = Url(beacon), ExecutionClient = Url(execution) }, stack);
        Assert.Equal($"found stack lighthouse: Lighthouse/v7.0.1 at {Url(beacon)} with Geth at {Url(execution)} (it has the block of the beacon node's head)", Assert.Single(found.Notes));
    }

    [Fact]
    public async Task Two_pairs_are_put_together_by_their_heads_and_not_by_their_ports()
    {
        await using var beacon1 = await FakeNode.Beacon("Lighthouse/v7.0.1", A);
        await using var beacon2 = await FakeNode.Beacon("Lighthouse/v7.0.1", B);
        await using var execution1 = await FakeNode.Execution("Geth/v1", B, []);
        await using var execution2 = await FakeNode.Execution("Besu/v1", "0x00", [A]);
        var found = await Look([beacon1.Port, beacon2.Port], [execution1.Port, execution2.Port]);
        Assert.Equal([Url(execution2), Url(execution1)], found.Stacks.Select(s => s.ExecutionClient));
        Assert.Equal(["lighthouse", $"lighthouse-{beacon2.Port}"], found.Stacks.Select(s => s.Name));
    }

    [Fact]
    public async Task No_port_is_believed()
    {
        await using var other = await FakeNode.Start(c => FakeNode.Json(c, """{"data":"hello"}"""));
        await using var error = await FakeNode.Start(c => FakeNode.Status(c, 500));
        await using var text = await FakeNode.Start(c => FakeNode.Json(c, "<html>"));
        await using var middleware = await FakeNode.Beacon("charon/v1.3.0", A);
        var found = await Look([other.Port, error.Port, text.Port, middleware.Port], [other.Port, error.Port, text.Port]);
        Assert.Empty(found.Stacks);
        Assert.StartsWith($"no beacon node found on 127.0.0.1 (looked on ports {other.Port}, {error.Port}, {text.Port}, {middleware.Port}); until there is one", Assert.Single(found.Notes));
    }

    [Fact]
    public async Task A_port_that_stays_silent_does_not_hold_the_others_up()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var lastQuestion = new TaskCompletionSource();
        await using var beacon = await FakeNode.Start(c =>
        {
            if (c.Request.Path == "/eth/v2/beacon/blocks/head")
                lastQuestion.TrySetResult();
            return c.Request.Path == "/eth/v1/node/version" ? FakeNode.Json(c, """{"data":{"version":"teku/v25.1.0"}}""") : FakeNode.Status(c, 404);
        });
        var time = new FakeTimeProvider();
        var places = Places([((IPEndPoint)silent.LocalEndpoint).Port, beacon.Port], []);
        var look = new Discovery(places, time).Look(CancellationToken.None);
        await lastQuestion.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(look.IsCompleted);
        time.Advance(places.Patience);
        var found = await look;
        Assert.Equal("teku", Assert.Single(found.Stacks).Name);
        Assert.EndsWith("without an execution client: it is judged by its beacon node alone", Assert.Single(found.Notes));
    }

    [Fact]
    public async Task An_engine_port_opens_with_the_secret_that_lies_at_a_usual_path()
    {
        var secret = Path.GetTempFileName();
        try
        {
            File.WriteAllText(secret, "0x" + new string('1', 64));
            await using var beacon = await FakeNode.Beacon("Nimbus/v25.1.0", A);
            await using var engine = await FakeNode.Execution("Nethermind/v1", A, [], a => !a.StartsWith("Bearer eyJ", StringComparison.Ordinal));
            var places = Places([beacon.Port], []) with { Engine = [engine.Port], JwtSecrets = ["/no/such/secret", secret] };
            var found = await new Discovery(places, new FakeTimeProvider()).Look(CancellationToken.None);
            Assert.Equal((Url(engine), secret), (found.Stacks[0].ExecutionClient, found.Stacks[0].JwtSecret));

            var locked = await new Discovery(places with { JwtSecrets = ["/no/such/secret"] }, new FakeTimeProvider()).Look(CancellationToken.None);
            Assert.Null(locked.Stacks[0].ExecutionClient);
            Assert.StartsWith($"{Url(engine)} is an engine port, but no JWT secret could be read (/no/such/secret)", locked.Notes[0]);
        }
        finally
        {
            File.Delete(secret);
        }
    }

    [Fact]
    public async Task It_looks_again_until_something_new_is_there()
    {
        var time = new FakeTimeProvider();
        var up = false;
        var asked = new SemaphoreSlim(0);
        await using var late = await FakeNode.Start(c =>
        {
            asked.Release();
            return up ? FakeNode.Json(c, """{"data":{"version":"Grandine/1"}}""") : FakeNode.Status(c, 503);
        });
        var discovery = new Discovery(Places([late.Port], []), time);
        var more = discovery.LookForMore(await discovery.Look(CancellationToken.None), CancellationToken.None);
        await asked.WaitAsync(TestContext.Current.CancellationToken);

        time.Advance(discovery.Interval);
        await asked.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(more.IsCompleted);

        up = true;
        while (!more.IsCompleted)
        {
            time.Advance(discovery.Interval);
            await Task.WhenAny(more, asked.WaitAsync(TestContext.Current.CancellationToken));
        }
        Assert.Equal("grandine", Assert.Single((await more).Stacks).Name);
    }

    [Fact]
    public void What_is_known_stays_and_what_is_new_completes_it()
    {
        var known = new StackConfig { Name = "a", BeaconNode = new("http://h:1") };
        var other = new StackConfig { Name = "b", BeaconNode = new("http://h:2"), ExecutionClient = new("http://h:12") };
        var full = known with { ExecutionClient = new("http://h:11") };
        Assert.Equal([known], Discovery.Merge([known], []));
        Assert.Equal([full], Discovery.Merge([known], [full]));
        Assert.Equal([full], Discovery.Merge([full], [known]));
        Assert.Equal([full, other], Discovery.Merge([known], [other, full]));
        Assert.Equal([known, other], Discovery.Merge([known, other], [known with { ExecutionClient = new("http://h:12") }]));
        Assert.Equal(["a", "a-2"], Discovery.Merge([known], [other with { Name = "a" }]).Select(s => s.Name));
    }

    private static DiscoveryPlaces Places(int[] beacon, int[] execution) => new() { Beacon = beacon, Execution = execution, Engine = [] };

    private static Task<Discovered> Look(int[] beacon, int[] execution) => new Discovery(Places(beacon, execution), new FakeTimeProvider()).Look(CancellationToken.None);

    private static Uri Url(FakeNode node) => new($"http://127.0.0.1:{node.Port}");

    private static string Hash(string two) => "0x" + string.Concat(Enumerable.Repeat(two, 32));
}
