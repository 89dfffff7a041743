using System.Net;
using DVStakers.Edge.FunctionalTests.Fakes;

namespace DVStakers.Edge.FunctionalTests.Proxy;

/// <summary>attestation_data where nodes and clients are at their worst.</summary>
public sealed class AttestationDataTests
{
    private const string Path = "/eth/v1/validator/attestation_data";

    [Theory]
    [InlineData("slot=100&committee_index=0", "committee_index=0&slot=100")]
    [InlineData("slot=100&committee_index=0", "slot=100")]
    [InlineData("slot=100&committee_index=3", "slot=0100&committee_index=03")]
    public async Task Rule_3_holds_however_the_question_is_written(string first, string second)
    {
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        var given = await box.Client.GetStringAsync($"{Path}?{first}");
        foreach (var stack in new[] { box.Primary, box.Secondary })
            stack.Node.Chain = box.Chain with { Branch = "reorganised" };
        Assert.Equal(given, await box.Client.GetStringAsync($"{Path}?{second}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?slot=100&slot=101")]
    [InlineData("?slot=head&committee_index=0")]
    [InlineData("?slot=100&committee_index=first")]
    public async Task Rule_3_a_question_that_cannot_be_kept_track_of_reaches_no_node(string query)
    {
        await using var box = await TestBox.Start(b => b.Primary.Node.On("GET", Path, Reply.Json("""{"data":{}}""")));
        await box.UntilServing("primary");
        using var answer = await box.Client.GetAsync(Path + query);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Empty(box.Primary.Node.Requests.To(Path));
    }

    [Fact]
    public async Task An_old_head_is_better_than_nonsense_that_came_first()
    {
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        foreach (var stack in new[] { box.Primary, box.Secondary })
            stack.Import(box.Chain.Extend());
        await box.UntilHead(101);
        box.Primary.Node.On("GET", Path, Reply.Json("{}"));
        box.Secondary.Node.On("GET", Path, Reply.Json(Data(box.Chain, slot: 101)));
        using var answer = await box.Client.GetAsync(Path + "?slot=101&committee_index=0");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("secondary", answer.Headers.GetValues("DVStakers-Edge-Stack").Single());
    }

    [Fact]
    public async Task A_good_answer_is_asked_for_once_also_where_the_first_node_failed()
    {
        await using var box = await TestBox.Start(b => b.Primary.Node.On("GET", Path, Reply.Error(500, "internal error")));
        await box.UntilServing("primary");
        await box.Client.GetStringAsync(Path + "?slot=100&committee_index=0");
        Assert.Single(box.Primary.Node.Requests.To(Path));
        Assert.Single(box.Secondary.Node.Requests.To(Path));
    }

    [Theory]
    [InlineData("/eth/v1/validator/attestation_data", "?slot=101&committee_index=0")]
    [InlineData("/eth/v1/beacon/blocks/head/root", "")]
    public async Task A_block_that_only_the_dying_node_has_yet_is_waited_for(string path, string query)
    {
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        var next = box.Chain.Extend();
        box.Primary.Import(next);
        await box.UntilHead(101);
        box.Primary.Node.On("GET", path, Reply.Json("{}") with { CutAt = 1 });
        // It has the block when it has answered without it.
        box.Secondary.Node.On("GET", path, _ =>
        {
            var before = box.Secondary.Node.Chain;
            if (before.HeadSlot == 100)
                box.Secondary.Import(next);
            return Reply.Json(path == Path ? Data(before, slot: 101) : $$$"""{"execution_optimistic":false,"finalized":false,"data":{"root":"{{{before.HeadRoot}}}"}}""");
        });
        using var answer = await box.Client.GetAsync(path + query);
        Assert.Equal("secondary", answer.Headers.GetValues("DVStakers-Edge-Stack").Single());
        Assert.Contains(next.HeadRoot, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nonsense_that_came_first_does_not_end_the_wait_for_a_slow_node()
    {
        await using var box = await TestBox.Start(b => b.Primary.Node.On("GET", Path, Reply.Json("{}")));
        await box.UntilServing("primary");
        // Longer than the time after which the best answer so far is taken.
        box.Secondary.Node.On("GET", Path, _ => Reply.Json(Data(box.Chain, slot: 100)) with { After = Task.Delay(TimeSpan.FromSeconds(1.6)) });
        using var answer = await box.Client.GetAsync(Path + "?slot=100&committee_index=0");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("secondary", answer.Headers.GetValues("DVStakers-Edge-Stack").Single());
    }

    [Fact]
    public async Task Rule_1_an_old_head_is_not_given_out_if_its_node_became_optimistic_while_a_better_answer_was_awaited()
    {
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        foreach (var stack in new[] { box.Primary, box.Secondary })
            stack.Import(box.Chain.Extend());
        await box.UntilHead(101);
        box.Primary.Node.On("GET", Path, Reply.Json(Data(box.Chain, slot: 101)));
        box.Secondary.Node.On("GET", Path, Reply.Never);
        var asking = box.Client.GetAsync(Path + "?slot=101&committee_index=0");
        await box.Primary.Node.Requests.WaitFor(r => r.Path == Path);
        box.Primary.Node.IsOptimistic = true;
        box.Primary.Node.PublishHead();
        using var answer = await asking;
        Assert.False(answer.IsSuccessStatusCode);
    }

    [Fact]
    public async Task A_client_that_does_not_read_its_answers_keeps_nobody_from_theirs()
    {
        await using var box = await TestBox.Start(b => b.Primary.Node.On("GET", Path, Reply.Json(Data(b.Chain, slot: 100) + new string(' ', 200_000))));
        await box.UntilServing("primary");
        await box.Client.GetStringAsync(Path + "?slot=100&committee_index=0");
        using var unread = await RawClient.Connect(box);
        await unread.Send(string.Concat(Enumerable.Repeat($"GET {Path}?slot=100&committee_index=0 HTTP/1.1\r\nHost: edge\r\n\r\n", 200)));
        // Two more probes: by then its buffers are full.
        for (var i = 0; i < 2; i++)
        {
            var rounds = box.Primary.Node.Requests.To("/eth/v1/node/syncing").Count;
            await box.Primary.Node.Requests.Until(() => box.Primary.Node.Requests.To("/eth/v1/node/syncing").Count > rounds);
        }
        using var other = new HttpClient { BaseAddress = box.Agent.Proxy, Timeout = TimeSpan.FromSeconds(2) };
        await other.GetStringAsync(Path + "?slot=100&committee_index=0");
    }

    private static string Data(FakeChain chain, ulong slot) =>
        $$"""{"data":{"slot":"{{slot}}","index":"0","beacon_block_root":"{{chain.HeadRoot}}","source":{"epoch":"2","root":"{{chain.HeadRoot}}"},"target":{"epoch":"3","root":"{{chain.HeadRoot}}"} } }""";
}
