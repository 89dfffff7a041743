using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace DVStakers.Edge.FunctionalTests.Fakes;

/// <summary>The fakes do what the other tests rely on.</summary>
public sealed class FakesTests : IAsyncLifetime
{
    private readonly HttpClient http = new();
    private FakeBeaconNode node = null!;

    public async ValueTask InitializeAsync() => node = await FakeBeaconNode.Start(FakeChain.Live());

    public ValueTask DisposeAsync()
    {
        http.Dispose();
        return node.DisposeAsync();
    }

    [Fact]
    public async Task Attestation_data_is_the_same_as_json_and_as_ssz()
    {
        var json = JsonNode.Parse(await http.GetStringAsync(Url("/eth/v1/validator/attestation_data?slot=101&committee_index=3")))!["data"]!;
        Assert.Equal(node.Chain.HeadRoot, json["beacon_block_root"]!.GetValue<string>());

        var request = new HttpRequestMessage(HttpMethod.Get, Url("/eth/v1/validator/attestation_data?slot=101&committee_index=3"));
        request.Headers.Add("Accept", "application/octet-stream");
        var ssz = await (await http.SendAsync(request)).Content.ReadAsByteArrayAsync();

        Assert.Equal(ValidatorAnswers.AttestationSsz(json), ssz);
        Assert.Equal(128, ssz.Length);
        Assert.Equal(101, ssz[0]);
        Assert.Equal(3, ssz[8]);
    }

    [Theory]
    [InlineData("/eth/v1/node/health")]
    [InlineData("/eth/v1/node/syncing")]
    [InlineData("/eth/v1/node/version")]
    [InlineData("/eth/v2/node/version")]
    [InlineData("/eth/v1/node/peer_count")]
    [InlineData("/eth/v1/config/spec")]
    [InlineData("/eth/v1/config/fork_schedule")]
    [InlineData("/eth/v1/config/deposit_contract")]
    [InlineData("/eth/v1/beacon/genesis")]
    [InlineData("/eth/v1/beacon/states/head/fork")]
    [InlineData("/eth/v1/beacon/states/head/finality_checkpoints")]
    [InlineData("/eth/v1/beacon/states/head/validators?id=1,2")]
    [InlineData("/eth/v1/beacon/headers/head")]
    [InlineData("/eth/v1/beacon/blocks/head/root")]
    [InlineData("/eth/v2/beacon/blocks/head")]
    [InlineData("/eth/v1/beacon/blinded_blocks/head")]
    [InlineData("/eth/v1/validator/duties/proposer/4")]
    [InlineData("/eth/v2/validator/duties/proposer/4")]
    [InlineData("/eth/v1/validator/aggregate_attestation?slot=101&attestation_data_root=0x00")]
    [InlineData("/eth/v2/validator/aggregate_attestation?slot=101&committee_index=0&attestation_data_root=0x00")]
    [InlineData("/eth/v1/validator/sync_committee_contribution?slot=101&subcommittee_index=0&beacon_block_root=0x00")]
    [InlineData("/eth/v1/validator/payload_attestation_data?slot=101")]
    [InlineData("/eth/v2/validator/blocks/101")]
    [InlineData("/eth/v3/validator/blocks/101?randao_reveal=0x00")]
    [InlineData("/eth/v4/validator/blocks/101?randao_reveal=0x00")]
    public async Task A_route_answers_200_with_json_or_nothing(string pathAndQuery)
    {
        var response = await http.GetAsync(Url(pathAndQuery));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var body = await response.Content.ReadAsStringAsync();
        if (body.Length > 0)
            Assert.NotNull(JsonNode.Parse(body)!["data"]);
    }

    [Theory]
    [InlineData("/eth/v1/validator/duties/attester/4")]
    [InlineData("/eth/v1/validator/duties/sync/4")]
    [InlineData("/eth/v1/validator/duties/ptc/4")]
    [InlineData("/eth/v1/validator/liveness/4")]
    public async Task Posted_duties_answer_for_each_index(string path)
    {
        var response = await http.PostAsJsonAsync(Url(path), new[] { "7", "9" });
        Assert.Equal(2, JsonNode.Parse(await response.Content.ReadAsStringAsync())!["data"]!.AsArray().Count);
        Assert.Equal("""["7","9"]""", node.Requests.All.Single().Text);
    }

    [Fact]
    public async Task An_override_can_cut_the_body_and_is_forgotten_on_reset()
    {
        node.On("GET", "/eth/v1/beacon/headers/{id}", Reply.Json("{\"data\":{}}") with { CutAt = 3 });
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => http.GetStringAsync(Url("/eth/v1/beacon/headers/head")));
        node.Reset();
        Assert.Contains(node.Chain.HeadRoot, await http.GetStringAsync(Url("/eth/v1/beacon/headers/head")));
    }

    [Fact]
    public async Task A_held_reply_goes_out_when_released()
    {
        var release = new TaskCompletionSource();
        node.On("GET", "/eth/v1/node/version", Reply.Json("{}") with { After = release.Task });
        var answer = http.GetStringAsync(Url("/eth/v1/node/version"));
        await node.Requests.WaitFor(r => r.Path == "/eth/v1/node/version");
        Assert.False(answer.IsCompleted);
        release.SetResult();
        Assert.Equal("{}", await answer);
    }

    [Fact]
    public async Task Killed_it_refuses_and_comes_back_on_the_same_port()
    {
        await node.Kill();
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(Url("/eth/v1/node/health")));
        Assert.Equal(HttpRequestError.ConnectionError, refused.HttpRequestError);
        await node.Restart();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(Url("/eth/v1/node/health"))).StatusCode);
    }

    [Fact]
    public async Task Frozen_it_takes_the_request_and_answers_after_the_thaw()
    {
        node.Freeze();
        var answer = http.GetAsync(Url("/eth/v1/node/health"));
        await node.Requests.WaitFor(r => r.Path == "/eth/v1/node/health");
        Assert.False(answer.IsCompleted);
        node.Thaw();
        Assert.Equal(HttpStatusCode.OK, (await answer).StatusCode);
    }

    [Fact]
    public async Task A_stream_carries_the_topics_asked_for_until_it_is_cut()
    {
        using var stream = new StreamReader(await http.GetStreamAsync(Url("/eth/v1/events?topics=head,block")));
        await node.Events.WaitForCount(1);
        node.Events.Publish("finalized_checkpoint", "{}");
        node.Events.KeepAlive();
        node.ImportBlock(node.Chain.Extend());
        Assert.Equal(":", await stream.ReadLineAsync());
        Assert.Equal("", await stream.ReadLineAsync());
        Assert.Equal("event: head", await stream.ReadLineAsync());
        Assert.Contains(node.Chain.HeadRoot, await stream.ReadLineAsync());
        Assert.Equal("", await stream.ReadLineAsync());
        node.Events.Cut();
        await Assert.ThrowsAnyAsync<IOException>(() => stream.ReadLineAsync());
        await node.Events.WaitForCount(0);
    }

    [Fact]
    public async Task An_engine_port_refuses_a_request_without_a_token()
    {
        await using var engine = await FakeExecutionClient.Start(node.Chain, new byte[32]);
        var response = await http.PostAsJsonAsync(engine.Address, new { jsonrpc = "2.0", id = 1, method = "eth_chainId", @params = Array.Empty<string>() });
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    private Uri Url(string pathAndQuery) => new(node.Address, pathAndQuery);
}
