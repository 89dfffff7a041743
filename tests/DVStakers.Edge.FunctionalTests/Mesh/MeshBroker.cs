using DVStakers.Edge.FunctionalTests.Fakes;
using DVStakers.Edge.FunctionalTests.Service;
using DVStakers.Edge.Linux.Mosquitto;

namespace DVStakers.Edge.FunctionalTests.Mesh;

/// <summary>A real mosquitto of a box, with what <c>dvstakers-edge broker render</c> wrote for it, on loopback.</summary>
internal sealed class MeshBroker(TestCluster cluster, string box, bool shared = false) : IAsyncDisposable
{
    private static readonly MosquittoLibrary Library = MosquittoLibrary.Probe();

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("mosquitto-");
    private Lines? process;

    public int LocalPort { get; } = Ports.Free();

    public string Box => box;

    /// <summary>mosquitto's configuration folder.</summary>
    public string Folder => folder.FullName;

    /// <summary>What the broker logs.</summary>
    public Lines Log => process!;

    public static async Task<MeshBroker> Start(TestCluster cluster, string box, bool shared = false)
    {
        var broker = new MeshBroker(cluster, box, shared);
        var (code, _, errors) = await broker.Render();
        Assert.Equal((0, ""), (code, errors));
        await broker.Start();
        return broker;
    }

    public Task<(int Code, string Output, string Errors)> Render(params string[] more) => EdgeProcess.Run(
        ["broker", "render", "--dir", cluster.DirectoryOf(box), "--out", Folder, "--port", $"{cluster.Port(box)}", "--address", "127.0.0.1", "--local-port", $"{LocalPort}",
            .. shared ? new[] { "--shared" } : [], .. more]);

    public async Task Start()
    {
        var main = Path.Combine(Folder, "mosquitto.conf");
        await File.WriteAllLinesAsync(main, [$"user {Environment.UserName}", "log_dest stderr", "log_type all", $"include_dir {Folder}/conf.d"]);
        process = Lines.Of("/usr/sbin/mosquitto", "-c", main);
        await process.Until(line => line.EndsWith("running", StringComparison.Ordinal));
    }

    /// <summary>SIGHUP, as <c>systemctl reload mosquitto</c> sends it.</summary>
    public async Task Reload()
    {
        await process!.Signal("HUP");
        await process.Until("Reloading config");
    }

    public async Task Kill()
    {
        await process!.DisposeAsync();
        process = null;
    }

    /// <summary>Without a name, as the people on the box; lines are "retained topic payload".</summary>
    public Lines Watch(string filter = "dvstakers/#") => Lines.Of("mosquitto_sub", "-h", "127.0.0.1", "-p", $"{LocalPort}", "-t", filter, "-F", "%r %t %p");

    /// <summary>Waits until it pulls from all these.</summary>
    public async Task UntilPulling(params string[] boxes)
    {
        foreach (var peer in boxes)
        {
            await using var state = Watch($"$SYS/broker/connection/{box}-pulls-{peer}/state");
            await state.Until(line => line.EndsWith(" 1", StringComparison.Ordinal));
        }
    }

    /// <summary>Over TLS, with the certificate in a directory.</summary>
    public MosquittoConnection Connect(string directory, string host = "127.0.0.1", string clientId = "test") => new(Library, new MosquittoOptions
    {
        ClientId = clientId,
        Host = host,
        Port = cluster.Port(box),
        KeepAlive = TimeSpan.FromSeconds(10),
        Tls = new(Path.Combine(directory, "ca.crt"), Path.Combine(directory, "box.crt"), Path.Combine(directory, "box.key")),
    }, TimeProvider.System);

    /// <summary>Connected, or failing.</summary>
    public async Task<MosquittoConnection> Connected(string member)
    {
        var connection = Connect(cluster.DirectoryOf(member));
        Assert.IsType<MosquittoEvent.Connected>(await connection.Events.ReadAsync());
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
            await process.DisposeAsync();
        folder.Delete(recursive: true);
    }
}
