using System.Threading.Channels;
using DVStakers.Edge.Agent.Config;
using DVStakers.Edge.Agent.Panel;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Panel;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Linux.Gpio;
using DVStakers.Edge.Tests.Agent.Service;
using DVStakers.Edge.Tests.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace DVStakers.Edge.Tests.Agent.Panel;

public sealed class ButtonLoopTests : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    private readonly StepTime time = new(Snapshots.Now);
    private readonly Channel<GpioLevel> levels = Channel.CreateUnbounded<GpioLevel>();
    private readonly List<ButtonAction> asked = [];
    private readonly CancellationTokenSource stop = new();
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("edge-button-");
    private Task running = Task.CompletedTask;

    [Theory]
    [InlineData(true, "solid")]
    [InlineData(false, "off")]
    public async Task A_press_of_four_seconds_drains_once_and_is_acknowledged(bool done, string acknowledged)
    {
        var loop = Start(done);
        await Level(loop, false, ButtonHold.Idle, changes: false);
        await Level(loop, true, ButtonHold.Pressed);
        for (var i = 0; i < 16; i++)
        {
            await time.Timer(Tick);
            time.Advance(Tick);
        }
        await Until(loop, v => v.Hold is ButtonHold.DrainNext);
        Assert.Equal("flicker", loop.View.Current.Acknowledge?.Word);
        Assert.Empty(asked);
        await Level(loop, false, ButtonHold.Idle);
        Assert.Equal([ButtonAction.Drain], asked);
        Assert.Equal(acknowledged, loop.View.Current.Acknowledge?.Word);
        for (var i = 0; i < 8; i++)
        {
            await time.Timer(Tick);
            time.Advance(Tick);
        }
        await Until(loop, v => v.Acknowledge is null);
        Assert.Single(asked);
    }

    [Fact]
    public async Task A_line_that_cannot_be_read_is_told_and_does_nothing_when_it_comes_back_pressed()
    {
        var loop = Start(true);
        await Level(loop, true, ButtonHold.Stuck);
        Assert.Empty(asked);
        await Level(loop, false, ButtonHold.Idle);
        Assert.Empty(asked);
    }

    [Fact]
    public async Task The_box_is_drained_only_where_the_command_would_do_it_and_put_back_by_the_next()
    {
        var feed = new SnapshotFeed(Snapshots.Of([Snapshots.Stack("a", Tier.Healthy, "good")]));
        var file = new DrainFile(directory.FullName, time);
        var actions = new ButtonActions(feed, file, null, time, NullLogger.Instance);

        // Without a cluster nobody would take over.
        Assert.False(await actions.Do(ButtonAction.Drain, stop.Token));
        Assert.Null(file.Read());

        file.Write(new Drained(true, [], time.GetUtcNow() + TimeSpan.FromHours(1)));
        feed.Publish(feed.Current with { Drained = new Drain(true, []) });
        Assert.True(await actions.Do(ButtonAction.Drain, stop.Token));
        Assert.Null(file.Read());
    }

    [Fact]
    public async Task The_box_is_shut_down_only_where_somebody_can_and_may()
    {
        var feed = new SnapshotFeed(Snapshots.Of([Snapshots.Stack("a", Tier.Healthy, "good")]));
        ButtonActions With(Func<CancellationToken, Task<string?>>? shutdown) => new(feed, new DrainFile(directory.FullName, time), shutdown, time, NullLogger.Instance);
        Assert.False(await With(null).Do(ButtonAction.Shutdown, stop.Token));
        Assert.False(await With(_ => Task.FromResult<string?>("polkit says no")).Do(ButtonAction.Shutdown, stop.Token));
        var begun = 0;
        Assert.True(await With(_ =>
        {
            begun++;
            return Task.FromResult<string?>(null);
        }).Do(ButtonAction.Shutdown, stop.Token));
        Assert.Equal(1, begun);
    }

    [Theory]
    [InlineData(39, ButtonAction.Drain, "flicker")]
    [InlineData(41, ButtonAction.Shutdown, "long flicker")]
    public async Task Let_go_before_ten_seconds_it_drains_and_after_them_it_shuts_down(int ticks, ButtonAction wanted, string shown)
    {
        var loop = Start(true);
        await Level(loop, false, ButtonHold.Idle, changes: false);
        await Level(loop, true, ButtonHold.Pressed);
        for (var i = 0; i < ticks; i++)
        {
            await time.Timer(Tick);
            time.Advance(Tick);
        }
        await Until(loop, v => v.Acknowledge?.Word == shown);
        Assert.Empty(asked);
        await Level(loop, false, ButtonHold.Idle);
        Assert.Equal([wanted], asked);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        directory.Delete(recursive: true);
    }

    private ButtonLoop Start(bool done)
    {
        var loop = new ButtonLoop(cancel => levels.Reader.ReadAllAsync(cancel), (action, _) =>
        {
            asked.Add(action);
            return Task.FromResult(done);
        }, time);
        running = loop.Run(stop.Token);
        return loop;
    }

    private async Task Level(ButtonLoop loop, bool pressed, ButtonHold hold, bool changes = true)
    {
        levels.Writer.TryWrite(new(pressed, ByEdge: true, null));
        if (changes)
            await Until(loop, v => v.Hold == hold);
    }

    private static async Task Until(ButtonLoop loop, Func<ButtonView, bool> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        for (var seen = loop.View.Current; !holds(seen); seen = loop.View.Current)
            await loop.View.After(seen, limit.Token);
    }
}
