using System.Security.Cryptography.X509Certificates;
using DVStakers.Edge.FunctionalTests.Fakes;

namespace DVStakers.Edge.Faults;

/// <summary>A fake beacon node with its execution client, and the fault that they have.</summary>
internal sealed class Stack : IAsyncDisposable
{
    private static readonly TimeSpan ToThePeer = TimeSpan.FromMilliseconds(100);

    private Stack(string name, FakeBeaconNode node, FakeExecutionClient execution) => (Name, Node, Execution) = (name, node, execution);

    public string Name { get; }
    public FakeBeaconNode Node { get; }
    public FakeExecutionClient Execution { get; }

    /// <summary>Null while all is well.</summary>
    public Fault? Fault { get; private set; }

    public bool IsGood => Fault is null;

    /// <summary>Present and on the right network, whatever else is wrong.</summary>
    public bool TakesSubmissions => Fault is null or { Takes: Demand.Served };

    public static async Task<Stack> Start(string name, FakeChain chain, ClientProfile profile, X509Certificate2? certificate)
    {
        var node = await FakeBeaconNode.Start(chain, Ports.Next(), certificate);
        (node.Name, node.Profile) = (name, profile);
        if (name == "peer")
            node.Latency = ToThePeer;
        // Only a node that saw the data has an aggregate of it, and only one with that head a contribution.
        node.On("GET", "/eth/v2/validator/aggregate_attestation", r => r.QueryValue("attestation_data_root") == DataRoot(node.Chain)
            ? Reply.Json($$"""{"version":"electra","data":{"data":{"slot":"{{r.QueryValue("slot")}}","beacon_block_root":"{{node.Chain.HeadRoot}}"} } }""")
            : Reply.Error(404, "No aggregate for this data"));
        node.On("GET", "/eth/v1/validator/sync_committee_contribution", r => r.QueryValue("beacon_block_root") == node.Chain.HeadRoot
            ? Reply.Json($$"""{"data":{"slot":"{{r.QueryValue("slot")}}","beacon_block_root":"{{node.Chain.HeadRoot}}"} }""")
            : Reply.Error(404, "No contribution for this block"));
        return new Stack(name, node, await FakeExecutionClient.Start(chain, port: Ports.Next()));
    }

    /// <summary>Stands for the hash tree root of the data that attest to this head.</summary>
    public static string DataRoot(FakeChain chain) => FakeChain.Hash("data of " + chain.HeadRoot);

    /// <summary>A block came, as far as this stack can take it.</summary>
    public void Import(FakeChain live)
    {
        var own = Fault?.Name == "wrong-network" ? Other(live) : live;
        switch (Fault?.Follows ?? Follows.Both)
        {
            case Follows.Both:
                Execution.Chain = own;
                Node.ImportBlock(own);
                break;
            case Follows.NodeOnly:
                Node.ImportBlock(live);
                break;
            case Follows.ExecutionForks:
                Execution.Chain = live with { Branch = "fork of " + Name };
                break;
            case Follows.BothFork:
                Execution.Chain = live with { Branch = "fork of " + Name };
                Node.ImportBlock(Execution.Chain);
                break;
            case Follows.Neither:
                break;
        }
    }

    /// <summary>What comes before the fault and takes its time: an absence long enough to be noticed, and for one fault the return from it.</summary>
    public async Task Prepare(Fault fault, Func<string, bool, Task> seenAs)
    {
        if (fault.Name is not ("wrong-network" or "returns"))
            return;
        await Node.Kill();
        await seenAs(Name, false);
        if (fault.Name != "returns")
            return;
        await Node.Restart();
        await seenAs(Name, true);
    }

    /// <summary>The fault begins, in a moment.</summary>
    public async Task Break(Fault fault, X509Certificate2? expired)
    {
        switch (fault.Name)
        {
            case "el-dead":
                Node.Execution = ExecutionLink.Gone;
                await Execution.Kill();
                break;
            case "el-hung":
                Node.Execution = ExecutionLink.Hung;
                Execution.Freeze();
                break;
            case "el-syncing":
                (Node.Execution, Node.IsOptimistic, Execution.IsSyncing) = (ExecutionLink.Syncing, true, true);
                break;
            case "optimistic":
                Node.IsOptimistic = true;
                break;
            case "bn-dead" or "returns":
                await Node.Kill();
                break;
            case "bn-hung":
                Node.Freeze();
                break;
            case "bn-slow":
                Node.Latency = TimeSpan.FromSeconds(1);
                break;
            case "bn-500":
                Node.Spoil = _ => Reply.Error(500, "internal error: database is corrupt");
                Node.Events.Cut();
                break;
            case "bn-reset":
                Node.Spoil = r => r.Body.IsEmpty ? r with { Body = new byte[8], CutAt = 4 } : r with { CutAt = r.Body.Length / 2 };
                Node.Events.Cut();
                break;
            case "no-peers":
                Node.Peers = 0;
                break;
            case "clock-off":
                Node.ClockOffset = TimeSpan.FromSeconds(-60);
                break;
            case "wrong-network":
                Node.Chain = Execution.Chain = Other(Node.Chain);
                await Node.Restart();
                break;
            case "tls-expired":
                await Node.Kill();
                Node.Certificate = expired;
                await Node.Restart();
                break;
        }
        Fault = fault;
    }

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        await Execution.DisposeAsync();
    }

    private static FakeChain Other(FakeChain chain) => chain with
    {
        ConfigName = "other",
        GenesisValidatorsRoot = FakeChain.Hash("other genesis validators"),
        ChainId = 7331,
        Branch = "other network",
    };
}
