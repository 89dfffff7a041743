using System.Text.RegularExpressions;
using DVStakers.Edge.Agent.Cli;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;
using DVStakers.Edge.Core.Status;
using DVStakers.Edge.Tests.Core;
using DVStakers.Edge.Tests.Core.Cluster;

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
        DVStakers.Edge 0.1.0 · nuc-1 in home · mainnet · slot 9876543 · up 3 h
        ● READY     lighthouse serves the validator: first in order of the healthy
                    stacks
        ── Stacks ──────────────────────────────────────────────────────────────────────
          name        state             head   lag  execution    peers     since
        ▸ lighthouse  healthy        9876543     0  in step      82/50     3 h
                      Lighthouse/v7.0.1-e42406d + Geth/v1.15.2-stable
          teku        suspect        9876543     0  unreachable  82/-      3 h
                      Lighthouse/v7.0.1-e42406d
        ── Ranking ─────────────────────────────────────────────────────────────────────
         1 lighthouse  healthy     synced, on the expected head, execution client in
                                   step
         2 teku        suspect     its execution client does not answer, so what it
                                   attests may be wrong
        ── Problems ────────────────────────────────────────────────────────────────────
        ! agent: Only one stack left, for 5 min (one-stack-left)
          lighthouse alone can serve the validator
          → Repair the other stack: the next failure would cost duties.
        ! teku: Execution client unreachable, for 5 min (execution-unreachable)
          connection refused at http://127.0.0.1:8546
          → Start the execution client. Its beacon node still looks alive, but every
            attestation from it would be wrong.
        ── Panel ───────────────────────────────────────────────────────────────────────
          ◐ single     three flashes  execution problem: teku, execution client
                                      unreachable
          ◐ stack      three flashes  execution problem: teku, execution client
                                      unreachable
          ● validator  solid          served by lighthouse
          ● cluster    solid          connected to the MQTT broker
          ○ power      off            no UPS fitted
        ── MQTT and proxy ──────────────────────────────────────────────────────────────
          ● mqtt   connected: 127.0.0.1:1883
          ● proxy  http://127.0.0.1:5070 · 12034 served · 2 failed over · 17 hedged ·
                   880 broadcast · 1 event stream · 0 refused

        """, Render(OneDead, 80));

    [Fact]
    public void A_stack_that_comes_back_is_shown_as_recovering()
    {
        var back = Snapshots.Stack("teku", Tier.Suspect, "recovering, good for 1 of 3 slots") with { IsRecovering = true };
        var stacks = Render(Snapshots.Of([Snapshots.Stack("lighthouse", Tier.Healthy, "in sync"), back]), 80).Split("── Ranking")[0];
        Assert.Contains("  teku        recovering     9876543", stacks, StringComparison.Ordinal);
        Assert.DoesNotContain("suspect", stacks, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_peer_has_a_line()
    {
        var post = new Post { Now = Snapshots.Now.AddSeconds(-45) };
        post.Hear(5, 1, clockAhead: 40);
        post.After(12).Hear(5, 2, clockAhead: 40);
        post.Take(Post.Topic("rogue"), [], out _);
        var known = Render(Snapshots.Of([]) with { Peers = post.Book }, 80).Split("── Peers")[1].Split("── Panel")[0];
        Assert.Contains("  ● friend  ready, home-a serves · heard 33 s ago · its clock is 40 s ahead · 1\n            refused (1 unproven)\n", known, StringComparison.Ordinal);
        Assert.Contains("  ○ cloud   not heard yet\n", known, StringComparison.Ordinal);
        Assert.Contains("  ○ rogue   not heard yet · 1 refused (1 unsigned)\n", known, StringComparison.Ordinal);
        post.After(31);
        Assert.Contains("  ● friend  silent, heard 33 s ago: nothing is assumed of it", Render(Snapshots.Of([]) with { Peers = post.Book }, 80), StringComparison.Ordinal);
    }

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
        StatusComposer.Compose(new EdgeConfig { Box = "nuc-1" }, snapshot, new(12034, 2, 17, 880, 1, 0, 0), "0.1.0", Snapshots.Now - TimeSpan.FromHours(3), Snapshots.Now),
        Snapshots.Now, width, ink ?? new Ink(false));

    [GeneratedRegex(@"\u001b\[\d+m")]
    private static partial Regex Escapes();
}
