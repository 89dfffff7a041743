using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Agent.Service;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;
using DVStakers.Edge.FunctionalTests.Cluster;
using DVStakers.Edge.FunctionalTests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;
using HttpListener = DVStakers.Edge.Agent.Web.HttpListener;

namespace DVStakers.Edge.FunctionalTests.Proxy;

/// <summary>The peer gateway over real TLS, with one node of this box behind it and another of a peer, which must never be lent on (rule 11).</summary>
public sealed class GatewayTests : IAsyncLifetime
{
    private readonly TestAuthority authority = new();
    private readonly List<IDisposable> opened = [];
    private readonly CancellationTokenSource stop = new();
    private FakeBeaconNode node = null!;
    private FakeBeaconNode peer = null!;
    private Membership membership = null!;
    private SnapshotFeed state = null!;
    private GatewayParts gateway = null!;
    private HttpListener listener = null!;
    private Task running = Task.CompletedTask;

    public async ValueTask InitializeAsync()
    {
        var chain = FakeChain.Live(headSlot: 100, secondsPerSlot: 12);
        (node, peer) = (await FakeBeaconNode.Start(chain), await FakeBeaconNode.Start(chain));
        (node.Name, peer.Name) = ("home", "meru");
        membership = authority.Membership("kili", TestAuthority.RosterOf(authority.Member("kili"), authority.Member("meru"), authority.Member("cloud")));
        state = new SnapshotFeed(Of(Tier.Healthy));
        var own = new NodeClient("home", node.Address);
        opened.Add(own);
        gateway = new GatewayParts(membership, state, [own], TimeProvider.System, NullLogger.Instance);
        listener = await HttpListener.Start("127.0.0.1:0", GatewayParts.MostConnections, gateway.Handle, NullLoggerFactory.Instance, CancellationToken.None, gateway.Around);
        running = gateway.Run(stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        await listener.DisposeAsync();
        opened.ForEach(o => o.Dispose());
        await node.DisposeAsync();
        await peer.DisposeAsync();
        authority.Dispose();
        stop.Dispose();
    }

    [Fact]
    public async Task A_member_is_served_by_this_boxs_node()
    {
        using var answer = await As("cloud").GetAsync("/eth/v1/node/version");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("home", answer.Headers.GetValues(FakeBeaconNode.NameHeader).Single());
        Assert.Equal(HttpStatusCode.OK, (await As("cloud").GetAsync("/eth/v1/node/health")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await As("cloud").GetAsync("/eth/v1/validator/attestation_data?slot=100&committee_index=0")).StatusCode);
        Assert.Empty(peer.Requests.All);
    }

    [Fact]
    public async Task Through_the_agents_own_client_it_is_a_node_like_any_other()
    {
        var cloud = authority.Membership("cloud", membership.Roster);
        using var client = new NodeClient("kili", new Uri($"https://127.0.0.1:{listener.Address.Port}"), PeerTls.To("kili", cloud, TimeProvider.System));
        using var answer = await client.Send(client.Request(HttpMethod.Get, "/eth/v1/node/version"), CancellationToken.None);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        // The same address, but another box is expected there.
        using var mistaken = new NodeClient("meru", client.Address, PeerTls.To("meru", cloud, TimeProvider.System));
        var refusal = await Assert.ThrowsAsync<HttpRequestException>(() => mistaken.Send(mistaken.Request(HttpMethod.Get, "/eth/v1/node/syncing"), CancellationToken.None));
        Assert.IsType<AuthenticationException>(refusal.InnerException);
    }

    [Fact]
    public async Task Where_no_stack_of_ours_qualifies_it_says_so_though_a_peers_does()
    {
        state.Publish(Of(Tier.Out));
        await Until(async () => (await As("cloud").GetAsync("/eth/v1/node/health")).StatusCode == HttpStatusCode.ServiceUnavailable);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await As("cloud").GetAsync("/eth/v1/validator/attestation_data?slot=100&committee_index=0")).StatusCode);
        Assert.Empty(peer.Requests.All);
    }

    [Theory]
    [InlineData("/eth/v2/debug/beacon/states/head")]
    [InlineData("/eth/v1/beacon/states/head/validators")]
    [InlineData("/eth/v1/node/identity")]
    [InlineData("/eth/v1/node/%70eers")]
    [InlineData("//eth/v1/node/identity")]
    [InlineData("/eth/v1/node/version/../identity")]
    [InlineData("/lighthouse/health")]
    [InlineData("/eth/v1/beacon/states/head/validators?ID=7")]
    [InlineData("/eth/v1/beacon/states/head/validators?id=")]
    [InlineData("/eth/v1/config/..;/..;/v2/debug/beacon/states/head")]
    [InlineData("/eth/v1/config/spec%3Fx")]
    [InlineData("/eth/v1/config/%01")]
    [InlineData("/eth/v1/config/spec?a=\t")]
    public async Task What_is_not_lent_is_refused_and_never_reaches_the_node(string path)
    {
        using var answer = await As("cloud").GetAsync(new Uri($"https://127.0.0.1:{listener.Address.Port}{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Empty(node.Requests.All);
    }

    [Fact]
    public async Task The_whole_registry_is_not_lent_by_a_POST_either()
    {
        using var none = await As("cloud").PostAsync("/eth/v1/beacon/states/head/validators", new StringContent("{\"ids\":[]}"));
        Assert.Equal(HttpStatusCode.BadRequest, none.StatusCode);
        Assert.Empty(node.Requests.All);
        using var one = await As("cloud").PostAsync("/eth/v1/beacon/states/head/validators", new StringContent("{\"ids\":[\"7\"]}"));
        Assert.Single(node.Requests.All);
    }

    [Fact]
    public async Task What_is_the_borrowers_own_stays_with_it()
    {
        var client = As("cloud");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/eth/v1/node/version");
        request.Headers.TryAddWithoutValidation("Authorization", "Basic eDp5");
        request.Headers.TryAddWithoutValidation("Cookie", "a=b");
        request.Headers.TryAddWithoutValidation("X-Other", "1");
        using var answer = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var headers = node.Requests.All.Single().Headers;
        Assert.Contains("X-Other", headers.Keys);
        Assert.DoesNotContain(headers.Keys, k => k is "Authorization" or "Cookie");
    }

    [Fact]
    public async Task Nobody_else_gets_in()
    {
        using var strangers = new TestAuthority();
        // Without a certificate, with one of another CA, of a box that is no member, an expired one, and one that the CA made for a name that has another.
        await Refused(null);
        await Refused(strangers.Of("cloud"));
        await Refused(authority.Of("nobody"));
        await Refused(authority.Issue("cloud", TimeProvider.System.GetUtcNow().AddDays(-1)));
        await Refused(authority.Issue("cloud", TimeProvider.System.GetUtcNow().AddDays(1)));
        Assert.Empty(node.Requests.All);

        async Task Refused(X509Certificate2? certificate) =>
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => Client(certificate).GetAsync("/eth/v1/node/version"));
    }

    [Fact]
    public async Task A_removed_member_is_out_at_once_on_connections_that_are_open_too()
    {
        var client = As("cloud");
        using var stream = await client.GetAsync("/eth/v1/events?topics=head", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, stream.StatusCode);
        var reading = (await stream.Content.ReadAsStreamAsync()).CopyToAsync(Stream.Null);
        // Its connection stays open.
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/eth/v1/node/version")).StatusCode);

        Remove("cloud");
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync("/eth/v1/node/version")).StatusCode);
        await Assert.ThrowsAnyAsync<Exception>(() => reading.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.True(reading.IsFaulted, "the stream of a removed member was cut");
        Assert.Equal(HttpStatusCode.OK, (await As("meru").GetAsync("/eth/v1/node/version")).StatusCode);
    }

    [Fact]
    public async Task One_member_that_asks_too_much_is_sent_on_and_another_is_not()
    {
        var client = As("cloud");
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 700; i++)
            answers.Add((await client.GetAsync("/eth/v1/node/health")).StatusCode);
        Assert.Contains(HttpStatusCode.ServiceUnavailable, answers);
        Assert.True(answers.TakeWhile(a => a == HttpStatusCode.OK).Count() >= 500, "the burst is for the start of an epoch");
        Assert.Equal(HttpStatusCode.OK, (await As("meru").GetAsync("/eth/v1/node/health")).StatusCode);
    }

    private static Snapshot Of(Tier home) => new()
    {
        At = TimeProvider.System.GetUtcNow(),
        Stacks =
        [
            new StackStatus { Name = "home", Tier = home, Reason = "", Since = TimeProvider.System.GetUtcNow() },
            new StackStatus { Name = "meru", Peer = "meru", Tier = Tier.Healthy, Reason = "", Since = TimeProvider.System.GetUtcNow() },
        ],
        Ranking = Ranker.Rank([new("home", home, "as the test says"), new("meru", Tier.Healthy, "", new PeerStanding(false, 0, false, 0))]),
        Heads = HeadHistory.Empty,
        Serving = home == Tier.Healthy ? "home" : "meru",
        ServingReason = "",
        Conditions = [],
        Broker = new BrokerReading(BrokerState.NotConfigured, "", TimeProvider.System.GetUtcNow()),
    };

    private static async Task Until(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await holds())
            limit.Token.ThrowIfCancellationRequested();
    }

    private void Remove(string box) =>
        Assert.True(membership.Adopt(authority.Signed(membership.Roster with { Version = 2, Members = [.. membership.Roster.Members.Where(m => m.Box != box)] }), out var why), why);

    private HttpClient As(string box) => Client(authority.Of(box));

    private HttpClient Client(X509Certificate2? certificate)
    {
        var client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                LocalCertificateSelectionCallback = certificate is null ? null : (_, _, _, _, _) => certificate,
                ClientCertificates = certificate is null ? null : [certificate],
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown!.Subject == "CN=kili",
            },
        })
        { BaseAddress = new Uri($"https://127.0.0.1:{listener.Address.Port}"), Timeout = TimeSpan.FromSeconds(20) };
        opened.Add(client);
        return client;
    }
}
