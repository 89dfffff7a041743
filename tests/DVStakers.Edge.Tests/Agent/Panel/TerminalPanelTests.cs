using System.Threading.Channels;
using DVStakers.Edge.Agent.Cli;
using DVStakers.Edge.Agent.Panel;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;
using DVStakers.Edge.Tests.Core;

namespace DVStakers.Edge.Tests.Agent.Panel;

public sealed class TerminalPanelTests
{
    [Fact]
    public async Task A_line_appears_when_the_panel_changes_and_only_then()
    {
        var good = Snapshots.Of([Snapshots.Stack("a", Tier.Healthy, "good")], broker: BrokerState.NotConfigured);
        var bad = Snapshots.Of([Snapshots.Stack("a", Tier.Suspect, "bad")], [Snapshots.Condition(Conditions.ExecutionSilent, "a")], BrokerState.NotConfigured);
        var feed = new SnapshotFeed(good);
        var terminal = new Terminal();
        using var stop = new CancellationTokenSource();
        var run = new TerminalPanel(feed, terminal, new Ink(false)).Run(stop.Token);

        Assert.Equal("panel    ● stack solid  ● validator solid  ○ cluster off  ○ power off  served by a", await terminal.Next());
        feed.Publish(good with { At = good.At.AddSeconds(12) });
        feed.Publish(bad);
        Assert.Equal("panel    ◐ stack three flashes  ◐ validator slow blink  ○ cluster off  ○ power off  execution problem: a, execution client does not answer", await terminal.Next());

        await stop.CancelAsync();
        await run;
    }

    private sealed class Terminal : StringWriter
    {
        private readonly Channel<string> lines = Channel.CreateUnbounded<string>();

        public ValueTask<string> Next() => lines.Reader.ReadAsync(TestContext.Current.CancellationToken);

        public override async Task WriteLineAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default) =>
            await lines.Writer.WriteAsync(buffer.ToString(), cancellationToken);
    }
}
