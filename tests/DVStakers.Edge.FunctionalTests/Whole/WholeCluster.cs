namespace DVStakers.Edge.FunctionalTests.Whole;

/// <summary>A whole small cluster on loopback: alpha and beta, each with a node that they lend, cloud without one, one broker, and a chain that goes on.</summary>
internal sealed class WholeCluster : IAsyncDisposable
{
    private WholeCluster(FoundedCluster files, SharedBroker broker) => (Files, Broker) = (files, broker);

    public FoundedCluster Files { get; }
    public SharedBroker Broker { get; }
    public LiveChain Chain { get; } = new(secondsPerSlot: 6);
    public WholeBox Alpha { get; private set; } = null!;
    public WholeBox Beta { get; private set; } = null!;
    public WholeBox Cloud { get; private set; } = null!;

    public static async Task<WholeCluster> Start()
    {
        var files = await FoundedCluster.Make();
        var cluster = new WholeCluster(files, await SharedBroker.Start(files));
        try
        {
            var mqtt = Mqtt(files);
            cluster.Alpha = await WholeBox.Start(files, "alpha", cluster.Chain.Current, mqtt);
            cluster.Chain.Follow(cluster.Alpha);
            cluster.Beta = await WholeBox.Start(files, "beta", cluster.Chain.Current, mqtt);
            cluster.Chain.Follow(cluster.Beta);
            cluster.Cloud = await WholeBox.Start(files, "cloud", null, mqtt);
            await cluster.Alpha.UntilKnows("beta", "cloud");
            await cluster.Beta.UntilKnows("alpha", "cloud");
            await cluster.Cloud.UntilKnows("alpha", "beta");
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public static string Mqtt(FoundedCluster files) => $"mqtt:\n  tls: cluster\n  port: {files.BrokerPort}";

    /// <summary>The box that serves cloud once both could, and the one that does not. It stays with that one while the epoch lasts, also where the other ranks before it.</summary>
    public async Task<(WholeBox Lender, WholeBox Other)> Lender()
    {
        var report = await Cloud.Until(r => r.GetProperty("ranking").EnumerateArray().Count(p => p.GetProperty("tier").GetString() == "healthy") == 2);
        return report.GetProperty("serving").GetString() == Alpha.Name ? (Alpha, Beta) : (Beta, Alpha);
    }

    public async ValueTask DisposeAsync()
    {
        await Chain.DisposeAsync();
        foreach (var box in new[] { Alpha, Beta, Cloud })
            if (box is not null)
                await box.DisposeAsync();
        await Broker.DisposeAsync();
        Files.Dispose();
    }
}
