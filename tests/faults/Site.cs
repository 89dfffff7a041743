using DVStakers.Edge.FunctionalTests.Fakes;

namespace DVStakers.Edge.Faults;

/// <summary>The three stacks of a scenario, and the chain that their slots go by: each slot brings a block to whoever can take it.</summary>
internal sealed class Site : IAsyncDisposable
{
    /// <summary>Long enough for every share of it to be longer than the noise of a busy machine.</summary>
    public static readonly TimeSpan Slot = TimeSpan.FromSeconds(6);

    private readonly CancellationTokenSource stop = new();
    private readonly Changes changes = new();
    private readonly TimeSpan blockAfter;
    private Task slots = Task.CompletedTask;
    private volatile FakeChain live;
    private Func<Task>? beforeNext;

    private Site(FakeChain live, TimeSpan blockAfter, IReadOnlyList<Stack> stacks) => (this.live, this.blockAfter, Stacks) = (live, blockAfter, stacks);

    public IReadOnlyList<Stack> Stacks { get; }

    /// <summary>The chain as the healthy have it.</summary>
    public FakeChain Live => live;

    /// <param name="number">Spreads the scenarios' blocks over their slots, so that they do not all compute at once.</param>
    public static async Task<Site> Start(ClientProfile profile, Func<string, System.Security.Cryptography.X509Certificates.X509Certificate2?> certificate, int number)
    {
        var chain = FakeChain.Live(headSlot: 100, Slot.TotalSeconds);
        List<Stack> stacks = [];
        foreach (var name in new[] { "primary", "secondary", "peer" })
            stacks.Add(await Stack.Start(name, chain, profile, certificate(name)));
        var site = new Site(chain, TimeSpan.FromMilliseconds(50 + number * 37 % 500), stacks);
        site.slots = site.Go();
        return site;
    }

    /// <summary>Waits for the next block; what is given happens just before it comes.</summary>
    public async Task NextBlock(Func<Task>? before = null)
    {
        var known = live;
        if (before is not null)
            Volatile.Write(ref beforeNext, before);
        await changes.WaitUntil(() => live.HeadSlot > known.HeadSlot && Volatile.Read(ref beforeNext) is null || slots.IsFaulted, TimeSpan.FromSeconds(20));
        if (slots.IsFaulted)
            await slots;
    }

    /// <summary>The head that is best: of the healthy, or where nobody is, of the others that are on this network.</summary>
    public FakeChain Best() => Stacks.Any(s => s.IsGood) ? live
        : Stacks.Where(s => s.Fault!.Name != "wrong-network").Select(s => s.Node.Chain).MaxBy(c => c.HeadSlot) ?? live;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await slots.ContinueWith(static _ => { }, TaskScheduler.Default);
        foreach (var stack in Stacks)
            await stack.DisposeAsync();
        stop.Dispose();
    }

    private async Task Go()
    {
        try
        {
            while (true)
            {
                var now = TimeProvider.System.GetUtcNow();
                var next = Math.Max(live.HeadSlot, live.SlotAt(now - blockAfter)) + 1;
                await Task.Delay(live.GenesisTime + Slot * next + blockAfter - now, stop.Token);
                if (Volatile.Read(ref beforeNext) is { } before)
                {
                    await before();
                    Volatile.Write(ref beforeNext, null);
                }
                var chain = live with { HeadSlot = next };
                foreach (var stack in Stacks)
                    stack.Import(chain);
                live = chain;
                changes.Announce();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        finally
        {
            changes.Announce();
        }
    }
}
