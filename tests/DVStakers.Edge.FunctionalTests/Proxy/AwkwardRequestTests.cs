using System.Net;
using System.Text;
using DVStakers.Edge.FunctionalTests.Fakes;

namespace DVStakers.Edge.FunctionalTests.Proxy;

/// <summary>Requests and answers at the edge of what HTTP allows, or beyond it: none may reach what is not served, mislead, or be lost.</summary>
public sealed class AwkwardRequestTests
{
    private const string Genesis = "/eth/v1/beacon/genesis";

    [Theory]
    // A second slash at the beginning: by the rules for references, what follows is a host.
    [InlineData("//eth/v1/beacon/genesis")]
    // Escaped twice: whoever unescapes once more climbs out of what is served.
    [InlineData("/eth/v1/beacon/%252e%252e/%252e%252e/v2/debug/beacon/states/head")]
    [InlineData("/eth/v1/beacon/..%2f..%2f..%2feth/v2/debug/beacon/states/head")]
    [InlineData("/eth/v1/beacon/..%5c..%5c..%5ceth/v2/debug/beacon/states/head")]
    public async Task A_path_that_a_node_could_read_as_another_is_not_passed_on(string target)
    {
        await using var box = await TestBox.Start();
        var answer = await RawClient.Get(box, target);
        Assert.StartsWith("HTTP/1.1 404", answer, StringComparison.Ordinal);
        Assert.Contains("is not served here", answer, StringComparison.Ordinal);
        Assert.All(box.Primary.Node.Requests.All, r => Assert.DoesNotContain("debug", r.Path, StringComparison.Ordinal));
        Assert.DoesNotContain(box.Primary.Node.Requests.All, r => r.Path.StartsWith("//", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Health_is_health_with_a_slash_behind_it_too()
    {
        await using var box = await TestBox.Start();
        await Task.WhenAll(box.Primary.Execution.Kill(), box.Secondary.Execution.Kill());
        await box.UntilState("primary", "suspect");
        await box.UntilState("secondary", "suspect");
        foreach (var path in new[] { "/eth/v1/node/health", "/eth/v1/node/health/" })
        {
            using var answer = await box.Client.GetAsync(path);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("/eth/v1/events?topics=head")]
    [InlineData("/eth/v1/validator/attestation_data?slot=100&committee_index=0")]
    [InlineData("/eth/v3/validator/blocks/101?randao_reveal=0xaa")]
    public async Task HEAD_is_refused_where_it_could_only_do_harm(string path)
    {
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        var answer = await RawClient.Ask(box, $"HEAD {path} HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 405", answer, StringComparison.Ordinal);
        Assert.Contains("Allow: GET", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HEAD_of_a_plain_read_has_the_headers_and_no_body()
    {
        await using var box = await TestBox.Start(b => b.Primary.Node.On("HEAD", Genesis, new Reply { Body = new byte[77] }));
        await box.UntilServing("primary");
        var answer = await RawClient.Ask(box, $"HEAD {Genesis} HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Length: 77", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Header_bytes_beyond_ASCII_pass_both_ways()
    {
        await using var box = await TestBox.Start(b => b.Primary.Node.On("GET", "/eth/v1/beacon/odd", new Reply
        {
            Raw = Encoding.UTF8.GetBytes("HTTP/1.1 200 OK\r\nX-Operator: café\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"),
        }));
        await box.UntilServing("primary");
        var answer = await RawClient.Get(box, "/eth/v1/beacon/odd", "User-Agent: café\r\n");
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Contains("X-Operator: café", answer, StringComparison.Ordinal);
        Assert.Equal("café", Assert.Single(box.Primary.Node.Requests.To("/eth/v1/beacon/odd")).Header("User-Agent"));
    }

    [Theory]
    [InlineData("HTTP/1.1 204 No Content\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 204")]
    [InlineData("HTTP/1.1 304 Not Modified\r\nConnection: close\r\nContent-Length: 1234\r\nETag: \"a\"\r\n\r\n", "HTTP/1.1 304")]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n", "{\"a\":1}")]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 7\r\n\r\n{\"a\":1}", "{\"a\":1}")]
    [InlineData("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 7\r\n\r\n{\"a\":1}", "{\"a\":1}")]
    public async Task Answers_of_every_framing_arrive_whole_and_once(string raw, string expected)
    {
        await using var box = await TestBox.Start(b => b.Primary.Node.On("GET", "/eth/v1/beacon/odd", new Reply { Raw = Encoding.UTF8.GetBytes(raw) }));
        await box.UntilServing("primary");
        using var client = await RawClient.Connect(box);
        await client.Send("GET /eth/v1/beacon/odd HTTP/1.1\r\nHost: edge\r\n\r\nGET /eth/v1/beacon/odd HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n\r\n");
        var answers = await client.ToEnd();
        Assert.Equal(3, answers.Split(expected).Length);
        Assert.Equal(3, answers.Split("Date: ").Length);
        Assert.Equal(3, answers.Split("DVStakers-Edge-Stack: primary").Length);
    }

    [Fact]
    public async Task A_body_that_is_no_body_is_the_clients_fault_and_told_so()
    {
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        var answer = await RawClient.Ask(box, "POST /eth/v1/beacon/pool/attestations HTTP/1.1\r\nHost: edge\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("the node's connection broke", box.Agent.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_lengths_in_one_request_make_one_request_at_the_node()
    {
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        await RawClient.Ask(box, "POST /eth/v1/beacon/pool/attestations HTTP/1.1\r\nHost: edge\r\nConnection: close\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "2\r\n[]\r\n0\r\n\r\nPOST /eth/v1/lodestar/connect_peer HTTP/1.1\r\nHost: edge\r\nContent-Length: 0\r\n\r\n");
        var seen = await box.Primary.Node.Requests.WaitFor(r => r.Path == "/eth/v1/beacon/pool/attestations");
        Assert.Equal("[]", seen.Text);
        Assert.Null(seen.Header("Transfer-Encoding"));
        Assert.Empty(box.Primary.Node.Requests.To("/eth/v1/lodestar/connect_peer"));
    }

    [Fact]
    public async Task A_body_is_taken_from_one_who_expects_100_continue_and_a_POST_without_one_is_passed_on()
    {
        const string pool = "/eth/v1/beacon/pool/attestations";
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        using (var client = await RawClient.Connect(box))
        {
            await client.Send($"POST {pool} HTTP/1.1\r\nHost: edge\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
            await client.Send("[]");
            var answer = await client.ToEnd();
            Assert.Contains("HTTP/1.1 200", answer, StringComparison.Ordinal);
            Assert.Null((await box.Primary.Node.Requests.WaitFor(r => r.Path == pool)).Header("Expect"));
        }
        Assert.StartsWith("HTTP/1.1 200", await RawClient.Ask(box, $"POST {pool} HTTP/1.1\r\nHost: edge\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
        var empty = await box.Primary.Node.Requests.WaitFor(r => r.Path == pool, count: 2);
        Assert.Equal("0", empty.Header("Content-Length"));
    }

    [Fact]
    public async Task A_large_body_that_breaks_off_ends_the_clients_connection_and_nothing_else()
    {
        var large = new Reply { Body = new byte[600_000], CutAt = 400_000 };
        await using var box = await TestBox.Start(b => b.Primary.Node.On("GET", "/eth/v1/beacon/large", large));
        await box.UntilServing("primary");
        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => box.Client.GetByteArrayAsync("/eth/v1/beacon/large"));
        box.Primary.Node.On("GET", "/eth/v1/beacon/large", large with { CutAt = null });
        Assert.Equal(600_000, (await box.Client.GetByteArrayAsync("/eth/v1/beacon/large")).Length);
    }

    [Fact]
    public async Task What_was_served_and_what_was_refused_is_counted_as_it_was()
    {
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        await box.Client.GetStringAsync(Genesis);
        using (await box.Client.GetAsync("/eth/v1/node/health"))
        using (await box.Client.GetAsync("/eth/v1/events"))
        using (await box.Client.GetAsync("/eth/v1/debug/beacon/heads"))
            box.Primary.Node.Freeze();
        await box.Client.GetStringAsync(Genesis);
        box.Primary.Node.Thaw();
        await box.Until(r => r.GetProperty("proxy").GetProperty("requests_served").GetInt64() == 2
            && r.GetProperty("proxy").GetProperty("refused").GetInt64() == 2
            && r.GetProperty("proxy").GetProperty("hedges").GetInt64() == 1
            && r.GetProperty("proxy").GetProperty("failovers").GetInt64() == 0, TimeSpan.FromSeconds(5));
    }
}
