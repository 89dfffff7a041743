using System.Net;
using System.Text;
using DVStakers.Edge.FunctionalTests.Fakes;

namespace DVStakers.Edge.FunctionalTests.Proxy;

/// <summary>Blocks, made and published, where nodes and clients are at their worst.</summary>
public sealed class BlockTests
{
    private const string Publish = "/eth/v2/beacon/blinded_blocks";
    private const string Blinded = """{"version":"electra","execution_payload_blinded":true,"data":{"slot":"101","proposer_index":"7","body":{}}}""";
    private const string Signed = """{"message":{"slot":"101","proposer_index":"7","body":{}},"signature":"0xbb"}""";

    [Theory]
    [InlineData("/eth/v2/validator/blocks/101?randao_reveal=0xaa")]
    [InlineData("/eth/v3/validator/blocks/101?graffiti=0x01&randao_reveal=0xAA")]
    [InlineData("/eth/v1/validator/blinded_blocks/101?randao_reveal=0xaa")]
    public async Task Rule_4_holds_when_the_same_block_is_asked_for_in_other_words(string again)
    {
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        using (var first = await box.Client.GetAsync("/eth/v3/validator/blocks/101?randao_reveal=0xaa"))
            Assert.Equal("primary", Stack(first));
        var asked = Asked(box.Secondary);
        await box.Primary.Node.Kill();
        using var second = await box.Client.GetAsync(again);
        Assert.False(second.IsSuccessStatusCode);
        Assert.Equal(asked, Asked(box.Secondary));

        static int Asked(TestBox.Stack stack) => stack.Node.Requests.All.Count(r => r.Path.Contains("/validator/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task While_time_allows_the_block_that_is_worth_most_is_given_out_and_the_other_dropped()
    {
        // A slot of half an hour: its first two and a half minutes allow it.
        await using var box = await TestBox.Start(b => b.Secondary.Node.On("GET", "/eth/v3/validator/blocks/{slot}",
            Reply.Json(Blinded).With("Eth-Execution-Payload-Blinded", "true").With("Eth-Execution-Payload-Value", "9000000000000000001").With("Eth-Consensus-Block-Value", "1")), secondsPerSlot: 1800);
        await box.UntilServing("primary");
        using var block = await box.Client.GetAsync("/eth/v3/validator/blocks/101?randao_reveal=0xaa");
        Assert.Equal("secondary", Stack(block));
        Assert.Equal(Blinded, await block.Content.ReadAsStringAsync());
        Assert.Single(box.Primary.Node.Requests.To("/eth/v3/validator/blocks/101"));
    }

    [Fact]
    public async Task A_block_beside_the_head_is_given_out_only_where_nobody_has_one_on_it()
    {
        const string beside = """{"version":"electra","data":{"slot":"101","proposer_index":"7","parent_root":"PARENT","body":{}}}""";
        await using var box = await TestBox.Start(secondsPerSlot: 1800);
        var old = Reply.Json(beside.Replace("PARENT", box.Chain.HeadRoot, StringComparison.Ordinal)).With("Eth-Execution-Payload-Value", "9000000000000000001");
        box.Primary.Node.On("GET", "/eth/v3/validator/blocks/{slot}", old);
        await box.UntilServing("primary");
        var next = box.Chain with { Branch = "next" };
        foreach (var stack in new[] { box.Primary, box.Secondary })
            stack.Import(next);
        await box.Until(r => r.GetProperty("stacks").EnumerateArray().All(s => s.GetProperty("head_root").GetString() == next.HeadRoot));
        using (var block = await box.Client.GetAsync("/eth/v3/validator/blocks/101?randao_reveal=0xaa"))
            Assert.Equal("secondary", Stack(block));
        box.Secondary.Node.On("GET", "/eth/v3/validator/blocks/{slot}", Reply.Error(500, "no payload"));
        using var other = await box.Client.GetAsync("/eth/v3/validator/blocks/101?randao_reveal=0xbb");
        Assert.Equal("primary", Stack(other));
    }

    [Fact]
    public async Task Rule_4_two_who_ask_for_one_block_at_the_same_time_get_it_from_one_node()
    {
        var asked = 0;
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        // Silent to the first, so that a second node is asked; quick to whoever asks next.
        box.Primary.Node.On("GET", "/eth/v3/validator/blocks/{slot}", _ => Interlocked.Increment(ref asked) == 1 ? Reply.Never : Reply.Json(Blinded));
        const string block = "/eth/v3/validator/blocks/101?randao_reveal=0xaa";
        var both = await Task.WhenAll(box.Client.GetAsync(block), box.Client.GetAsync(block));
        Assert.Equal(Stack(both[0]), Stack(both[1]));
    }

    [Fact]
    public async Task Rule_5_a_refusal_by_its_maker_is_the_answer_and_no_other_node_gets_the_block()
    {
        await using var box = await MadeBySecondary();
        box.Secondary.Node.On("POST", Publish, Reply.Error(400, "bad signature"));
        using var answer = await box.Client.PostAsync(Publish, Json(Signed));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty(box.Primary.Node.Requests.To(Publish));
    }

    [Fact]
    public async Task Rule_5_a_maker_that_has_published_it_already_is_a_success_whatever_its_status()
    {
        await using var box = await MadeBySecondary();
        box.Secondary.Node.On("POST", Publish, Reply.Error(500, "block is already known"));
        using var answer = await box.Client.PostAsync(Publish, Json(Signed));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(box.Primary.Node.Requests.To(Publish));
    }

    [Fact]
    public async Task Rule_5_when_its_maker_hangs_the_same_bytes_go_to_the_next_node_while_they_are_still_of_use()
    {
        await using var box = await MadeBySecondary();
        box.Secondary.Node.On("POST", Publish, Reply.Never);
        using var client = new HttpClient { BaseAddress = box.Agent.Proxy, Timeout = TimeSpan.FromSeconds(4) };
        using var answer = await client.PostAsync(Publish, Json(Signed));
        Assert.Equal("primary", Stack(answer));
        Assert.Equal(Signed, Assert.Single(box.Primary.Node.Requests.To(Publish)).Text);
        Assert.Equal(0, box.Secondary.Node.Requests.Aborted);
    }

    private static async Task<TestBox> MadeBySecondary()
    {
        var box = await TestBox.Start(b =>
        {
            b.Primary.Node.On("GET", "/eth/v3/validator/blocks/{slot}", Reply.Error(500, "no payload"));
            b.Secondary.Node.On("GET", "/eth/v3/validator/blocks/{slot}", Reply.Json(Blinded).With("Eth-Execution-Payload-Blinded", "true"));
        });
        await box.UntilServing("primary");
        using var produced = await box.Client.GetAsync("/eth/v3/validator/blocks/101?randao_reveal=0xaa");
        Assert.Equal("secondary", Stack(produced));
        return box;
    }

    private static string Stack(HttpResponseMessage answer) => answer.Headers.GetValues("DVStakers-Edge-Stack").Single();

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
