using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using DVStakers.Edge.FunctionalTests.Fakes;

namespace DVStakers.Edge.FunctionalTests.Proxy;

/// <summary>What the router must never do: one test or more for each rule, against the agent's own process. Each fails when its rule is broken.</summary>
public sealed class MustNeverTests
{
    private const string AttestationData = "/eth/v1/validator/attestation_data?slot=100&committee_index=";

    [Fact]
    public async Task Rule_1_attestation_data_never_comes_from_an_optimistic_node_even_where_it_is_the_only_one()
    {
        await using var box = await TestBox.Start(b =>
        {
            b.Primary.Node.IsOptimistic = b.Secondary.Node.IsOptimistic = true;
            // As Prysm does: it does not check.
            b.Primary.Node.On("GET", "/eth/v1/validator/attestation_data", Reply.Json("{}"));
        });
        await box.UntilState("primary", "optimistic");
        using var answer = await box.Client.GetAsync(AttestationData + 0);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Empty(box.Primary.Node.Requests.To("/eth/v1/validator/attestation_data"));
        Assert.Empty(box.Secondary.Node.Requests.To("/eth/v1/validator/attestation_data"));
    }

    [Fact]
    public async Task Rule_1_attestation_data_comes_from_the_node_that_has_the_expected_head()
    {
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        var next = box.Chain.Extend();
        box.Secondary.Import(next);
        await box.UntilHead(101);
        var data = await Data(box, AttestationData.Replace("100", "101", StringComparison.Ordinal) + 0);
        Assert.Equal(next.HeadRoot, data.GetProperty("beacon_block_root").GetString());
    }

    [Fact]
    public async Task Rule_1_a_node_that_answers_with_an_old_head_although_it_told_of_the_new_one_is_passed_over()
    {
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        var next = box.Chain.Extend();
        box.Primary.Import(next);
        box.Secondary.Import(next);
        await box.UntilHead(101);
        var stale = $$"""{"data":{"slot":"101","index":"0","beacon_block_root":"{{box.Chain.HeadRoot}}","source":{"epoch":"2","root":"{{box.Chain.HeadRoot}}"},"target":{"epoch":"3","root":"{{box.Chain.HeadRoot}}"} } }""";
        box.Primary.Node.On("GET", "/eth/v1/validator/attestation_data", Reply.Json(stale));
        var data = await Data(box, AttestationData.Replace("100", "101", StringComparison.Ordinal) + 0);
        Assert.Equal(next.HeadRoot, data.GetProperty("beacon_block_root").GetString());
    }

    [Fact]
    public async Task Rule_2_the_aggregate_comes_from_the_node_that_gave_the_attestation_data()
    {
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        var next = box.Chain.Extend();
        box.Secondary.Import(next);
        await box.UntilHead(101);
        await Data(box, AttestationData.Replace("100", "101", StringComparison.Ordinal) + 0);
        box.Primary.Import(next);
        using var answer = await box.Client.GetAsync("/eth/v2/validator/aggregate_attestation?slot=101&attestation_data_root=0x00&committee_index=0");
        Assert.Equal("secondary", Stack(answer));
    }

    [Fact]
    public async Task Rule_3_attestation_data_once_given_is_given_again_whatever_the_nodes_say_by_then()
    {
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        var first = await box.Client.GetStringAsync(AttestationData + 3);
        box.Primary.Import(box.Chain with { Branch = "reorganised" });
        box.Secondary.Import(box.Chain with { Branch = "reorganised" });
        Assert.Equal(first, await box.Client.GetStringAsync(AttestationData + 3));
        var others = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => box.Client.GetStringAsync(AttestationData + 3)));
        Assert.All(others, o => Assert.Equal(first, o));
    }

    [Fact]
    public async Task Rule_3_in_another_encoding_it_is_the_same_data_or_none()
    {
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        await box.Client.GetStringAsync(AttestationData + 1);
        using (var same = await Ssz(box, AttestationData + 1, "application/octet-stream"))
        {
            Assert.Equal(HttpStatusCode.OK, same.StatusCode);
            Assert.Equal("application/octet-stream", same.Content.Headers.ContentType?.MediaType);
        }
        await box.Client.GetStringAsync(AttestationData + 2);
        foreach (var stack in new[] { box.Primary, box.Secondary })
            stack.Node.Chain = box.Chain with { Branch = "reorganised" };
        using (var known = await Ssz(box, AttestationData + 2))
            Assert.Equal("application/json", known.Content.Headers.ContentType?.MediaType);
        using var other = await Ssz(box, AttestationData + 2, "application/octet-stream");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, other.StatusCode);
    }

    [Fact]
    public async Task Rule_4_after_a_block_was_returned_no_second_node_is_asked_for_it()
    {
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        const string block = "/eth/v3/validator/blocks/101?randao_reveal=0xaa";
        using (var first = await box.Client.GetAsync(block))
            Assert.Equal("primary", Stack(first));
        var asked = box.Secondary.Node.Requests.To("/eth/v3/validator/blocks/101").Count;
        await box.Primary.Node.Kill();
        using var second = await box.Client.GetAsync(block);
        Assert.False(second.IsSuccessStatusCode);
        Assert.Equal(asked, box.Secondary.Node.Requests.To("/eth/v3/validator/blocks/101").Count);
    }

    [Fact]
    public async Task Rule_4_a_node_that_fails_before_it_returned_a_block_is_followed_by_the_next()
    {
        await using var box = await TestBox.Start(b => b.Primary.Node.On("GET", "/eth/v3/validator/blocks/{slot}", Reply.Error(500, "no payload")));
        await box.UntilServing("primary");
        using var block = await box.Client.GetAsync("/eth/v3/validator/blocks/101?randao_reveal=0xaa");
        Assert.Equal("secondary", Stack(block));
    }

    [Fact]
    public async Task Rule_5_a_signed_blinded_block_goes_to_the_node_that_made_it_and_to_another_only_when_that_fails()
    {
        const string publish = "/eth/v2/beacon/blinded_blocks";
        const string blinded = """{"version":"electra","execution_payload_blinded":true,"data":{"slot":"101","proposer_index":"7","body":{}}}""";
        await using var box = await TestBox.Start(b =>
        {
            b.Primary.Node.On("GET", "/eth/v3/validator/blocks/{slot}", Reply.Error(500, "no payload"));
            b.Secondary.Node.On("GET", "/eth/v3/validator/blocks/{slot}", Reply.Json(blinded).With("Eth-Execution-Payload-Blinded", "true"));
        });
        await box.UntilServing("primary");
        using (var produced = await box.Client.GetAsync("/eth/v3/validator/blocks/101?randao_reveal=0xaa"))
            Assert.Equal("secondary", Stack(produced));
        const string signed = """{"message":{"slot":"101","proposer_index":"7","body":{}},"signature":"0xbb"}""";
        using (var published = await box.Client.PostAsync(publish, Json(signed)))
            Assert.Equal(HttpStatusCode.OK, published.StatusCode);
        Assert.Single(box.Secondary.Node.Requests.To(publish));
        Assert.Empty(box.Primary.Node.Requests.To(publish));

        box.Secondary.Node.On("POST", publish, Reply.Error(500, "relays gone"));
        using (var published = await box.Client.PostAsync(publish, Json(signed)))
            Assert.Equal(HttpStatusCode.OK, published.StatusCode);
        Assert.Equal(signed, Assert.Single(box.Primary.Node.Requests.To(publish)).Text);
    }

    [Fact]
    public async Task Rule_6_bodies_and_headers_pass_untouched_both_ways_and_a_415_passes_back()
    {
        var ssz = Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7)).ToArray();
        var reply = Reply.Ssz(ssz).With("Eth-Consensus-Version", "electra").With("Eth-Execution-Payload-Blinded", "false")
            .With("Eth-Execution-Payload-Value", "123456").With("Eth-Consensus-Block-Value", "456");
        await using var box = await TestBox.Start(b => b.Primary.Node.On("GET", "/eth/v3/validator/blocks/{slot}", reply));
        await box.UntilServing("primary");
        using var block = await Ssz(box, "/eth/v3/validator/blocks/101?randao_reveal=0xaa&graffiti=%20x");
        Assert.Equal(ssz, await block.Content.ReadAsByteArrayAsync());
        Assert.Equal("application/octet-stream", block.Content.Headers.ContentType?.ToString());
        foreach (var (name, value) in reply.Headers)
            Assert.Equal(value, Assert.Single(block.Headers.GetValues(name)));
        var asked = Assert.Single(box.Primary.Node.Requests.To("/eth/v3/validator/blocks/101"));
        Assert.Equal("application/octet-stream;q=1, application/json;q=0.9", asked.Header("Accept"));
        Assert.Equal("?randao_reveal=0xaa&graffiti=%20x", asked.Query);

        const string pool = "/eth/v2/beacon/pool/attestations";
        foreach (var stack in new[] { box.Primary, box.Secondary })
            stack.Node.On("POST", pool, Reply.Error(415, "JSON only"));
        using var content = new ByteArrayContent(ssz);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        content.Headers.Add("Eth-Consensus-Version", "electra");
        using var refused = await box.Client.PostAsync(pool, content);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, refused.StatusCode);
        var submitted = Assert.Single(box.Primary.Node.Requests.To(pool));
        Assert.Equal(ssz, submitted.Body);
        Assert.Equal("electra", submitted.Header("Eth-Consensus-Version"));
        Assert.Equal("application/octet-stream", submitted.Header("Content-Type"));
    }

    [Fact]
    public async Task Rule_7_a_submission_goes_on_when_another_node_was_quicker_and_when_the_client_went_away()
    {
        const string pool = "/eth/v2/beacon/pool/attestations";
        var held = new TaskCompletionSource();
        await using var box = await TestBox.Start(b => b.Secondary.Node.On("POST", pool, Reply.Empty() with { After = held.Task }));
        await box.UntilServing("primary");
        using (var quick = await box.Client.PostAsync(pool, Json("[1]")))
            Assert.Equal("primary", Stack(quick));

        box.Primary.Node.On("POST", pool, Reply.Empty() with { After = held.Task });
        using (var client = new HttpClient { BaseAddress = box.Agent.Proxy })
        {
            using var gone = new CancellationTokenSource();
            var posting = client.PostAsync(pool, Json("[2]"), gone.Token);
            await box.Primary.Node.Requests.WaitFor(r => r.Path == pool && r.Text == "[2]");
            await box.Secondary.Node.Requests.WaitFor(r => r.Path == pool && r.Text == "[2]");
            await gone.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => posting);
        }
        // Two more rounds of probes: by then a cancellation would have reached the nodes.
        await AnotherRound(box);
        await AnotherRound(box);
        Assert.Equal(0, box.Primary.Node.Requests.Aborted);
        Assert.Equal(0, box.Secondary.Node.Requests.Aborted);
        held.SetResult();
        await AnotherRound(box);
        Assert.Equal(0, box.Primary.Node.Requests.Aborted);
        Assert.Equal(0, box.Secondary.Node.Requests.Aborted);
    }

    [Fact]
    public async Task Rule_8_a_202_on_a_block_is_a_success()
    {
        await using var box = await TestBox.Start(b =>
        {
            b.Primary.Node.On("POST", "/eth/v2/beacon/blocks", Reply.Empty(202));
            b.Secondary.Node.On("POST", "/eth/v2/beacon/blocks", Reply.Error(500, "not now"));
        });
        await box.UntilServing("primary");
        using var answer = await box.Client.PostAsync("/eth/v2/beacon/blocks", Json("{}"));
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    [Fact]
    public async Task Rule_9_a_4xx_is_the_answer_and_nobody_else_is_asked()
    {
        await using var box = await TestBox.Start(b => b.Primary.Node.On("GET", "/eth/v1/beacon/states/{id}/validators", Reply.Error(400, "bad state id")));
        await box.UntilServing("primary");
        for (var i = 0; i < 5; i++)
        {
            using var answer = await box.Client.GetAsync("/eth/v1/beacon/states/nonsense/validators");
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Contains("bad state id", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        Assert.Empty(box.Secondary.Node.Requests.To("/eth/v1/beacon/states/nonsense/validators"));
        await box.UntilServing("primary");
    }

    [Fact]
    public async Task Rule_9_what_the_network_already_has_is_a_success()
    {
        const string pool = "/eth/v1/beacon/pool/attestations";
        var known = Reply.Json("""{"code":400,"message":"error processing attestations","failures":[{"index":0,"message":"PriorAttestationKnown { validator_index: 1, epoch: Epoch(3) }"}]}""") with { Status = 400 };
        await using var box = await TestBox.Start(b =>
        {
            b.Primary.Node.On("POST", pool, known);
            b.Secondary.Node.On("POST", pool, known);
        });
        await box.UntilServing("primary");
        using (var answer = await box.Client.PostAsync(pool, Json("[]")))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        var refused = Reply.Json("""{"code":400,"message":"error processing attestations","failures":[{"index":0,"message":"PriorAttestationKnown"},{"index":1,"message":"bad signature"}]}""") with { Status = 400 };
        box.Primary.Node.On("POST", pool, refused);
        box.Secondary.Node.On("POST", pool, refused);
        using (var answer = await box.Client.PostAsync(pool, Json("[]")))
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Rule_10_health_and_syncing_tell_the_truth_about_what_stands_behind()
    {
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        Assert.Equal(HttpStatusCode.OK, await Health(box));
        await Task.WhenAll(box.Primary.Execution.Kill(), box.Secondary.Execution.Kill());
        await box.UntilState("primary", "suspect");
        await box.UntilState("secondary", "suspect");
        // The nodes themselves go on saying 200 and "in sync": that is the hole.
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await Health(box));
        var syncing = await Data(box, "/eth/v1/node/syncing");
        Assert.True(syncing.GetProperty("is_syncing").GetBoolean());
        Assert.True(syncing.GetProperty("el_offline").GetBoolean());
    }

    [Theory]
    [InlineData("GET", "/eth/v2/debug/beacon/states/head")]
    [InlineData("GET", "/eth/v1/debug/beacon/heads")]
    [InlineData("POST", "/eth/v1/validator/beacon_committee_selections")]
    [InlineData("POST", "/eth/v1/validator/sync_committee_selections")]
    [InlineData("GET", "/lighthouse/peers")]
    [InlineData("POST", "/eth/v1/lodestar/connect_peer")]
    [InlineData("DELETE", "/eth/v1/keystores")]
    public async Task Rule_11_what_is_not_for_validators_is_not_exposed(string method, string path)
    {
        await using var box = await TestBox.Start();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await box.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("is not served here", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(box.Primary.Node.Requests.To(path));
        Assert.Empty(box.Secondary.Node.Requests.To(path));
    }

    [Fact]
    public async Task Rule_13_the_version_is_that_of_the_node_in_use()
    {
        await using var box = await TestBox.Start(b =>
        {
            b.Primary.Node.Version = "Lighthouse/v7.0.1";
            b.Secondary.Node.Version = "teku/v25.1.0";
        });
        await box.UntilServing("primary");
        Assert.Equal("Lighthouse/v7.0.1", (await Data(box, "/eth/v1/node/version")).GetProperty("version").GetString());
        // Not even while the other one has the newer head.
        box.Secondary.Import(box.Chain.Extend());
        await box.UntilHead(101);
        Assert.Equal("Lighthouse/v7.0.1", (await Data(box, "/eth/v1/node/version")).GetProperty("version").GetString());
        await box.Primary.Execution.Kill();
        await box.UntilServing("secondary");
        Assert.Equal("teku/v25.1.0", (await Data(box, "/eth/v1/node/version")).GetProperty("version").GetString());
    }

    private static Task AnotherRound(TestBox box)
    {
        var rounds = box.Primary.Node.Requests.To("/eth/v1/node/syncing").Count;
        return box.Primary.Node.Requests.Until(() => box.Primary.Node.Requests.To("/eth/v1/node/syncing").Count > rounds);
    }

    private static async Task<JsonElement> Data(TestBox box, string path) =>
        JsonDocument.Parse(await box.Client.GetStringAsync(path)).RootElement.GetProperty("data");

    private static async Task<HttpResponseMessage> Ssz(TestBox box, string path, string accept = "application/octet-stream;q=1, application/json;q=0.9")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        return await box.Client.SendAsync(request);
    }

    private static async Task<HttpStatusCode> Health(TestBox box)
    {
        using var answer = await box.Client.GetAsync("/eth/v1/node/health");
        return answer.StatusCode;
    }

    private static string? Stack(HttpResponseMessage answer) => answer.Headers.GetValues("DVStakers-Edge-Stack").Single();

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
