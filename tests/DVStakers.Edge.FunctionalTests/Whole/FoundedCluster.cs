using System.Security.Cryptography;
using DVStakers.Edge.FunctionalTests.Fakes;
using DVStakers.Edge.FunctionalTests.Service;

namespace DVStakers.Edge.FunctionalTests.Whole;

/// <summary>A cluster on loopback as people make it: every file by the program's own commands, each box with a directory of its own.</summary>
internal sealed class FoundedCluster : IDisposable
{
    public const string Name = "kili";

    /// <summary>The box that made it, and has the CA and the broker.</summary>
    public const string Founder = "alpha";

    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("edge-whole-");
    private readonly Dictionary<string, int> gateways = [];

    private FoundedCluster()
    {
    }

    /// <summary>Where the cluster's one broker takes TLS connections.</summary>
    public int BrokerPort { get; } = Ports.Free();

    /// <summary>alpha and beta lend their nodes; cloud has none. Three key shares sign on each.</summary>
    public static async Task<FoundedCluster> Make(int threshold = 6)
    {
        var cluster = new FoundedCluster();
        try
        {
            await cluster.Command(Founder, ["init", Name, "--box", Founder, .. cluster.Lends(Founder), "--broker", $"127.0.0.1:{cluster.BrokerPort}", "--shares", "3", "--threshold", $"{threshold}"]);
            await cluster.Join("beta", [.. cluster.Lends("beta"), "--shares", "3"]);
            await cluster.Join("cloud", "--role", "auxiliary", "--shares", "3");
            // beta joined before cloud did.
            await cluster.Command("beta", "join", cluster.In(Founder, "roster.json"));
            return cluster;
        }
        catch
        {
            cluster.Dispose();
            throw;
        }
    }

    public int GatewayPort(string box) => gateways[box];

    public string DirectoryOf(string box) => Path.Combine(root.FullName, box);

    public string In(string box, string file) => Path.Combine(DirectoryOf(box), file);

    /// <summary>The box's own key.</summary>
    public ECDsa KeyOf(string box)
    {
        var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(In(box, "box.key")));
        return key;
    }

    /// <summary>One of <c>dvstakers-edge cluster</c> on that box, which must go well.</summary>
    public async Task<string> Command(string box, params string[] command)
    {
        var (code, output, errors) = await EdgeProcess.Run(["cluster", .. command, "--dir", DirectoryOf(box)]);
        Assert.True(code == 0, $"cluster {string.Join(' ', command)}: {errors}");
        return output;
    }

    public void Dispose() => root.Delete(recursive: true);

    public async Task Join(string box, params string[] seat)
    {
        var (invitation, request, grant) = (Carried(box, "invitation"), Carried(box, "request"), Carried(box, "grant"));
        await Command(Founder, ["invite", box, .. seat, "--out", invitation]);
        await Command(box, "join", invitation, "--out", request);
        await Command(Founder, "join", request, "--out", grant);
        await Command(box, "join", grant);
    }

    public string[] Lends(string box) => ["--gateway", $"https://127.0.0.1:{gateways[box] = Ports.Free()}"];

    private string Carried(string box, string kind) => Path.Combine(root.FullName, $"{box}.{kind}");
}
