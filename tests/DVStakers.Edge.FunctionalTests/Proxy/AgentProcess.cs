using DVStakers.Edge.FunctionalTests.Service;

namespace DVStakers.Edge.FunctionalTests.Proxy;

/// <summary>The agent as its own process, with a configuration of the test's, on ports that it got from the system itself: nobody can take one in between.</summary>
internal sealed class AgentProcess : IAsyncDisposable
{
    private AgentProcess(EdgeProcess process, string configuration, Uri proxy, Uri status)
    {
        Process = process;
        Configuration = configuration;
        Proxy = proxy;
        Status = new Uri(status, "status");
    }

    public EdgeProcess Process { get; }

    /// <summary>Path of a configuration file with the addresses it listens on.</summary>
    public string Configuration { get; }

    public Uri Proxy { get; }
    public Uri Status { get; }
    public int Id => Process.Id;
    public string Log => Process.Log;

    /// <summary>Starts with this configuration (its listen addresses are added) and waits until it says that it is ready.</summary>
    public static async Task<AgentProcess> Start(string yaml, IReadOnlyDictionary<string, string>? environment = null)
    {
        var folder = Directory.CreateTempSubdirectory("edge-test-");
        var file = Path.Combine(folder.FullName, "edge.yaml");
        await File.WriteAllTextAsync(file, With(yaml, "127.0.0.1:0", "127.0.0.1:0"));
        var process = EdgeProcess.Start(["run", "--config", file], environment);
        try
        {
            // The journal of changes says "Ready" too, as soon as one stack can serve; this is the word that systemd gets.
            await process.Until("Ready: validators and DVT clients use");
            var (proxy, status) = (await Address("proxy.listen"), await Address("status.listen"));
            await File.WriteAllTextAsync(file, With(yaml, proxy.Authority, status.Authority));
            return new AgentProcess(process, file, proxy, status);
        }
        catch
        {
            await process.DisposeAsync();
            folder.Delete(recursive: true);
            throw;
        }

        async Task<Uri> Address(string setting)
        {
            const string before = "Listening on ";
            var line = await process.Until(l => l.Contains(before, StringComparison.Ordinal) && l.Contains($"({setting})", StringComparison.Ordinal));
            return new Uri(line[(line.IndexOf(before, StringComparison.Ordinal) + before.Length)..].Split(' ')[0]);
        }
    }

    /// <summary>SIGKILL.</summary>
    public void Kill() => Process.Kill();

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        Directory.Delete(Path.GetDirectoryName(Configuration)!, recursive: true);
    }

    private static string With(string yaml, string proxy, string status) =>
        $"{yaml}\nproxy:\n  listen: {proxy}\nstatus:\n  listen: {status}\nlog:\n  level: debug\n";
}
