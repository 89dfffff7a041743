using System.Text.Json;
using DVStakers.Edge.FunctionalTests.Fakes;

namespace DVStakers.Edge.FunctionalTests.Proxy;

/// <summary>A box with two stacks, "primary" and "secondary", on fakes, and the agent as its own process in front of them.</summary>
internal sealed class TestBox : IAsyncDisposable
{
    private TestBox(FakeChain chain) => Chain = chain;

    /// <summary>What both stacks believe at the start.</summary>
    public FakeChain Chain { get; }
    public required Stack Primary { get; init; }
    public required Stack Secondary { get; init; }
    public AgentProcess Agent { get; private set; } = null!;
    public HttpClient Client { get; private set; } = null!;

    /// <summary>A beacon node and its execution client.</summary>
    internal sealed record Stack(string Name, FakeBeaconNode Node, FakeExecutionClient Execution)
    {
        /// <summary>Both have the new block.</summary>
        public void Import(FakeChain chain)
        {
            Execution.Chain = chain;
            Node.ImportBlock(chain);
        }
    }

    /// <param name="arrange">Before the agent starts.</param>
    /// <param name="secondsPerSlot">12 where the head should stand still for the length of a test, 2 where slots should pass.</param>
    /// <param name="environment">Over the agent's own, as systemd would set it.</param>
    public static async Task<TestBox> Start(
        Action<TestBox>? arrange = null, double secondsPerSlot = 12, ulong slotsPerEpoch = 32, string yaml = "", IReadOnlyDictionary<string, string>? environment = null)
    {
        // Genesis is on a whole second, so that the head is at the present slot from its very beginning.
        var chain = FakeChain.Live(headSlot: 100, secondsPerSlot) with { SlotsPerEpoch = slotsPerEpoch };
        var box = new TestBox(chain)
        {
            Primary = new("primary", await FakeBeaconNode.Start(chain), await FakeExecutionClient.Start(chain)),
            Secondary = new("secondary", await FakeBeaconNode.Start(chain), await FakeExecutionClient.Start(chain)),
        };
        arrange?.Invoke(box);
        box.Agent = await AgentProcess.Start($"""
            cluster: test
            box: box
            stacks:
              - name: primary
                beacon-node: {box.Primary.Node.Address}
                execution-client: {box.Primary.Execution.Address}
              - name: secondary
                beacon-node: {box.Secondary.Node.Address}
                execution-client: {box.Secondary.Execution.Address}
            {yaml}
            """, environment);
        box.Client = new HttpClient { BaseAddress = box.Agent.Proxy, Timeout = TimeSpan.FromSeconds(20) };
        return box;
    }

    /// <summary>Waits until the agent's own report says so. It is looked at whenever the agent has probed a node once more, so nothing is slept away.</summary>
    public async Task Until(Func<JsonElement, bool> condition, TimeSpan? atMost = null)
    {
        var deadline = TimeProvider.System.GetUtcNow() + (atMost ?? TimeSpan.FromSeconds(20));
        while (true)
        {
            var seen = Primary.Node.Requests.All.Count + Secondary.Node.Requests.All.Count + Primary.Execution.Requests.All.Count + Secondary.Execution.Requests.All.Count;
            var report = JsonDocument.Parse(await Client.GetStringAsync(Agent.Status)).RootElement;
            if (condition(report))
                return;
            if (TimeProvider.System.GetUtcNow() > deadline)
                throw new TimeoutException($"The agent did not come to say so.\n{report}\n{Agent.Log}");
            await Task.WhenAny(new[] { Primary.Node.Requests, Secondary.Node.Requests, Primary.Execution.Requests, Secondary.Execution.Requests }
                .Select(r => { var count = r.All.Count; return r.Until(() => r.All.Count > count, TimeSpan.FromSeconds(10)); }));
        }
    }

    public Task UntilServing(string stack) => Until(r => r.GetProperty("serving").GetString() == stack);

    public Task UntilHead(ulong slot) => Until(r => r.GetProperty("expected_head_slot") is { ValueKind: JsonValueKind.Number } head && head.GetUInt64() == slot);

    public Task UntilState(string stack, string state) => Until(r => r.GetProperty("stacks").EnumerateArray()
        .Any(s => s.GetProperty("name").GetString() == stack && s.GetProperty("tier").GetString() == state));

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (Agent is not null)
            await Agent.DisposeAsync();
        foreach (var stack in new[] { Primary, Secondary })
        {
            await stack.Node.DisposeAsync();
            await stack.Execution.DisposeAsync();
        }
    }
}
