using DVStakers.Edge.FunctionalTests.Fakes;
using DVStakers.Edge.Linux.Mosquitto;

namespace DVStakers.Edge.FunctionalTests.Mesh;

/// <summary>Alone, because it counts what the whole process has open.</summary>
[CollectionDefinition(nameof(MosquittoLeakTests), DisableParallelization = true)]
[Collection(nameof(MosquittoLeakTests))]
public sealed class MosquittoLeakTests
{
    [Fact]
    public async Task A_hundred_connections_however_they_end_leave_no_descriptor_and_no_thread()
    {
        await using var broker = await Broker.Start();
        await OpenAndClose(broker.Port);
        var (descriptors, threads) = Open();
        for (var i = 0; i < 50; i++)
        {
            await OpenAndClose(broker.Port);
            // Nobody listens there.
            await OpenAndClose(Ports.Free());
        }
        var after = Open();
        // The runtime's own pool may move by a few; a leak would be fifty at least.
        Assert.InRange(after.Descriptors - descriptors, int.MinValue, 10);
        Assert.InRange(after.Threads - threads, int.MinValue, 10);
    }

    private static async Task OpenAndClose(int port)
    {
        var options = new MosquittoOptions { ClientId = "one", Host = "127.0.0.1", Port = port, KeepAlive = TimeSpan.FromSeconds(5) };
        await using var connection = new MosquittoConnection(MosquittoLibrary.Probe(), options, TimeProvider.System);
        await connection.Events.ReadAsync();
    }

    private static (int Descriptors, int Threads) Open() =>
        (Directory.GetFileSystemEntries("/proc/self/fd").Length, Directory.GetFileSystemEntries("/proc/self/task").Length);
}
