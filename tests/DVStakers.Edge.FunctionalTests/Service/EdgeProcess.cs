using System.Diagnostics;
using DVStakers.Edge.FunctionalTests.Fakes;

namespace DVStakers.Edge.FunctionalTests.Service;

/// <summary>
/// The program as a process of ours, with any command: the published native binary named by EDGE_BINARY (firmware-scripts/test.sh sets it), else the build
/// beside the tests. Disposing ends it.
/// </summary>
internal sealed class EdgeProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly DirectoryInfo state;
    private readonly Changes changes = new();
    private readonly List<string> output = [];
    private readonly List<string> errors = [];

    private EdgeProcess(ProcessStartInfo start, DirectoryInfo state)
    {
        this.state = state;
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Add(output, line.Data);
        process.ErrorDataReceived += (_, line) => Add(errors, line.Data);
    }

    public static string Binary => Environment.GetEnvironmentVariable("EDGE_BINARY") is { Length: > 0 } native
        ? native
        : Path.Combine(AppContext.BaseDirectory, "dvstakers-edge");

    public int Id => process.Id;

    /// <summary>Standard output so far.</summary>
    public IReadOnlyList<string> Output => Copy(output);

    /// <summary>Standard error so far: the log.</summary>
    public IReadOnlyList<string> Errors => Copy(errors);

    public string Log => string.Join('\n', Errors);

    public static EdgeProcess Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        // Tests that a shell runs in the background inherit an ignored SIGINT, and would pass it on.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", Binary, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        // The agent takes EDGE_ variables for settings, and refuses those it does not know; the rest would tie it to whatever started the tests.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("EDGE_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        foreach (var name in new[] { "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "JOURNAL_STREAM" })
            start.Environment.Remove(name);
        // One agent for each state directory.
        var state = Directory.CreateTempSubdirectory("edge-state-");
        start.Environment["STATE_DIRECTORY"] = state.FullName;
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        var edge = new EdgeProcess(start, state);
        edge.process.Start();
        edge.process.BeginOutputReadLine();
        edge.process.BeginErrorReadLine();
        return edge;
    }

    /// <summary>Runs a command that ends by itself.</summary>
    public static async Task<(int Code, string Output, string Errors)> Run(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        await using var edge = Start(arguments, environment);
        var (code, _) = await edge.Exit(TimeSpan.FromSeconds(20));
        return (code, string.Join('\n', edge.Output), edge.Log);
    }

    /// <summary>Waits until the log has such a line; fails with the whole log when the process ends before.</summary>
    public async Task<string> Until(Func<string, bool> fits, TimeSpan? atMost = null)
    {
        var ended = process.WaitForExitAsync();
        var said = changes.WaitUntil(() => Errors.Any(fits), atMost ?? TimeSpan.FromSeconds(20));
        try
        {
            if (await Task.WhenAny(said, ended) == said)
                await said;
            return Errors.First(fits);
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException)
        {
            throw new TimeoutException($"The agent did not say it:\n{Log}", e);
        }
    }

    public Task<string> Until(string part, TimeSpan? atMost = null) => Until(line => line.Contains(part, StringComparison.Ordinal), atMost);

    /// <summary>Such as TERM or INT.</summary>
    public async Task Signal(string name)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{name} {process.Id}"]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>SIGKILL.</summary>
    public void Kill() => process.Kill();

    /// <summary>Waits for the end of the process and of what it wrote; says how long that took.</summary>
    public async Task<(int Code, TimeSpan Took)> Exit(TimeSpan atMost)
    {
        var since = Stopwatch.GetTimestamp();
        using var limit = new CancellationTokenSource(atMost);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"The process did not end within {atMost.TotalSeconds} s:\n{Log}", e);
        }
        return (process.ExitCode, Stopwatch.GetElapsedTime(since));
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        state.Delete(recursive: true);
    }

    private void Add(List<string> lines, string? line)
    {
        if (line is null)
            return;
        lock (lines)
            lines.Add(line);
        changes.Announce();
    }

    private static List<string> Copy(List<string> lines)
    {
        lock (lines)
            return [.. lines];
    }
}
