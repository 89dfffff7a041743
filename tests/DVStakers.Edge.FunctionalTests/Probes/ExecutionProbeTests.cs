using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Agent.Probes;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.FunctionalTests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using System.Text;

namespace DVStakers.Edge.FunctionalTests.Probes;

public sealed class ExecutionProbeTests : IAsyncLifetime
{
    private static readonly byte[] Secret = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    private readonly FakeTimeProvider time = new(TimeProvider.System.GetUtcNow());
    private readonly string secretFile = Path.GetTempFileName();
    private readonly List<NodeClient> clients = [];
    private FakeExecutionClient rpc = null!;
    private FakeExecutionClient engine = null!;

    public async ValueTask InitializeAsync()
    {
        rpc = await FakeExecutionClient.Start(FakeChain.Live());
        engine = await FakeExecutionClient.Start(FakeChain.Live(), Secret, time);
        await File.WriteAllTextAsync(secretFile, "0x" + Convert.ToHexString(Secret) + "\n");
    }

    public async ValueTask DisposeAsync()
    {
        clients.ForEach(c => c.Dispose());
        await rpc.DisposeAsync();
        await engine.DisposeAsync();
        File.Delete(secretFile);
    }

    [Fact]
    public async Task An_rpc_port_is_read_with_one_request()
    {
        var reading = await Read(Probe(rpc));
        Assert.Equal((Reach.Ok, false, rpc.Chain.ExecutionHash, rpc.Chain.HeadSlot), (reading.Reach, reading.IsSyncing, reading.LatestHash?.ToString(), reading.LatestNumber));
        Assert.Equal((rpc.Chain.ChainId, 25, rpc.Version), (reading.ChainId, reading.Peers, reading.Version));
        Assert.Equal(rpc.Chain.HeadTime, reading.LatestTime);
        Assert.Single(rpc.Requests.All);
    }

    [Fact]
    public async Task An_engine_port_is_read_with_a_fresh_token_each_time()
    {
        var probe = Probe(engine, secretFile);
        Assert.Equal((Reach.Ok, null, null), ((await Read(probe)).Reach, (await Read(probe)).Peers, (await Read(probe)).Version));
        time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(engine.Chain.ExecutionHash, (await Read(probe)).LatestHash?.ToString());
    }

    [Fact]
    public async Task A_wrong_or_missing_secret_is_denied_and_a_corrected_file_is_taken_up()
    {
        Assert.Equal(Reach.Denied, (await Failure(Probe(engine))).Reach);
        await File.WriteAllTextAsync(secretFile, new string('0', 64));
        var probe = Probe(engine, secretFile);
        Assert.Equal(Reach.Denied, (await Failure(probe)).Reach);
        await File.WriteAllTextAsync(secretFile, "not a secret");
        Assert.Contains(secretFile, (await Failure(probe)).Message);
        await File.WriteAllTextAsync(secretFile, Convert.ToHexString(Secret));
        Assert.Equal(Reach.Ok, (await Read(probe)).Reach);
        Assert.Equal(Reach.Denied, (await Failure(Probe(engine, secretFile + ".missing"))).Reach);
    }

    [Fact]
    public async Task A_client_without_batches_is_called_one_by_one_from_then_on()
    {
        rpc.TakesBatches = false;
        var probe = Probe(rpc);
        Assert.Equal(rpc.Chain.ExecutionHash, (await Read(probe)).LatestHash?.ToString());
        Assert.Equal(6, rpc.Requests.All.Count);
        Assert.Equal(25, (await Read(probe)).Peers);
        Assert.Equal(11, rpc.Requests.All.Count);
    }

    [Fact]
    public async Task A_client_that_is_stopped_is_silent_and_one_that_is_killed_is_unreachable()
    {
        var probe = Probe(rpc);
        rpc.Freeze();
        var reading = probe.Read(CancellationToken.None);
        await rpc.Requests.WaitFor(_ => true);
        time.Advance(ProbeRequests.Patience);
        Assert.Equal(Reach.Silent, (await Assert.ThrowsAsync<ProbeException>(() => reading)).Reach);
        rpc.Thaw();

        await rpc.Kill();
        Assert.Equal(Reach.Unreachable, (await KilledNode.Failure(() => Failure(probe))).Reach);
        await rpc.Restart();
        Assert.Equal(Reach.Ok, (await Read(probe)).Reach);
    }

    [Theory]
    [InlineData(200, "<html>", Reach.Malformed)]
    [InlineData(200, "", Reach.Malformed)]
    [InlineData(503, "starting", Reach.Refused)]
    [InlineData(403, "invalid host specified", Reach.Denied)]
    public async Task Garbage_and_errors_are_told_apart(int status, string body, Reach reach)
    {
        rpc.Override = new Reply { Status = status, ContentType = "text/plain", Body = Encoding.UTF8.GetBytes(body) };
        var failure = await Failure(Probe(rpc));
        Assert.Equal(reach, failure.Reach);
        Assert.Contains(rpc.Address.ToString(), failure.Message);
    }

    [Fact]
    public async Task A_client_that_syncs_says_so_and_one_that_fails_is_quoted()
    {
        rpc.IsSyncing = true;
        Assert.True((await Read(Probe(rpc))).IsSyncing);
        rpc.Failing = new HashSet<string> { "eth_getBlockByNumber" };
        Assert.Contains("eth_getBlockByNumber failed", (await Failure(Probe(rpc))).Message);
    }

    private ExecutionProbe Probe(FakeExecutionClient of, string? secret = null)
    {
        clients.Add(new NodeClient("one", of.Address));
        return new ExecutionProbe(clients[^1], secret, time, NullLogger.Instance);
    }

    private static async Task<ExecutionReading> Read(ExecutionProbe probe) => ((ExecutionSeen)await probe.Read(CancellationToken.None)).Reading;

    private static Task<ProbeException> Failure(ExecutionProbe probe) => Assert.ThrowsAsync<ProbeException>(() => probe.Read(CancellationToken.None));
}
