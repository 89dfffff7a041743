using DVStakers.Edge.Agent.Cli;
using DVStakers.Edge.Agent.Duties;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Agent.Web;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.State;
using DVStakers.Edge.Tests.Agent.Config;
using DVStakers.Edge.Tests.Core;
using Microsoft.Extensions.Time.Testing;

namespace DVStakers.Edge.Tests.Agent.Web;

/// <summary>The server and the command that asks it, over a real connection.</summary>
public sealed class StatusServerTests
{
    private static readonly Snapshot Good = Snapshots.Of([Snapshots.Stack("a", Tier.Healthy, "good")]);
    private static readonly Snapshot Bad = Snapshots.Of([Snapshots.Stack("a", Tier.Syncing, "syncing")]);

    [Fact]
    public async Task The_exit_code_tells_ready_from_running_from_neither()
    {
        var feed = new SnapshotFeed(Good);
        var server = await FakeNode.Start(Server(feed).Handle);
        var (code, output, _) = await Ask(server.Port);
        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("● READY     a serves the validator", output, StringComparison.Ordinal);

        feed.Publish(Bad);
        Assert.Equal(ExitCode.NotReady, (await Ask(server.Port)).Code);

        await server.DisposeAsync();
        var (gone, nothing, errors) = await Ask(server.Port);
        Assert.Equal((ExitCode.NotRunning, ""), (gone, nothing));
        Assert.Contains("the connection was refused", errors, StringComparison.Ordinal);
        Assert.Contains("For the validator:", errors, StringComparison.Ordinal);
        Assert.Contains("What to do:", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_is_the_report_as_the_server_wrote_it()
    {
        await using var server = await FakeNode.Start(Server(new SnapshotFeed(Good)).Handle);
        using var http = new HttpClient();
        var direct = await http.GetAsync(new Uri($"http://127.0.0.1:{server.Port}/status"));
        Assert.Equal("application/json", direct.Content.Headers.ContentType?.MediaType);
        Assert.Contains("\"schema\": 1", (await Ask(server.Port, json: true)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_paths_and_methods_are_refused()
    {
        await using var server = await FakeNode.Start(Server(new SnapshotFeed(Good)).Handle);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Port}") };
        Assert.Equal(404, (int)(await http.GetAsync(new Uri("/eth/v1/node/version", UriKind.Relative))).StatusCode);
        Assert.Equal(405, (int)(await http.PostAsync(new Uri("/status", UriKind.Relative), null)).StatusCode);
    }

    [Fact]
    public async Task Something_else_on_the_port_is_not_taken_for_the_agent()
    {
        await using var other = await FakeNode.Start(c => FakeNode.Json(c, """{"data":{}}"""));
        var (code, _, errors) = await Ask(other.Port);
        Assert.Equal(ExitCode.NotRunning, code);
        Assert.Contains("not a status report", errors, StringComparison.Ordinal);
    }

    private static StatusServer Server(SnapshotFeed feed) => new(new EdgeConfig(), feed, new DutyFeed(), () => default, "0.1.0", TimeProvider.System);

    private static async Task<(int Code, string Output, string Errors)> Ask(int port, bool json = false)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        var code = await StatusCommand.Show($"http://127.0.0.1:{port}", json, output, errors, new Ink(false), 80, new FakeTimeProvider(Snapshots.Now), CancellationToken.None);
        return (code, output.ToString(), errors.ToString());
    }
}
