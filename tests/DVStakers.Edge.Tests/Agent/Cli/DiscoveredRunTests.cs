using System.Threading.Channels;
using DVStakers.Edge.Agent.Cli;
using DVStakers.Edge.Agent.Config;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Tests.Agent.Config;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DVStakers.Edge.Tests.Agent.Cli;

public sealed class DiscoveredRunTests
{
    [Fact]
    public async Task The_agent_runs_on_nothing_and_starts_anew_when_a_node_comes_up()
    {
        var up = false;
        var asked = new SemaphoreSlim(0);
        await using var node = await FakeNode.Start(c =>
        {
            asked.Release();
            return up ? FakeNode.Json(c, """{"data":{"version":"Teku/1"}}""") : FakeNode.Status(c, 503);
        });
        var time = new FakeTimeProvider();
        var discovery = new Discovery(new DiscoveryPlaces { Beacon = [node.Port], Execution = [], Engine = [] }, time);
        var starts = Channel.CreateUnbounded<IReadOnlyList<StackConfig>>();
        var inside = 0;
        using var stop = new CancellationTokenSource();
        var run = new DiscoveredRun(async (config, _, _, _, cancel) =>
        {
            Assert.Equal(1, Interlocked.Increment(ref inside));
            starts.Writer.TryWrite(config.Stacks);
            await Task.Delay(Timeout.Infinite, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Interlocked.Decrement(ref inside);
            return ExitCode.Ok;
        }, null, discovery, NullLogger.Instance).Execute(new EdgeConfig(), NullLoggerFactory.Instance, stop.Token);

        Assert.Empty(await starts.Reader.ReadAsync(TestContext.Current.CancellationToken));
        up = true;
        var second = starts.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask();
        while (!second.IsCompleted)
        {
            time.Advance(discovery.Interval);
            // An interval that passes before anybody waits for it wakes nobody: then another one passes.
            await Task.WhenAny(second, asked.WaitAsync(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken));
        }
        Assert.Equal("teku", Assert.Single(await second).Name);

        await stop.CancelAsync();
        Assert.Equal(ExitCode.Ok, await run);
        Assert.Equal(0, inside);
    }

    [Fact]
    public async Task An_agent_that_ends_by_itself_ends_the_run_with_its_code()
    {
        var discovery = new Discovery(new DiscoveryPlaces { Beacon = [], Execution = [], Engine = [] }, new FakeTimeProvider());
        var code = await new DiscoveredRun((_, _, _, _, _) => Task.FromResult(7), null, discovery, NullLogger.Instance)
            .Execute(new EdgeConfig(), NullLoggerFactory.Instance, CancellationToken.None);
        Assert.Equal(7, code);
    }
}
