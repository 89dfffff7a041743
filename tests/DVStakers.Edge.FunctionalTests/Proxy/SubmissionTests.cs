using System.Net;
using System.Text;
using DVStakers.Edge.FunctionalTests.Fakes;

namespace DVStakers.Edge.FunctionalTests.Proxy;

/// <summary>Submissions where nodes and clients are at their worst: none is lost to one node's trouble, and none fills the memory.</summary>
public sealed class SubmissionTests
{
    private const string Pool = "/eth/v2/beacon/pool/attestations";

    [Fact]
    public async Task The_answer_is_asked_for_in_plain_text_because_the_proxy_must_read_it()
    {
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        using var request = new HttpRequestMessage(HttpMethod.Post, Pool) { Content = Json("[]") };
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
        using var answer = await box.Client.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode);
        Assert.Null(Assert.Single(box.Primary.Node.Requests.To(Pool)).Header("Accept-Encoding"));
    }

    [Fact]
    public async Task A_connection_that_the_node_had_just_closed_costs_no_submission()
    {
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        await box.Secondary.Node.Kill();
        await box.UntilState("secondary", "out");
        // As a node does that closes an idle connection in the moment in which a request comes.
        var closed = 0;
        box.Primary.Node.On("POST", Pool, _ => Interlocked.Increment(ref closed) == 1 ? new Reply { Body = new byte[10], CutAt = 0 } : Reply.Empty());
        using var answer = await box.Client.PostAsync(Pool, Json("[]"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.All(box.Primary.Node.Requests.To(Pool), r => Assert.Equal("[]", r.Text));
    }

    [Fact]
    public async Task A_node_that_hangs_is_sent_no_more_than_a_bounded_amount_and_the_others_get_everything()
    {
        const int Count = 24;
        // Slots so long that no request's own time is over before the last was sent: only then does the node get more.
        await using var box = await TestBox.Start(b => b.Secondary.Node.On("POST", Pool, Reply.Never), secondsPerSlot: 1800);
        await box.UntilServing("primary");
        var body = new byte[16 << 20];
        for (var i = 0; i < Count; i++)
        {
            using var answer = await box.Client.PostAsync(Pool, new ByteArrayContent(body));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        Assert.Equal(Count, box.Primary.Node.Requests.To(Pool).Count);
        Assert.InRange(box.Secondary.Node.Requests.To(Pool).Count, 1, 12);
    }

    [Fact]
    public async Task Large_bodies_that_do_not_come_to_an_end_neither_fill_the_memory_nor_keep_others_out()
    {
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        List<RawClient> stuck = [];
        var part = new string('x', 60 << 20);
        for (var i = 0; i < 20; i++)
        {
            var client = await RawClient.Connect(box);
            stuck.Add(client);
            try
            {
                await client.Send($"POST {Pool} HTTP/1.1\r\nHost: edge\r\nContent-Length: {64 << 20}\r\n\r\n");
                await client.Send(part);
            }
            catch (IOException)
            {
                // Refused in the middle of it: that is one way to bound the memory.
            }
        }
        using (var answer = await box.Client.PostAsync(Pool, Json("[]")))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var status = await File.ReadAllLinesAsync($"/proc/{box.Agent.Id}/status");
        var peak = long.Parse(status.First(l => l.StartsWith("VmHWM", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
        Assert.InRange(peak, 1, 800_000);
        stuck.ForEach(c => c.Dispose());
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
