using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Agent.Proxy;
using DVStakers.Edge.Core.Routing;
using DVStakers.Edge.FunctionalTests.Fakes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.FunctionalTests.Proxy;

/// <summary>An attempt that fails says on which side and at which stage, in words that a person can act on.</summary>
public sealed class AttemptTests
{
    [Fact]
    public async Task A_name_that_is_not_found_is_named()
    {
        var answer = await To("http://no-such-node.invalid:5052");
        Assert.Equal(Stage.NotConnected, answer.Outcome.Stage);
        Assert.Contains("the name no-such-node.invalid is not found", answer.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_nobody_listens_on_is_a_connection_that_was_not_made()
    {
        var answer = await To($"http://127.0.0.1:{Ports.Free()}");
        Assert.Equal(Stage.NotConnected, answer.Outcome.Stage);
        Assert.Contains("no connection: Connection refused", answer.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_swallows_connections_fails_within_a_second()
    {
        using var hole = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        hole.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        hole.Listen(0);
        // Nobody accepts: once these wait, the kernel leaves every further one without an answer.
        var waiting = Enumerable.Range(0, 4).Select(_ => new TcpClient()).ToList();
        try
        {
            await waiting[0].ConnectAsync(IPAddress.Loopback, ((IPEndPoint)hole.LocalEndPoint!).Port);
            foreach (var client in waiting.Skip(1))
                _ = client.ConnectAsync(IPAddress.Loopback, ((IPEndPoint)hole.LocalEndPoint!).Port);
            var answer = await To($"http://127.0.0.1:{((IPEndPoint)hole.LocalEndPoint!).Port}");
            Assert.Equal(Stage.NotConnected, answer.Outcome.Stage);
            Assert.Contains("no connection within 1 s", answer.Problem, StringComparison.Ordinal);
        }
        finally
        {
            waiting.ForEach(c => c.Dispose());
        }
    }

    [Fact]
    public async Task A_certificate_that_is_not_trusted_is_named()
    {
        using var key = ECDsa.Create();
        var request = new CertificateRequest("CN=node", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var expired = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-30), DateTimeOffset.UtcNow.AddDays(-1));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.UseHttps(expired)));
        await using var server = builder.Build();
        await server.StartAsync();
        var answer = await To(server.Urls.Single());
        Assert.Equal(Stage.NotConnected, answer.Outcome.Stage);
        Assert.Contains("no secure connection: The remote certificate is invalid", answer.Problem, StringComparison.Ordinal);
        Assert.Contains("NotTimeValid", answer.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_breaks_within_the_body_is_told_from_one_that_was_never_made()
    {
        await using var node = await FakeBeaconNode.Start(FakeChain.Live());
        node.On("GET", "/eth/v1/beacon/genesis", new Reply { Body = new byte[1000], CutAt = 500 });
        var answer = await To(node.Address.ToString());
        Assert.Equal(Stage.Broken, answer.Outcome.Stage);
        Assert.Contains("the connection broke", answer.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_is_silent_had_its_time()
    {
        await using var node = await FakeBeaconNode.Start(FakeChain.Live());
        node.Freeze();
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        var answer = await To(node.Address.ToString(), patience.Token);
        Assert.Equal(Stage.NoAnswer, answer.Outcome.Stage);
        Assert.Contains("no answer in time", answer.Problem, StringComparison.Ordinal);
    }

    private static async Task<Answer> To(string address, CancellationToken patience = default)
    {
        using var node = new NodeClient("node", new Uri(address));
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";
        context.Request.Path = "/eth/v1/beacon/genesis";
        return await Attempt.Send(node, new ClientRequest(context, Routes.Find("GET", context.Request.Path), default), patience);
    }
}
