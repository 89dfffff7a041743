using DVStakers.Edge.FunctionalTests.Fakes;

namespace DVStakers.Edge.FunctionalTests.Whole;

/// <summary>A chain that goes on: with each slot that begins, the nodes of those who follow get its block.</summary>
internal sealed class LiveChain : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private readonly List<WholeBox> followers = [];
    private readonly Task running;
    private FakeChain current;

    /// <summary>Begins after the start of an epoch, which does not end while a test lasts.</summary>
    public LiveChain(double secondsPerSlot)
    {
        current = FakeChain.Live(headSlot: 130, secondsPerSlot) with { SlotsPerEpoch = 64 };
        running = Run();
    }

    public FakeChain Current
    {
        get
        {
            lock (gate)
                return current;
        }
    }

    public string RootOf(ulong slot) => (Current with { HeadSlot = slot }).HeadRoot;

    public DateTimeOffset StartOf(ulong slot) => (Current with { HeadSlot = slot }).HeadTime;

    public void Follow(WholeBox box)
    {
        lock (gate)
        {
            box.Import(current);
            followers.Add(box);
        }
    }

    /// <summary>Its beacon node takes no block any more, as one that has lost its execution client.</summary>
    public void Leave(WholeBox box)
    {
        lock (gate)
            followers.Remove(box);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task Run()
    {
        while (true)
        {
            var next = Current.Extend();
            var left = next.HeadTime - TimeProvider.System.GetUtcNow();
            if (left > TimeSpan.Zero)
                await Task.Delay(left, stop.Token);
            lock (gate)
            {
                current = next;
                followers.ForEach(f => f.Import(next));
            }
        }
    }
}
