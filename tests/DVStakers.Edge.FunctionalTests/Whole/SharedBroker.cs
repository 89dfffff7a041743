using DVStakers.Edge.FunctionalTests.Fakes;
using DVStakers.Edge.FunctionalTests.Mesh;
using DVStakers.Edge.FunctionalTests.Service;

namespace DVStakers.Edge.FunctionalTests.Whole;

/// <summary>The one mosquitto of a cluster, with what <c>broker render --shared</c> wrote for it.</summary>
internal sealed class SharedBroker : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("mosquitto-");
    private readonly int localPort = Ports.Free();
    private Lines? process;

    private SharedBroker()
    {
    }

    public static async Task<SharedBroker> Start(FoundedCluster cluster)
    {
        var broker = new SharedBroker();
        try
        {
            var (code, _, errors) = await EdgeProcess.Run(["broker", "render", "--shared", "--dir", cluster.DirectoryOf(FoundedCluster.Founder),
                "--out", broker.folder.FullName, "--address", "127.0.0.1", "--local-port", $"{broker.localPort}"]);
            Assert.Equal((0, ""), (code, errors));
            var main = Path.Combine(broker.folder.FullName, "mosquitto.conf");
            await File.WriteAllLinesAsync(main, [$"user {Environment.UserName}", "log_dest stderr", $"include_dir {broker.folder.FullName}/conf.d"]);
            broker.process = Lines.Of("/usr/sbin/mosquitto", "-c", main);
            await broker.process.Until(line => line.EndsWith("running", StringComparison.Ordinal));
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    /// <summary>As the people on the box; lines are "retained topic payload".</summary>
    public Lines Watch(string filter) => Lines.Of("mosquitto_sub", "-h", "127.0.0.1", "-p", $"{localPort}", "-t", filter, "-F", "%r %t %p");

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
            await process.DisposeAsync();
        folder.Delete(recursive: true);
    }
}
