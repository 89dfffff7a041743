using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using DVStakers.Edge.FunctionalTests.Fakes;
using DVStakers.Edge.FunctionalTests.Proxy;
using DVStakers.Edge.FunctionalTests.Service;

namespace DVStakers.Edge.FunctionalTests.Whole;

/// <summary>A member of a <see cref="FoundedCluster"/>: the agent as its own process, and, on a box with a node, fakes of a beacon node and its execution client.</summary>
internal sealed partial class WholeBox : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly DirectoryInfo state = Directory.CreateTempSubdirectory("edge-state-");
    private readonly FoundedCluster cluster;
    private readonly string mqtt;

    private WholeBox(FoundedCluster cluster, string name, string mqtt) => (this.cluster, Name, this.mqtt) = (cluster, name, mqtt);

    public string Name { get; }
    public FakeBeaconNode Node { get; private set; } = null!;
    public FakeExecutionClient Execution { get; private set; } = null!;
    public AgentProcess Agent { get; private set; } = null!;

    /// <summary>Of its validator.</summary>
    public HttpClient Client { get; private set; } = null!;

    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string> { ["STATE_DIRECTORY"] = state.FullName };

    /// <param name="chain">What its node believes; null: it has none.</param>
    /// <param name="mqtt">The section of that name.</param>
    public static async Task<WholeBox> Start(FoundedCluster cluster, string name, FakeChain? chain, string mqtt)
    {
        var box = new WholeBox(cluster, name, mqtt);
        try
        {
            if (chain is not null)
            {
                (box.Node, box.Execution) = (await FakeBeaconNode.Start(chain), await FakeExecutionClient.Start(chain));
                box.Node.Name = name;
            }
            await box.StartAgent();
            return box;
        }
        catch
        {
            await box.DisposeAsync();
            throw;
        }
    }

    /// <summary>At the start, or again after its end.</summary>
    public async Task StartAgent()
    {
        Client?.Dispose();
        if (Agent is not null)
            await Agent.DisposeAsync();
        Agent = await AgentProcess.Start($"""
            membership:
              directory: {cluster.DirectoryOf(Name)}
            {mqtt}
            ranking:
              recovery-slots: 1
            {(Node is null ? "" : $"""
            gateway:
              listen: 127.0.0.1:{cluster.GatewayPort(Name)}
            stacks:
              - name: {Name}-node
                beacon-node: {Node.Address}
                execution-client: {Execution.Address}
            """)}
            """, Environment);
        Client = new HttpClient { BaseAddress = Agent.Proxy, Timeout = TimeSpan.FromSeconds(20) };
    }

    /// <summary>Its node has the next block.</summary>
    public void Import(FakeChain chain)
    {
        Execution.Chain = chain;
        Node.ImportBlock(chain);
    }

    /// <summary>One of the program's commands about this box's agent.</summary>
    public Task<(int Code, string Output, string Errors)> Run(params string[] command) => EdgeProcess.Run([.. command, "--config", Agent.Configuration], Environment);

    /// <summary>What <c>status --json</c> prints.</summary>
    public async Task<JsonElement> Status() => JsonDocument.Parse(await Client.GetStringAsync(Agent.Status)).RootElement;

    /// <summary>Looks at the status until it says so.</summary>
    public async Task<JsonElement> Until(Func<JsonElement, bool> says)
    {
        var deadline = TimeProvider.System.GetUtcNow() + Patience;
        while (true)
        {
            var report = await Status();
            if (says(report))
                return report;
            if (TimeProvider.System.GetUtcNow() > deadline)
                throw new TimeoutException($"The agent of {Name} did not come to say so.\n{report}\n{Agent.Log}");
            await Task.Delay(50);
        }
    }

    public Task<JsonElement> UntilServing(string? stack) => Until(r => r.GetProperty("serving").GetString() == stack);

    public Task<JsonElement> UntilKnows(params string[] boxes) => Until(r => boxes.All(b => Standing(r, b) == "known"));

    public static JsonElement Peer(JsonElement report, string box) => report.GetProperty("peers").EnumerateArray().First(p => p.GetProperty("box").GetString() == box);

    public static string? Standing(JsonElement report, string box) => Peer(report, box).GetProperty("standing").GetString();

    /// <summary>The agent's own memory in the machine's, in MiB.</summary>
    public double ResidentMib() => double.Parse(Resident().Match(File.ReadAllText($"/proc/{Agent.Id}/status")).Groups[1].ValueSpan, CultureInfo.InvariantCulture) / 1024;

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (Agent is not null)
            await Agent.DisposeAsync();
        if (Node is not null)
            await Node.DisposeAsync();
        if (Execution is not null)
            await Execution.DisposeAsync();
        state.Delete(recursive: true);
    }

    [GeneratedRegex(@"^VmRSS:\s+(\d+) kB$", RegexOptions.Multiline)]
    private static partial Regex Resident();
}
