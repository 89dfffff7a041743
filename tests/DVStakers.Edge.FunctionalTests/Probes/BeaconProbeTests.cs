using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Agent.Probes;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.FunctionalTests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DVStakers.Edge.FunctionalTests.Probes;

public sealed class BeaconProbeTests : IAsyncLifetime
{
    private readonly FakeTimeProvider time = new(TimeProvider.System.GetUtcNow());
    private FakeBeaconNode node = null!;
    private NodeClient client = null!;
    private BeaconProbe probe = null!;

    public async ValueTask InitializeAsync()
    {
        node = await FakeBeaconNode.Start(FakeChain.Live());
        client = new NodeClient("one", node.Address);
        probe = new BeaconProbe(client, time, NullLogger.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await node.DisposeAsync();
    }

    [Theory]
    [InlineData("capella")]
    [InlineData("deneb")]
    [InlineData("electra")]
    [InlineData("fulu")]
    [InlineData("gloas")]
    public async Task A_healthy_node_is_read_whole_in_every_fork(string fork)
    {
        node.Chain = node.Chain with { Fork = fork };
        node.On("GET", "/eth/v1/beacon/execution_payload_envelopes/{id}", Reply.Json("{}"));
        var reading = await Read();
        Assert.Equal((Reach.Ok, null), (reading.Reach, reading.Problem));
        Assert.Equal(node.Chain.HeadRoot, reading.Head?.Root.ToString());
        Assert.Equal(node.Chain.HeadSlot, reading.Head?.Slot.Value);
        Assert.Equal(node.Chain.ExecutionHash, reading.ExecutionHash?.ToString());
        Assert.Equal((50, "Fake/v1.0.0", false), (reading.Peers, reading.Version, reading.ElOffline));
        Assert.Equal(node.Chain.GenesisValidatorsRoot, reading.Spec?.GenesisValidatorsRoot.ToString());
        Assert.Equal(node.Chain.ChainId, reading.Spec?.DepositChainId);
    }

    [Fact]
    public async Task What_seldom_changes_is_asked_once()
    {
        await Read();
        await Read();
        foreach (var path in new[] { "/eth/v1/config/spec", "/eth/v1/beacon/genesis", "/eth/v1/node/version", $"/eth/v1/beacon/blinded_blocks/{node.Chain.HeadRoot}" })
            Assert.Single(node.Requests.To(path));
        Assert.Equal(2, node.Requests.To("/eth/v1/node/syncing").Count);

        node.Version = "Fake/v2.0.0";
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("Fake/v2.0.0", (await Read()).Version);
    }

    [Fact]
    public async Task A_new_head_brings_its_own_execution_hash()
    {
        await Read();
        node.Chain = node.Chain.Extend();
        Assert.Equal(node.Chain.ExecutionHash, (await Read()).ExecutionHash?.ToString());
    }

    [Fact]
    public async Task Without_blinded_blocks_the_full_block_is_read()
    {
        node.On("GET", "/eth/v1/beacon/blinded_blocks/{id}", Reply.Error(404, "no such route"));
        Assert.Equal(node.Chain.ExecutionHash, (await Read()).ExecutionHash?.ToString());
    }

    [Fact]
    public async Task Without_any_block_the_rest_is_read_and_the_hash_is_asked_for_again()
    {
        node.On("GET", "/eth/v1/beacon/blinded_blocks/{id}", Reply.Error(404, "no"));
        node.On("GET", "/eth/v2/beacon/blocks/{id}", Reply.Error(500, "no"));
        var reading = await Read();
        Assert.Equal((Reach.Ok, null), (reading.Reach, reading.ExecutionHash));
        node.Reset();
        Assert.Equal(node.Chain.ExecutionHash, (await Read()).ExecutionHash?.ToString());
    }

    [Fact]
    public async Task Since_gloas_the_payload_counts_from_its_revelation()
    {
        node.Chain = node.Chain with { Fork = "gloas" };
        Assert.Equal(node.Chain.ParentExecutionHash, (await Read()).ExecutionHash?.ToString());
        node.On("GET", "/eth/v1/beacon/execution_payload_envelopes/{id}", Reply.Json("{}"));
        Assert.Equal(node.Chain.ExecutionHash, (await Read()).ExecutionHash?.ToString());
    }

    [Fact]
    public async Task Lodestar_of_the_capella_days_is_read()
    {
        node.Chain = node.Chain with { Fork = "capella" };
        node.ElOffline = null;
        node.Spec = new Dictionary<string, string?> { ["SLOT_DURATION_MS"] = null, ["ATTESTATION_DUE_BPS"] = null, ["AGGREGATE_DUE_BPS"] = null, ["BLOB_SCHEDULE"] = null, ["INTERVALS_PER_SLOT"] = "\"3\"" };
        var reading = await Read();
        Assert.Equal((Reach.Ok, null), (reading.Reach, reading.ElOffline));
        Assert.Equal(TimeSpan.FromSeconds(4), reading.Spec?.AttestationDue);
    }

    [Fact]
    public async Task Peers_version_and_specification_may_be_refused()
    {
        foreach (var path in new[] { "/eth/v1/node/peer_count", "/eth/v1/node/version", "/eth/v1/config/spec" })
            node.On("GET", path, Reply.Error(501, "not implemented"));
        var reading = await Read();
        Assert.Equal((Reach.Ok, null, null, null), (reading.Reach, reading.Peers, reading.Version, reading.Spec));
    }

    [Theory]
    [InlineData("/eth/v1/node/syncing")]
    [InlineData("/eth/v1/beacon/headers/head")]
    [InlineData("/eth/v1/node/peer_count")]
    [InlineData("/eth/v1/config/spec")]
    public async Task An_answer_that_makes_no_sense_is_named(string path)
    {
        node.On("GET", path, Reply.Json("<html>\nwelcome</html>"));
        var failure = await Failure();
        Assert.Equal(Reach.Malformed, failure.Reach);
        Assert.Contains(new Uri(node.Address, path).ToString(), failure.Message);
        Assert.Contains("'<html> welcome</html>'", failure.Message);
    }

    [Theory]
    [InlineData(500, Reach.Refused)]
    [InlineData(404, Reach.Refused)]
    [InlineData(401, Reach.Denied)]
    [InlineData(403, Reach.Denied)]
    public async Task An_http_error_is_named(int status, Reach reach)
    {
        node.On("GET", "/eth/v1/node/syncing", Reply.Error(status, "no"));
        var failure = await Failure();
        Assert.Equal(reach, failure.Reach);
        Assert.Contains($"{status}", failure.Message);
    }

    [Fact]
    public async Task A_node_that_is_not_there_is_unreachable_and_is_learned_anew_when_it_is_back_as_another_network()
    {
        await Read();
        await node.Kill();
        var failure = await KilledNode.Failure(Failure);
        Assert.Equal((Reach.Unreachable, true), (failure.Reach, failure.Message.Contains("refused", StringComparison.Ordinal)));
        var lost = ((BeaconSeen)probe.Lost(failure)).Reading;
        Assert.Equal((Reach.Unreachable, failure.Message), (lost.Reach, lost.Problem));

        node.Chain = node.Chain with { GenesisValidatorsRoot = FakeChain.Hash("another network") };
        await node.Restart();
        Assert.Equal(node.Chain.GenesisValidatorsRoot, (await Read()).Spec?.GenesisValidatorsRoot.ToString());
    }

    [Fact]
    public async Task A_node_that_hangs_is_silent_after_a_second()
    {
        node.Freeze();
        var reading = probe.Read(CancellationToken.None);
        await node.Requests.WaitFor(r => r.Path == "/eth/v1/node/syncing");
        await node.Requests.WaitFor(r => r.Path == "/eth/v1/beacon/headers/head");
        time.Advance(TimeSpan.FromSeconds(0.9));
        Assert.False(reading.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(Reach.Silent, (await Assert.ThrowsAsync<ProbeException>(() => reading)).Reach);
    }

    [Fact]
    public async Task A_slow_block_costs_its_hash_and_not_the_reading()
    {
        node.On("GET", "/eth/v1/beacon/blinded_blocks/{id}", Reply.Never);
        node.On("GET", "/eth/v2/beacon/blocks/{id}", Reply.Error(404, "no"));
        var reading = Read();
        await node.Requests.WaitFor(r => r.Path.StartsWith("/eth/v1/beacon/blinded_blocks/", StringComparison.Ordinal));
        time.Advance(ProbeRequests.Patience);
        Assert.Equal((Reach.Ok, null), ((await reading).Reach, (await reading).ExecutionHash));
    }

    [Fact]
    public async Task A_connection_that_breaks_amid_the_answer_is_silence()
    {
        node.On("GET", "/eth/v1/beacon/headers/head", Reply.Json("{\"data\":{}}") with { CutAt = 4 });
        Assert.Equal(Reach.Silent, (await Failure()).Reach);
    }

    [Fact]
    public async Task A_name_that_is_not_known_is_unreachable()
    {
        using var nowhere = new NodeClient("nowhere", new Uri("http://no-such-host.invalid:5052"));
        var failure = await Assert.ThrowsAsync<ProbeException>(() => new BeaconProbe(nowhere, time, NullLogger.Instance).Read(CancellationToken.None));
        Assert.Equal(Reach.Unreachable, failure.Reach);
        Assert.Contains("no-such-host.invalid", failure.Message);
    }

    [Fact]
    public async Task Tls_to_a_port_without_tls_is_unreachable()
    {
        using var tls = new NodeClient("tls", new UriBuilder(node.Address) { Scheme = "https" }.Uri);
        var failure = await Assert.ThrowsAsync<ProbeException>(() => new BeaconProbe(tls, time, NullLogger.Instance).Read(CancellationToken.None));
        Assert.Equal(Reach.Unreachable, failure.Reach);
        Assert.Contains("TLS", failure.Message);
    }

    [Fact]
    public async Task A_clock_that_agrees_is_no_offset()
    {
        var now = new BeaconProbe(client, TimeProvider.System, NullLogger.Instance);
        Assert.Equal(TimeSpan.Zero, ((BeaconSeen)await now.Read(CancellationToken.None)).Reading.ClockOffset);
    }

    [Fact]
    public async Task A_clock_that_differs_is_measured()
    {
        node.On("GET", "/eth/v1/node/syncing", Reply.Json("""{"data":{"is_syncing":false}}""").With("Date", (time.GetUtcNow() - TimeSpan.FromMinutes(10)).ToString("r")));
        Assert.InRange((await Read()).ClockOffset!.Value.TotalSeconds, -600, -598);
    }

    private async Task<BeaconReading> Read() => ((BeaconSeen)await probe.Read(CancellationToken.None)).Reading;

    private Task<ProbeException> Failure() => Assert.ThrowsAsync<ProbeException>(() => probe.Read(CancellationToken.None));
}
