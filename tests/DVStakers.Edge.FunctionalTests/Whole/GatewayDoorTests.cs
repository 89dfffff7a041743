using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using DVStakers.Edge.FunctionalTests.Fakes;

namespace DVStakers.Edge.FunctionalTests.Whole;

/// <summary>What the peer gateway of the whole agent lets in: members, and of the node no more than a validator needs (rule 11). The node's own log says what came through.</summary>
public sealed partial class GatewayDoorTests : IAsyncLifetime
{
    private FoundedCluster cluster = null!;
    private WholeBox alpha = null!;
    private FakeChain chain = null!;

    public async ValueTask InitializeAsync()
    {
        cluster = await FoundedCluster.Make();
        chain = FakeChain.Live();
        alpha = await WholeBox.Start(cluster, "alpha", chain, "");
        await alpha.UntilServing("alpha-node");
    }

    public async ValueTask DisposeAsync()
    {
        await alpha.DisposeAsync();
        cluster.Dispose();
    }

    [Fact]
    public async Task What_is_not_lent_never_reaches_the_node_however_it_is_written()
    {
        await using var elsewhere = await FakeBeaconNode.Start(chain);
        string[] lines =
        [
            "GET /eth/v2/debug/beacon/states/head?gate=n", "GET /eth/v1/debug/beacon/heads?gate=n", "GET /eth/v1/debug/fork_choice?gate=n",
            "GET /eth/v1/beacon/states/head/validators?gate=n", "GET /eth/v1/beacon/states/head/validator_balances?gate=n", "GET /eth/v1/beacon/states/head/pending_deposits?gate=n",
            "GET /eth/v1/node/peers?gate=n", "GET /eth/v1/node/peers/16Uiu2?gate=n", "GET /eth/v1/node/identity?gate=n", "GET /eth/v1/beacon/pool/attestations?gate=n",
            "GET /lighthouse/health?gate=n", "GET /admin?gate=n", "GET /metrics?gate=n", "GET /status?gate=n", "GET /?gate=n", "POST /eth/v1/keystores?gate=n",
            "GET /eth/v1/node/%70eers?gate=n", "GET /eth/v1/node/%2570eers?gate=n", "GET /eth/v1/node/version/../identity?gate=n", "GET /eth/v1/node/version/%2e%2e/identity?gate=n",
            "GET /eth/v1/node/version/%2E./identity?gate=n", "GET /eth/v1/node/version%2f..%2fidentity?gate=n", "GET /eth/v1/node/version/..%5cidentity?gate=n",
            "GET //eth/v1/node/identity?gate=n", "GET /eth/v1//node/identity?gate=n", "GET /eth/v1/node/version//../identity?gate=n", "GET /eth/v1/node/identity/?gate=n",
            "GET /ETH/V1/node/identity?gate=n", "GET /eth/v1/node/version;/../identity?gate=n", "GET /eth/v1/config/%2e%2e/node/identity?gate=n", "GET /eth/v1/config/..%2fnode/identity?gate=n",
            "GET http://127.0.0.1/eth/v1/node/identity?gate=n", $"GET {elsewhere.Address}eth/v1/node/identity?gate=n", $"GET {elsewhere.Address}eth/v1/node/version?gate=n",
            "DELETE /eth/v1/node/version?gate=n", "PUT /eth/v1/validator/prepare_beacon_proposer?gate=n", "POST /eth/v1/node/version?gate=n", "PATCH /eth/v1/node/syncing?gate=n",
            "GET /eth/v1/validator/prepare_beacon_proposer?gate=n", "TRACE /eth/v1/node/version?gate=n", "OPTIONS *", "get /eth/v1/node/identity?gate=n",
            $"CONNECT {alpha.Node.Address.Authority}", "HEAD /eth/v1/events?topics=head&gate=n", "GET \\eth\\v1\\node\\identity?gate=n", "GET eth/v1/node/identity?gate=n",
        ];
        foreach (var line in lines)
        {
            var answer = await GatewayClient.Ask(cluster.GatewayPort("alpha"), cluster.DirectoryOf("cloud"), $"{line} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
            Assert.True(Refusal().IsMatch(answer), $"{line}: {answer}");
        }
        // Names no validator, so it would mean all of them; and a second request behind one that is lent.
        const string all = "{\"ids\":[]}";
        Assert.Matches(Refusal(), await GatewayClient.Ask(cluster.GatewayPort("alpha"), cluster.DirectoryOf("cloud"),
            $"POST /eth/v1/beacon/states/head/validators?gate=n HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {all.Length}\r\n\r\n{all}"));
        var two = await GatewayClient.Ask(cluster.GatewayPort("alpha"), cluster.DirectoryOf("cloud"),
            "GET /eth/v1/node/version?gate=yes HTTP/1.1\r\nHost: a\r\n\r\nGET /eth/v1/node/identity?gate=n HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", two);
        Assert.Contains("HTTP/1.1 404", two);

        // What is lent came through: this log would have shown the rest.
        Assert.Equal(["/eth/v1/node/version"], alpha.Node.Requests.All.Where(r => r.Query.Contains("gate", StringComparison.Ordinal)).Select(r => r.Path));
        Assert.DoesNotContain(alpha.Node.Requests.All, r => Forbidden().IsMatch(r.Path));
        Assert.Empty(elsewhere.Requests.All);
        await alpha.Agent.Process.Until(l => l.Contains("/eth/v1/node/identity", StringComparison.Ordinal) && l.Contains("cloud", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nobody_but_a_member_is_let_in()
    {
        const string ask = "GET /eth/v1/node/version?gate=n HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        using var others = await FoundedCluster.Make();
        var port = cluster.GatewayPort("alpha");
        Assert.StartsWith("HTTP/1.1 200", await GatewayClient.Ask(port, cluster.DirectoryOf("cloud"), ask.Replace("gate=n", "gate=yes", StringComparison.Ordinal)));
        Assert.Equal("", await GatewayClient.Ask(port, null, ask));
        // Of the same names, from a CA of the same name.
        Assert.Equal("", await GatewayClient.Ask(port, others.DirectoryOf("cloud"), ask));
        Assert.Equal("", await GatewayClient.Ask(port, others.DirectoryOf("alpha"), ask));

        await cluster.Command("alpha", "remove", "cloud");
        await alpha.Agent.Process.Until("The cluster's roster was changed on this box");
        Assert.Equal("", await GatewayClient.Ask(port, cluster.DirectoryOf("cloud"), ask));
        Assert.StartsWith("HTTP/1.1 200", await GatewayClient.Ask(port, cluster.DirectoryOf("beta"), ask.Replace("gate=n", "gate=yes", StringComparison.Ordinal)));

        Assert.All(alpha.Node.Requests.All, r => Assert.DoesNotContain("gate=n", r.Query, StringComparison.Ordinal));
        Assert.Equal(2, alpha.Node.Requests.All.Count(r => r.Query == "?gate=yes"));
    }

    [Fact]
    public async Task Cluster_remove_cuts_what_the_removed_member_has_open_and_no_other_s()
    {
        using var cloud = GatewayClient.Of(cluster.GatewayPort("alpha"), cluster.DirectoryOf("cloud"));
        using var beta = GatewayClient.Of(cluster.GatewayPort("alpha"), cluster.DirectoryOf("beta"));
        using var removed = await Stream(cloud);
        using var staying = await Stream(beta);
        Assert.Equal(HttpStatusCode.OK, (await cloud.GetAsync("/eth/v1/node/version")).StatusCode);
        // A request whose answer is still out.
        const string slow = "/eth/v1/config/deposit_contract";
        alpha.Node.On("GET", slow, Reply.Never);
        var underWay = cloud.GetAsync(slow);
        await alpha.Node.Requests.WaitFor(r => r.Path == slow, atMost: TimeSpan.FromSeconds(20));

        await cluster.Command("alpha", "remove", "cloud");
        var since = Stopwatch.GetTimestamp();
        await ToEnd(removed).WaitAsync(TimeSpan.FromSeconds(20));
        TestContext.Current.SendDiagnosticMessage($"cut {Stopwatch.GetElapsedTime(since).TotalSeconds:0.0} s after the command");
        Assert.NotEqual(HttpStatusCode.OK, await Status(underWay));
        Assert.True(await Status(cloud.GetAsync("/eth/v1/node/version")) is null or HttpStatusCode.Forbidden);

        alpha.Import(chain.Extend());
        while (await staying.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20)) is { } line)
            if (line.Contains(chain.Extend().HeadRoot, StringComparison.Ordinal))
                return;
        Assert.Fail("the stream of a member that stays has ended");
    }

    private static async Task<StreamReader> Stream(HttpClient client)
    {
        var answer = await client.GetAsync("/eth/v1/events?topics=head", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return new StreamReader(await answer.Content.ReadAsStreamAsync());
    }

    /// <summary>Null where there was no answer: it was cut, or not even let in.</summary>
    private static async Task<HttpStatusCode?> Status(Task<HttpResponseMessage> asked)
    {
        try
        {
            return (await asked).StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Reads until it ends, in order or not.</summary>
    private static async Task ToEnd(StreamReader stream)
    {
        try
        {
            while (await stream.ReadLineAsync() is not null)
            {
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
        }
    }

    /// <summary>Or not a word.</summary>
    [GeneratedRegex(@"^(HTTP/1\.1 (400|403|404|405|414|501) |$)")]
    private static partial Regex Refusal();

    [GeneratedRegex("debug|node/peers|identity|states/head/validators|pool|lighthouse|admin|keystores", RegexOptions.IgnoreCase)]
    private static partial Regex Forbidden();
}
