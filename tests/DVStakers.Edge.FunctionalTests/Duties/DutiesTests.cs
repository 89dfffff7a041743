using System.Text;
using System.Text.Json;
using DVStakers.Edge.FunctionalTests.Fakes;
using DVStakers.Edge.FunctionalTests.Mesh;
using DVStakers.Edge.FunctionalTests.Proxy;
using DVStakers.Edge.FunctionalTests.Service;

namespace DVStakers.Edge.FunctionalTests.Duties;

/// <summary>The account of the duties, from a validator's requests through the agent's process to its report, its screen, its topic and its log.</summary>
public sealed class DutiesTests
{
    [Fact]
    public async Task A_duty_that_is_made_and_one_that_is_missed_are_told_everywhere()
    {
        await using var broker = await Broker.Start();
        BlockChain chain = null!;
        await using var box = await TestBox.Start(
            b => (chain = new BlockChain(b.Chain with { SlotsPerEpoch = 4 })).ServeFrom(b.Primary, b.Secondary),
            secondsPerSlot: 2, yaml: $"mqtt:\n  host: 127.0.0.1\n  port: {broker.Port}");
        await box.UntilServing("primary");
        var slot = JsonDocument.Parse(await box.Client.GetStringAsync(box.Agent.Status)).RootElement.GetProperty("wall_slot").GetUInt64() + 2;
        var epoch = slot / chain.SlotsPerEpoch;

        // 1. The client learns that 7 and 8 attest in that slot, gets the data, and sends only 7's attestation.
        foreach (var stack in new[] { box.Primary, box.Secondary })
            stack.Node.On("POST", "/eth/v1/validator/duties/attester/{epoch}", Reply.Json(
                $$"""{"dependent_root":"{{chain.RootOf(1)}}","execution_optimistic":false,"data":[{{Duty(7, 0)}},{{Duty(8, 1)}}]}"""));
        await Post(box, $"/eth/v1/validator/duties/attester/{epoch}", """["7","8"]""");
        await chain.GrowTo(slot, box);
        // One whose head is not seen yet would be asked after the other.
        await box.Until(r => r.GetProperty("stacks").EnumerateArray().All(s => s.GetProperty("head_slot").GetUInt64() == slot));
        // Secondary answers when the client's connection has long carried another request.
        var late = new TaskCompletionSource();
        box.Secondary.Node.On("POST", "/eth/v2/beacon/pool/attestations", _ => Reply.Empty() with { After = late.Task });
        var data = JsonDocument.Parse(await box.Client.GetStringAsync($"/eth/v1/validator/attestation_data?slot={slot}&committee_index=0")).RootElement.GetProperty("data");
        await Post(box, "/eth/v2/beacon/pool/attestations", $$"""[{"committee_index":"0","attester_index":"7","data":{{data}},"signature":"{{FakeBlock.Signature}}"}]""", ("Eth-Consensus-Version", "electra"));
        await box.Client.GetStringAsync("/eth/v1/beacon/genesis");
        late.SetResult();

        // 2. The next block has 7's vote, and nobody ever has 8's.
        chain.Vote(slot + 1, slot, "0x05");
        await chain.GrowTo(slot + 2, box);
        await box.Agent.Process.Until($"Slot {slot}, validator 7, attestation: made: attestation data from primary");
        var made = Assert.Single(await Settled(box));
        Assert.Equal(("attestation", 7UL, "made", 1UL, "primary"), (made.GetProperty("kind").GetString(), made.GetProperty("validator_index").GetUInt64(),
            made.GetProperty("outcome").GetString(), made.GetProperty("distance").GetUInt64(), made.GetProperty("served_by").GetString()));
        Assert.All(new[] { "right_head", "right_source", "right_target" }, key => Assert.True(made.GetProperty(key).GetBoolean()));
        Assert.Equal(["primary", "secondary"], made.GetProperty("accepted_by").EnumerateArray().Select(n => n.GetString()));
        Assert.InRange(made.GetProperty("submitted_ms").GetInt64(), 0, 4000);

        // 3. The end of the next epoch was the last chance.
        await chain.GrowTo((epoch + 2) * chain.SlotsPerEpoch, box);
        var line = await box.Agent.Process.Until($"Slot {slot}, validator 8, attestation: missed: primary gave attestation data after ");
        Assert.Contains("but the validator sent nothing back", line);
        Assert.Equal(["missed", "made"], (await Settled(box)).Select(d => d.GetProperty("outcome").GetString()));

        var (code, screen, errors) = await EdgeProcess.Run(["duties", "--config", box.Agent.Configuration]);
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains($"✖ slot {slot}, validator 8, attestation: missed: ", screen);
        Assert.All(screen.Split('\n'), l => Assert.InRange(l.Length, 0, 80));
        (code, var json, _) = await EdgeProcess.Run(["duties", "--json", "--config", box.Agent.Configuration]);
        Assert.Equal((0, 2), (code, JsonDocument.Parse(json).RootElement.GetProperty("totals").GetProperty("attestations").GetProperty("due").GetInt32()));

        // Whoever subscribes later is told at once what was told before.
        const string Summary = "\"summary\":\"2 duties since the start: 1 made, 0 late, 0 wrong, 1 missed.\"";
        await using (var first = broker.Watch("dvstakers/test/box/duties"))
            await first.Until(Summary);
        await using var later = broker.Watch("dvstakers/test/box/duties");
        Assert.StartsWith("1 ", await later.Until(Summary));

        string Duty(int validator, int position) =>
            $$"""{"pubkey":"0x","validator_index":"{{validator}}","committee_index":"0","committee_length":"2","committees_at_slot":"1","validator_committee_index":"{{position}}","slot":"{{slot}}"}""";
    }

    [Fact]
    public async Task While_nobody_has_duties_no_block_is_read()
    {
        BlockChain chain = null!;
        await using var box = await TestBox.Start(b => (chain = new BlockChain(b.Chain)).ServeFrom(b.Primary, b.Secondary), secondsPerSlot: 2);
        await box.UntilServing("primary");
        await chain.GrowTo(102, box);
        // The probe reads the head's block for its payload's hash, and once.
        Assert.All(new[] { box.Primary, box.Secondary }, s => Assert.DoesNotContain(
            s.Node.Requests.All.Where(r => r.Path.StartsWith("/eth/v2/beacon/blocks/", StringComparison.Ordinal)).GroupBy(r => r.Path), g => g.Count() > 1));
    }

    private static async Task<IReadOnlyList<JsonElement>> Settled(TestBox box) =>
        [.. JsonDocument.Parse(await box.Client.GetStringAsync(new Uri(box.Agent.Status, "/duties"))).RootElement.GetProperty("duties").EnumerateArray()];

    private static async Task Post(TestBox box, string path, string body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        using var answer = await box.Client.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
