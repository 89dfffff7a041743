using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Agent.Probes;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.FunctionalTests.Fakes;
using Microsoft.Extensions.Logging.Abstractions;
using System.Threading.Channels;

namespace DVStakers.Edge.FunctionalTests.Probes;

public sealed class HeadFeedTests : IAsyncLifetime
{
    private readonly Channel<Observation> observations = Channel.CreateUnbounded<Observation>();
    private readonly CancellationTokenSource stop = new();
    private FakeBeaconNode node = null!;
    private NodeClient client = null!;
    private Task run = Task.CompletedTask;

    public async ValueTask InitializeAsync()
    {
        node = await FakeBeaconNode.Start(FakeChain.Live());
        client = new NodeClient("one", node.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await run.WaitAsync(TimeSpan.FromSeconds(5));
        client.Dispose();
        await node.DisposeAsync();
        stop.Dispose();
    }

    [Fact]
    public async Task Heads_arrive_and_garbage_between_them_is_left_out()
    {
        Start(TimeProvider.System);
        await node.Events.WaitForCount(1);
        node.Events.Raw("event: head\ndata: nonsense\n\nevent: head\ndata: {\"slot\":\"1\"}\n\nevent: other\ndata: {}\n\n\0\n\n");
        node.IsOptimistic = true;
        node.ImportBlock(node.Chain.Extend());
        var head = (await Next()).Event;
        Assert.Equal(("one", node.Chain.HeadSlot, node.Chain.HeadRoot, true), (head.Stack, head.Head.Slot.Value, head.Head.Root.ToString(), head.Head.Optimistic));
        Assert.False(observations.Reader.TryRead(out _));
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("end")]
    [InlineData("kill")]
    public async Task A_stream_that_breaks_is_opened_again(string how)
    {
        Start(TimeProvider.System);
        await node.Events.WaitForCount(1);
        switch (how)
        {
            case "cut":
                node.Events.Cut();
                break;
            case "end":
                node.Events.End();
                break;
            default:
                await node.Kill();
                await node.Events.WaitForCount(0);
                await node.Restart();
                break;
        }
        await node.Requests.WaitFor(r => r.Path == "/eth/v1/events", count: 2);
        await node.Events.WaitForCount(1);
        node.PublishHead();
        Assert.Equal(node.Chain.HeadRoot, (await Next()).Event.Head.Root.ToString());
    }

    [Fact]
    public async Task A_refused_stream_is_asked_for_again()
    {
        node.On("GET", "/eth/v1/events", Reply.Error(503, "starting"));
        Start(TimeProvider.System);
        await node.Requests.WaitFor(r => r.Path == "/eth/v1/events", count: 2);
        node.Reset();
        await node.Events.WaitForCount(1);
    }

    [Fact]
    public async Task A_stream_on_which_nothing_comes_for_two_slots_is_opened_again()
    {
        var time = new SteppedTime();
        Start(time, slotSeconds: 4);
        await node.Events.WaitForCount(1);
        node.PublishHead();
        await Next();
        time.Advance(TimeSpan.FromSeconds(7.9));
        Assert.Equal(1, node.Events.Count);
        // A comment is a sign of life.
        node.Events.Raw(":\n\nevent: head\n");
        node.PublishHead();
        await Next();
        time.Advance(TimeSpan.FromSeconds(7.9));
        Assert.Equal(1, node.Events.Count);
        time.Advance(TimeSpan.FromSeconds(0.1));
        await node.Events.WaitForCount(0);
        await time.WaitForTimer(NodeEvents.Pause(0));
        time.Advance(NodeEvents.Pause(0));
        await node.Requests.WaitFor(r => r.Path == "/eth/v1/events", count: 2);
    }

    [Theory]
    [InlineData(0, 250)]
    [InlineData(1, 500)]
    [InlineData(2, 1000)]
    [InlineData(3, 2000)]
    [InlineData(4, 2000)]
    [InlineData(int.MaxValue, 2000)]
    public void The_pause_doubles_up_to_two_seconds(int barren, double pause) => Assert.Equal(pause, NodeEvents.Pause(barren).TotalMilliseconds);

    private void Start(TimeProvider time, double slotSeconds = 12)
    {
        var spec = new Core.Chain.ChainSpec
        {
            ConfigName = "",
            GenesisTime = default,
            GenesisValidatorsRoot = default,
            SlotDuration = TimeSpan.FromSeconds(slotSeconds),
            SlotsPerEpoch = 32,
            AttestationDue = default,
            AggregateDue = default,
            DepositChainId = 1,
        };
        run = new HeadFeed(client, () => spec, observations.Writer, time, NullLogger.Instance).Run(stop.Token);
    }

    private async Task<HeadSeen> Next() => (HeadSeen)await observations.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
}
