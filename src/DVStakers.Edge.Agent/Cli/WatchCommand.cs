using System.Text.Json;
using DVStakers.Edge.Core.Status;

namespace DVStakers.Edge.Agent.Cli;

/// <summary><c>watch</c>: the cluster live in the terminal, until Ctrl+C. Asks the running agent, and needs no rights.</summary>
internal static class WatchCommand
{
    private const int ChangesShown = 8;
    private const string TopAndClear = "\u001b[H\u001b[2J";

    /// <summary>The terminal's other screen, without a cursor; what stood there before comes back at the end, and so do the keys that .NET set to another mode.</summary>
    private const string Enter = "\u001b[?1049h\u001b[?25l";
    private const string Leave = "\u001b[?1l\u001b>\u001b[?25h\u001b[?1049l";
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <param name="once">One screen, and the end: for a script, or where the output is no terminal.</param>
    public static async Task<int> Execute(string? file, string? url, bool once, TextWriter output, TextWriter errors, TimeProvider time, CancellationToken stop)
    {
        if (await AgentAnswer.Address(file, url) is not { } address)
            return ExitCode.Config;
        // What is said on the other screen would be gone with it.
        var last = new StringWriter();
        await output.WriteAsync(once ? "" : Enter);
        try
        {
            return await Show(address, once, output, last, time, stop);
        }
        finally
        {
            await output.WriteAsync(once ? "" : Leave);
            await errors.WriteAsync(last.ToString());
        }
    }

    private static async Task<int> Show(string address, bool once, TextWriter output, TextWriter errors, TimeProvider time, CancellationToken stop)
    {
        var changes = new Queue<string>();
        StatusReport? before = null;
        try
        {
            while (true)
            {
                if (await AgentAnswer.Ask(address, "/status", static b => JsonSerializer.Deserialize(b, StatusJson.Default.StatusReport), errors, time, stop) is not var (report, _))
                    return ExitCode.NotRunning;
                foreach (var change in before is null ? [] : WatchScreen.Changes(before, report))
                    changes.Enqueue($"{time.GetUtcNow().UtcDateTime:HH:mm:ss}  {change}");
                while (changes.Count > ChangesShown)
                    changes.Dequeue();
                before = report;
                var screen = WatchScreen.Render(report, changes, time.GetUtcNow(), AgentAnswer.Width(), Ink.ForOutput);
                await output.WriteAsync(once ? screen : TopAndClear + screen);
                if (once)
                    return ExitCode.Ok;
                await Task.Delay(Every, time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Ok;
        }
    }
}
