using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Tests.Core.State;

/// <summary>Runs alone: what other tests allocate at the same time would count.</summary>
[CollectionDefinition(nameof(JudgeMemoryTests), DisableParallelization = true)]
[Collection(nameof(JudgeMemoryTests))]
public sealed class JudgeMemoryTests
{
    private readonly RealStack a = new("a");
    private readonly RealStack b = new("b");

    [Fact]
    public void A_hundred_thousand_observations_leave_nothing_behind()
    {
        var world = new World([a, b]);
        long Live(int seconds)
        {
            for (var i = 0; i < seconds; i++)
            {
                (a.Execution, b.Beacon) = (i % 50 < 20 ? Life.Killed : Life.Runs, i % 70 < 20 ? Life.Stopped : Life.Runs);
                world.Seconds(1);
                world.Past.Clear();
            }
            return GC.GetTotalMemory(forceFullCollection: true);
        }
        var early = Live(1000);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var late = Live(20_000); // five observations or more a second
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Assert.InRange(allocated / 100_000, 1, 16_384);
        Assert.True(world.Snapshot.Heads.Heads.Length <= HeadHistory.Capacity);
        Assert.InRange(late - early, long.MinValue, 2_000_000);
    }}
