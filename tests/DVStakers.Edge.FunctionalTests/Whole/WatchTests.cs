using DVStakers.Edge.FunctionalTests.Proxy;
using DVStakers.Edge.FunctionalTests.Service;

namespace DVStakers.Edge.FunctionalTests.Whole;

/// <summary><c>watch</c> as a person sees it, at a terminal.</summary>
public sealed class WatchTests
{
    private const string OtherScreen = "\u001b[?1049h", Back = "\u001b[?1049l", NoCursor = "\u001b[?25l", Cursor = "\u001b[?25h";

    [Fact]
    public async Task It_shows_each_box_its_stacks_who_serves_whom_and_what_changed_and_leaves_the_terminal_as_it_was()
    {
        await using var cluster = await WholeCluster.Start();
        var (lender, other) = await cluster.Lender();
        await lender.Until(r => r.GetProperty("lent").GetArrayLength() == 1);
        await using var narrow = await Terminal.Run(80, "watch", "--config", cluster.Cloud.Agent.Configuration);
        await using var wide = await Terminal.Run(120, "watch", "--config", cluster.Cloud.Agent.Configuration);
        foreach (var (terminal, columns) in new[] { (narrow, 80), (wide, 120) })
        {
            await terminal.Until("Last changes");
            await terminal.Until("none while you watch");
            var screen = terminal.Screen;
            AssertInOrder(screen,
                "kili: 3 boxes · slot ", "── cloud, this box", $"  ● served by {lender.Name}: ", "    no stacks of its own",
                "── alpha", "  ● served by alpha-node: ", "    alpha-node healthy", "── beta", "  ● served by beta-node: ", "    beta-node healthy",
                "── Last changes ──", "  none while you watch");
            Assert.Contains("MQTT connected · seen from cloud at ", string.Join(' ', screen));
            // The lines between the boxes are as wide as the terminal.
            Assert.Equal(columns, screen.Max(l => l.Length));
        }
        var (code, output, errors) = await lender.Run("watch", "--once");
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains($"    lends {lender.Name}-node to cloud", output);
        Assert.Contains("── cloud, auxiliary", output);
        Assert.DoesNotContain('\u001b', output);

        cluster.Chain.Leave(lender);
        await lender.Execution.Kill();
        foreach (var terminal in new[] { narrow, wide })
            Assert.Matches("^  [0-9:]{8}  cloud is served by " + other.Name + " instead of " + lender.Name + ":", await terminal.Until($"cloud is served by {other.Name} instead of {lender.Name}:"));
        await wide.Until($"    {lender.Name}-node suspect");

        foreach (var (terminal, signal) in new[] { (narrow, "INT"), (wide, "TERM") })
        {
            Assert.Equal((0, terminal.Before), await terminal.End(signal));
            AssertInOrder([.. terminal.Raw.Split('\n')], OtherScreen, NoCursor);
            Assert.True(terminal.Raw.LastIndexOf(Back, StringComparison.Ordinal) > terminal.Raw.LastIndexOf("\u001b[2J", StringComparison.Ordinal), "the first screen is back");
            Assert.True(terminal.Raw.LastIndexOf(Cursor, StringComparison.Ordinal) > terminal.Raw.LastIndexOf(NoCursor, StringComparison.Ordinal), "the cursor is back");
        }
    }

    [Fact]
    public async Task Of_a_box_without_a_cluster_it_says_so_and_without_an_agent_what_to_do()
    {
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        var (code, output, errors) = await EdgeProcess.Run(["watch", "--config", box.Agent.Configuration]);
        Assert.Equal((0, ""), (code, errors));
        Assert.StartsWith("test: 1 box · ", output);
        Assert.Contains("── No other box ──", output);
        Assert.Contains("This box is in no cluster, or nobody else is in it", output);
        Assert.Contains("docs/cluster.md", output);
        Assert.All(output.Split('\n'), line => Assert.InRange(line.Length, 0, 80));

        // Said on the person's own screen, where it stays.
        await using var terminal = await Terminal.Run(80, "watch", "--url", "http://127.0.0.1:1");
        Assert.Equal("1", await terminal.Value("code"));
        Assert.True(terminal.Raw.IndexOf("The agent does not answer at http://127.0.0.1:1", StringComparison.Ordinal) > terminal.Raw.LastIndexOf(Back, StringComparison.Ordinal));
    }

    private static void AssertInOrder(IReadOnlyList<string> screen, params string[] parts)
    {
        var line = 0;
        foreach (var part in parts)
        {
            while (line < screen.Count && !screen[line].Contains(part, StringComparison.Ordinal))
                line++;
            Assert.True(line < screen.Count, $"no '{part}' after what comes before it in:\n{string.Join('\n', screen)}");
        }
    }
}
