using DVStakers.Edge.Linux.Mosquitto;

namespace DVStakers.Edge.FunctionalTests.Mesh;

internal static class MosquittoEvents
{
    /// <summary>The next thing that happens on a connection, within 30 s.</summary>
    public static async Task<MosquittoEvent> Next(this MosquittoConnection connection)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await connection.Events.ReadAsync(limit.Token);
    }
}
