using DVStakers.Edge.Agent.Cli;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Panel;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Agent.Panel;

/// <summary>Shows the panel as a line on the terminal whenever it changes, for a person who runs the agent by hand.</summary>
internal sealed class TerminalPanel(SnapshotFeed feed, TextWriter terminal, Ink ink)
{
    public async Task Run(CancellationToken stop)
    {
        Snapshot? seen = null;
        string? shown = null;
        try
        {
            while (true)
            {
                seen = await feed.NewerThan(seen, stop);
                var line = Line(PanelDecision.Of(seen));
                if (line == shown)
                    continue;
                await terminal.WriteLineAsync(line.AsMemory(), stop);
                shown = line;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    private string Line(LedStates panel) =>
        "panel    " + string.Join("  ", panel.All.Skip(1).Select(led => $"{Dot(led)} {led.Name} {ink.Dim(led.Pattern.Word)}"))
        + $"  {Printable.Of(panel.Single.Pattern == LedPattern.Solid ? panel.Validator.Meaning : panel.Single.Meaning)}";

    private string Dot(Led led) =>
        led.Pattern == LedPattern.Off ? ink.Dim("○")
        : led.Pattern == LedPattern.Solid ? ink.Green("●")
        : led.Pattern == LedPattern.Slow ? ink.Yellow("◐")
        : ink.Red("◐");
}
