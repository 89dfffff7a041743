using System.Text.RegularExpressions;
using DVStakers.Edge.Agent.Cli;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Status;
using DVStakers.Edge.Tests.Core;
using DVStakers.Edge.Tests.Core.Cluster;

namespace DVStakers.Edge.Tests.Agent.Cli;

public sealed class WatchScreenTests
{
    private static readonly EdgeConfig Config = new() { Cluster = "kili", Box = "node-1" };

    private static StatusReport Report(Post post, Tier own = Tier.Healthy) => StatusComposer.Compose(
        Config, Snapshots.Of([Snapshots.Stack("home", own, "")]) with { Peers = post.Book, Lent = new Dictionary<string, string> { ["cloud"] = "home" } },
        new ProxyCounters(0, 0, 0, 0, 0, 0, 0), "0.1.0", Snapshots.Now, Snapshots.Now);

    private static string Render(StatusReport report, params string[] changes) => WatchScreen.Render(report, changes, Snapshots.Now, 80, new Ink(false));

    [Fact]
    public void Each_box_has_its_stacks_who_serves_it_and_why()
    {
        var post = new Post();
        post.Hear(5, 1);
        var screen = Render(Report(post));
        Assert.Contains("kili: 4 boxes, 2 not heard", screen, StringComparison.Ordinal);
        Assert.Contains("── node-1, this box", screen, StringComparison.Ordinal);
        Assert.Contains("  ● served by home: first in order of the healthy stacks\n    home healthy\n    lends home to cloud\n", screen, StringComparison.Ordinal);
        Assert.Contains("── friend", screen, StringComparison.Ordinal);
        Assert.Contains("  ● served by home-a: ", screen, StringComparison.Ordinal);
        Assert.Contains("not heard since this agent started", screen, StringComparison.Ordinal);
        Assert.Contains("none while you watch", screen, StringComparison.Ordinal);
        Assert.All(screen.Split('\n'), line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public void What_changed_is_told_with_its_reason()
    {
        var post = new Post();
        post.Hear(5, 1);
        var before = Report(post);
        Assert.Empty(WatchScreen.Changes(before, before));
        var after = Report(post.After(60), Tier.Out);
        Assert.Equal(
            ["node-1 is served by nobody instead of home: first in order of the healthy stacks", "friend is silent: its agent, its broker or the way there is down"],
            WatchScreen.Changes(before, after));
        Assert.Contains("  12:00:00  friend is silent", Render(after, "12:00:00  friend is silent"), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_lives_on_a_battery_or_has_too_much_to_do_is_marked_and_the_change_is_told()
    {
        var post = new Post();
        post.Hear(5, 1);
        var report = Report(post);
        PowerReport battery = new("battery", "the UPS says so", null, 71.3, 2550, false);
        StatusReport With(PowerReport? power) => report with { Power = power, Busy = true, Peers = [.. report.Peers.Select(p => p with { Power = power, Busy = true })] };
        var screen = Render(With(battery));
        Assert.Contains("── node-1, this box, on battery 71 %, 42 min left, busy", screen, StringComparison.Ordinal);
        Assert.Contains("── friend, on battery 71 %, 42 min left, busy", screen, StringComparison.Ordinal);
        // What a box said before it fell silent is not said of it now.
        Assert.Single(Regex.Matches(screen, "busy"), m => m.Index > screen.IndexOf("friend", StringComparison.Ordinal));
        Assert.Equal("friend lives on its battery: the UPS says so", WatchScreen.Changes(With(null), With(battery)).First());
        Assert.Equal("friend has mains power again: back", WatchScreen.Changes(With(battery), With(battery with { Source = "mains", Reason = "back" })).First());
        Assert.Equal("friend stops its clients and goes off: the UPS says so", WatchScreen.Changes(With(battery), With(battery with { Stopping = true })).First());
    }

    [Fact]
    public void A_peers_words_cannot_drive_the_terminal()
    {
        var post = new Post();
        post.Hear(5, 1);
        var report = Report(post);
        report = report with { Peers = [.. report.Peers.Select(p => p with { ServingReason = "\u001b[2Jgone" })] };
        Assert.DoesNotContain('\u001b', Render(report));
    }
}
