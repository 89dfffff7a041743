using System.Net;
using System.Net.Sockets;
using DVStakers.Edge.Agent.Cli;
using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Tests.Agent.Cluster;

namespace DVStakers.Edge.Tests.Agent.Cli;

public sealed class MemberCheckTests : IDisposable
{
    private readonly Town town = new();

    public void Dispose() => town.Dispose();

    [Fact]
    public async Task It_says_which_doors_answer_and_what_to_do_about_those_that_do_not()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        town.Founder().Init("kili", Town.Seat("nuc-1") with { Gateway = new($"https://127.0.0.1:{port}"), Broker = $"127.0.0.1:{port}" }, 0);
        town.Founder().Invite(Town.Seat("nuc-2") with { Gateway = null, Broker = null }, TimeSpan.FromHours(1), town["nuc-2.invitation"]);
        town.Ask("nuc-2");
        town.Admit("nuc-2");
        town.Newcomer("nuc-2").Take("nuc-2.grant", town.Bytes("nuc-2.grant"));
        using var membership = town.Load("nuc-2");
        var config = new EdgeConfig { Mqtt = new() { Port = port }, Membership = new() { Directory = town.Directory("nuc-2") } };

        var lines = await Lines(config, membership);
        Assert.Contains($"this box's broker answers at 127.0.0.1:{port}", lines);
        Assert.Contains($"the broker of nuc-1 answers at 127.0.0.1:{port}", lines);
        Assert.Contains($"the gateway of nuc-1 answers at 127.0.0.1:{port}", lines);

        listener.Stop();
        lines = await Lines(config, membership);
        Assert.Contains($"warning: this box's broker does not answer at 127.0.0.1:{port} (Connection refused): sudo systemctl restart mosquitto, and journalctl -u mosquitto says why", lines);
        Assert.Contains($"warning: the gateway of nuc-1 does not answer at 127.0.0.1:{port} (Connection refused): does the agent run there, with gateway: {{}} in its edge.yaml, and is the port open to this box?", lines);

        Assert.Contains("warning: the cluster needs these lines, which edge.yaml does not have:\nmqtt:\n  tls: cluster", await Lines(config with { Mqtt = null }, membership));
        Assert.Equal("mqtt:\n  tls: cluster\n", MemberSettings.Missing(new(), membership.Roster.Find("nuc-2")!));
        Assert.Equal("mqtt:\n  tls: cluster\n", MemberSettings.Missing(new(), membership.Roster.Find("nuc-1")! with { Role = MemberRole.Auxiliary }));
    }

    private static Task<IReadOnlyList<string>> Lines(EdgeConfig config, Membership membership) =>
        MemberCheck.Lines(config, membership, TimeProvider.System, TestContext.Current.CancellationToken);
}
