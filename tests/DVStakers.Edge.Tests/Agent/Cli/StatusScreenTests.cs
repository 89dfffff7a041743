using System.Text.RegularExpressions;
using DVStakers.Edge.Agent.Cli;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;
using DVStakers.Edge.Core.Status;
using DVStakers.Edge.Tests.Core;

namespace DVStakers.Edge.Tests.Agent.Cli;

public sealed partial class StatusScreenTests
{
    private static readonly Snapshot OneDead = Snapshots.Of(
        [
            Snapshots.Stack("lighthouse", Tier.Healthy, "synced, on the expected head, execution client in step"),
            Snapshots.Stack("teku", Tier.Suspect, "its execution client does not answer, so what it attests may be wrong", Reach.Unreachable),
        ],
        [
            Snapshots.Condition(Conditions.OneStackLeft, "agent", "lighthouse alone can serve the validator"),
            Snapshots.Condition(Conditions.ExecutionUnreachable, "teku", "connection refused at http://127.0.0.1:8546"),
        ]);

    [Fact]
    public void One_dead_execution_client_at_80_columns() => Assert.Equal("""
        GOLDEN

        """, Render(OneDead, 80));

    [Fact]
    public void Nothing_found_says_so()
    {
        var screen = Render(Snapshots.Of([], broker: BrokerState.NotConfigured, why: "no stack is known yet"), 80);
        Assert.Contains("● NOT READY no stack may serve the validator: no stack is known yet", screen, StringComparison.Ordinal);
        Assert.Contains("none configured, and none found on this machine yet", screen, StringComparison.Ordinal);
        Assert.Contains("○ mqtt   not configured", screen, StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_resort_is_not_called_ready() =>
        Assert.Contains("● DEGRADED  teku serves the validator as a last resort", Render(Snapshots.Of([OneDead.Stacks[1]]), 80), StringComparison.Ordinal);

    [Theory]
    [InlineData(40, 80)]
    [InlineData(80, 80)]
    [InlineData(100, 100)]
    [InlineData(300, 120)]
    public void No_line_is_wider_than_the_terminal(int terminal, int widest)
    {
        var stacks = OneDead.Stacks.Select(s => s with { Name = s.Name + new string('x', 50), Reason = string.Concat(Enumerable.Repeat("word ", 60)) + new string('y', 200) }).ToArray();
        foreach (var line in Render(Snapshots.Of(stacks, [.. OneDead.Conditions]), terminal).Split('\n'))
            Assert.InRange(line.Length, 0, widest);
    }

    [Fact]
    public void Colours_change_nothing_but_the_colour() =>
        Assert.Equal(Render(OneDead, 80), Escapes().Replace(Render(OneDead, 80, new Ink(true)), ""));

    [Fact]
    public void A_node_cannot_drive_the_terminal()
    {
        var evil = OneDead.Stacks[0] with { Reason = "\u001b[2J\u0007", Beacon = OneDead.Stacks[0].Beacon! with { Version = "x\u001b]0;owned\u0007\ny" } };
        Assert.DoesNotContain(Render(Snapshots.Of([evil], why: "\u001b[31m"), 80), c => char.IsControl(c) && c != '\n');
    }

    private static string Render(Snapshot snapshot, int width, Ink? ink = null) => StatusScreen.Render(
        StatusComposer.Compose(new EdgeConfig { Box = "nuc-1" }, snapshot, new(12034, 2, 17, 880, 1, 0), "0.1.0", Snapshots.Now - TimeSpan.FromHours(3), Snapshots.Now),
        Snapshots.Now, width, ink ?? new Ink(false));

    [GeneratedRegex(@"\u001b\[\d+m")]
    private static partial Regex Escapes();
}
