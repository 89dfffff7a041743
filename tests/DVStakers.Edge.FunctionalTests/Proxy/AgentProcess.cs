using System.Net;
using System.Net.Sockets;
using DVStakers.Edge.FunctionalTests.Service;

namespace DVStakers.Edge.FunctionalTests.Proxy;

/// <summary>The agent as its own process, with a configuration of the test's, on free ports.</summary>
internal sealed class AgentProcess : IAsyncDisposable
{
    private AgentProcess(EdgeProcess process, string configuration, int proxyPort, int statusPort)
    {
        Process = process;
        Configuration = configuration;
        Proxy = new Uri($"http://127.0.0.1:{proxyPort}");
        Status = new Uri($"http://127.0.0.1:{statusPort}/status");
    }

    public EdgeProcess Process { get; }

    /// <summary>Path of its configuration file.</summary>
    public string Configuration { get; }

    public Uri Proxy { get; }
    public Uri Status { get; }
    public int Id => Process.Id;
    public string Log => Process.Log;

    /// <summary>Starts with this configuration (its listen addresses are added) and waits until it says that it is ready.</summary>
    public static async Task<AgentProcess> Start(string yaml, IReadOnlyDictionary<string, string>? environment = null)
    {
        var (proxy, status) = (FreePort(), FreePort());
        var file = Path.Combine(Directory.CreateTempSubdirectory("edge-test-").FullName, "edge.yaml");
        await File.WriteAllTextAsync(file, $"{yaml}\nproxy:\n  listen: 127.0.0.1:{proxy}\nstatus:\n  listen: 127.0.0.1:{status}\nlog:\n  level: debug\n");
        var agent = new AgentProcess(EdgeProcess.Start(["run", "--config", file], environment), file, proxy, status);
        try
        {
            // The journal of changes says "Ready" too, as soon as one stack can serve; this is the word that systemd gets.
            await agent.Process.Until("Ready: validators and DVT clients use");
            return agent;
        }
        catch
        {
            await agent.DisposeAsync();
            throw;
        }
    }

    /// <summary>SIGKILL.</summary>
    public void Kill() => Process.Kill();

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    private static int FreePort()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
