using System.Diagnostics;
using System.Text.Json;

namespace DVStakers.Edge.Faults;

/// <summary>The native agent as a process of ours, with its log.</summary>
internal sealed class Agent : IAsyncDisposable
{
    private readonly Process process;
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> log = [];
    private readonly DirectoryInfo folder;
    private readonly Uri status;
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5) };

    private Agent(string binary, string yaml, string? certificates)
    {
        var (proxyPort, statusPort) = (Ports.Next(), Ports.Next());
        folder = Directory.CreateTempSubdirectory("edge-faults-");
        var file = Path.Combine(folder.FullName, "edge.yaml");
        File.WriteAllText(file, $"{yaml}\nproxy:\n  listen: 127.0.0.1:{proxyPort}\nstatus:\n  listen: 127.0.0.1:{statusPort}\nlog:\n  level: debug\n");
        Proxy = new Uri($"http://127.0.0.1:{proxyPort}");
        status = new Uri($"http://127.0.0.1:{statusPort}/status");
        var start = new ProcessStartInfo(binary, ["run", "--config", file]) { RedirectStandardError = true, RedirectStandardOutput = true };
        // Settings of whoever started this are not the scenario's.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("EDGE_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        foreach (var name in new[] { "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "JOURNAL_STREAM" })
            start.Environment.Remove(name);
        // One agent for each state directory.
        start.Environment["STATE_DIRECTORY"] = folder.FullName;
        if (certificates is not null)
            start.Environment["SSL_CERT_FILE"] = certificates;
        process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.OutputDataReceived += (_, _) => { };
        process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException("the agent ended"));
    }

    public Uri Proxy { get; }

    public IReadOnlyList<string> Log
    {
        get
        {
            lock (log)
                return [.. log];
        }
    }

    /// <summary>Returns when it says that it is ready.</summary>
    public static async Task<Agent> Start(string binary, string yaml, string? certificates)
    {
        var agent = new Agent(binary, yaml, certificates);
        agent.process.Start();
        agent.process.BeginErrorReadLine();
        agent.process.BeginOutputReadLine();
        try
        {
            await agent.ready.Task.WaitAsync(TimeSpan.FromSeconds(20));
            return agent;
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException)
        {
            var said = string.Join('\n', agent.Log);
            await agent.DisposeAsync();
            throw new InvalidOperationException($"The agent did not become ready: {e.Message}\n{said}", e);
        }
    }

    public async Task<JsonElement> Status()
    {
        using var json = JsonDocument.Parse(await http.GetStringAsync(status));
        return json.RootElement.Clone();
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        folder.Delete(recursive: true);
    }

    private void Take(string? line)
    {
        if (line is null)
            return;
        lock (log)
            log.Add(line);
        if (line.Contains("Ready: validators and DVT clients use", StringComparison.Ordinal))
            ready.TrySetResult();
    }
}
