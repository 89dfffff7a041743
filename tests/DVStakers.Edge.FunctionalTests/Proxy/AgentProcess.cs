using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DVStakers.Edge.FunctionalTests.Proxy;

/// <summary>
/// The agent as its own process: the published native binary named by EDGE_BINARY (firmware-scripts/test.sh sets it), else the build beside the tests.
/// </summary>
internal sealed class AgentProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly StringBuilder log = new();
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AgentProcess(Process process, int proxyPort, int statusPort)
    {
        this.process = process;
        Proxy = new Uri($"http://127.0.0.1:{proxyPort}");
        Status = new Uri($"http://127.0.0.1:{statusPort}/status");
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
    }

    public static string Binary => Environment.GetEnvironmentVariable("EDGE_BINARY") is { Length: > 0 } native
        ? native
        : Path.Combine(AppContext.BaseDirectory, "dvstakers-edge");

    public Uri Proxy { get; }
    public Uri Status { get; }
    public int Id => process.Id;

    public string Log
    {
        get
        {
            lock (log)
                return log.ToString();
        }
    }

    /// <summary>Starts with this configuration (its listen addresses are added) and waits until it says that it is ready.</summary>
    public static async Task<AgentProcess> Start(string yaml)
    {
        var (proxy, status) = (FreePort(), FreePort());
        var file = Path.Combine(Directory.CreateTempSubdirectory("edge-test-").FullName, "edge.yaml");
        await File.WriteAllTextAsync(file, $"{yaml}\nproxy:\n  listen: 127.0.0.1:{proxy}\nstatus:\n  listen: 127.0.0.1:{status}\nlog:\n  level: debug\n");
        var start = new ProcessStartInfo(Binary, ["run", "--config", file]) { RedirectStandardOutput = true, RedirectStandardError = true };
        // The agent takes EDGE_ variables for settings, and refuses those it does not know.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("EDGE_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        var agent = new AgentProcess(new Process { StartInfo = start }, proxy, status);
        agent.process.Start();
        agent.process.BeginOutputReadLine();
        agent.process.BeginErrorReadLine();
        var ended = agent.process.WaitForExitAsync();
        if (await Task.WhenAny(agent.ready.Task, ended, Task.Delay(TimeSpan.FromSeconds(20))) != agent.ready.Task)
            throw new InvalidOperationException($"The agent did not become ready:\n{agent.Log}");
        return agent;
    }

    /// <summary>SIGKILL.</summary>
    public void Kill() => process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private void Read(string? line)
    {
        if (line is null)
            return;
        lock (log)
            log.AppendLine(line);
        if (line.Contains("Ready:", StringComparison.Ordinal))
            ready.TrySetResult();
    }

    private static int FreePort()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
