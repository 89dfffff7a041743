using System.Threading.Channels;
using DVStakers.Edge.Agent.Duties;
using DVStakers.Edge.Agent.Panel;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Panel;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;
using DVStakers.Edge.Tests.Agent.Service;
using DVStakers.Edge.Tests.Core;

namespace DVStakers.Edge.Tests.Agent.Panel;

public sealed class PanelLoopTests : IAsyncDisposable
{
    private static readonly Snapshot Good = Snapshots.Of([Snapshots.Stack("a", Tier.Healthy, "good")]);
    private static readonly Snapshot Bad = Snapshots.Of([Snapshots.Stack("a", Tier.Suspect, "bad")], [Snapshots.Condition(Conditions.ExecutionSilent, "a")]);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("edge-panel-");
    private readonly StepTime time = new(Snapshots.Now);
    private readonly SnapshotFeed state = new(Good);
    private readonly DutyFeed duties = new();
    private readonly Latest<ButtonView> button = new(ButtonView.None);
    private readonly TaskCompletionSource stopping = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Channel<Observation> observations = Channel.CreateUnbounded<Observation>();
    private readonly FakeLight light = new();
    private Task running = Task.CompletedTask;

    [Fact]
    public async Task It_shows_what_the_snapshot_says_and_gives_the_lamp_back_at_the_end()
    {
        Start();
        Assert.Equal("solid", await light.Next());
        state.Publish(Bad);
        Assert.Equal("three flashes", await light.Next());
        // The same again is nothing new.
        state.Publish(Bad with { At = Bad.At.AddSeconds(1) });
        state.Publish(Good);
        Assert.Equal("solid", await light.Next());
        stopping.SetResult();
        Assert.Equal("fast blink", await light.Next());
        await stop.CancelAsync();
        await running;
        Assert.Equal("released", await light.Next());
    }

    [Fact]
    public async Task How_the_lamp_is_becomes_an_observation()
    {
        light.Fault = new NoSuchLedException("there is no LED 'x'");
        Start();
        var seen = Assert.IsType<PanelSeen>(await observations.Reader.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal(new LampReading("x", "single", "solid", LampState.Missing, "there is no LED 'x'"), Assert.Single(seen.Reading.Lamps));
        var judge = Judge.Start(new EdgeConfig(), Snapshots.Now).Next(seen, Snapshots.Now);
        Assert.Contains(judge.Snapshot.Conditions, c => c.Kind == MachineConditions.PanelLedMissing && c is { Subject: "panel x", Detail: "there is no LED 'x'" });

        light.Fault = null;
        for (var i = 0; i < 5; i++)
        {
            await time.Timer(Look);
            time.Advance(Look);
        }
        seen = Assert.IsType<PanelSeen>(await observations.Reader.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal(LampState.Works, Assert.Single(seen.Reading.Lamps).State);
        Assert.DoesNotContain(judge.Next(seen, Snapshots.Now).Snapshot.Conditions, c => c.Kind == MachineConditions.PanelLedMissing);
    }

    [Fact]
    public async Task The_button_comes_before_all_else()
    {
        Start();
        Assert.Equal("solid", await light.Next());
        button.Publish(new(ButtonHold.DrainNext, null, Acknowledgement.Drain));
        Assert.Equal("flicker", await light.Next());
        button.Publish(ButtonView.None with { });
        Assert.Equal("solid", await light.Next());
    }

    [Fact]
    public async Task The_lamps_are_lent_to_a_test_and_taken_again()
    {
        Start();
        Assert.Equal("solid", await light.Next());
        var locks = new PanelLocks(directory.FullName);
        Assert.Null(locks.Take());
        var wanted = locks.Want();
        Assert.NotNull(wanted);
        await time.Timer(Look);
        time.Advance(Look);
        Assert.Equal("released", await light.Next());
        await time.Timer(Look);
        using (var theirs = locks.Take())
        {
            Assert.NotNull(theirs);
            time.Advance(Look);
            await time.Timer(Look);
        }
        wanted.Dispose();
        time.Advance(Look);
        Assert.Equal("released", await light.Next());
        Assert.Equal("solid", await light.Next());
    }

    [Fact]
    public async Task An_attestation_that_was_sent_is_a_short_dark_moment_of_a_steady_light()
    {
        Start(flash: true);
        Assert.Equal("solid", await light.Next());
        duties.Publish(duties.Current with { AttestationsSent = 1 });
        await time.Timer(TimeSpan.FromMilliseconds(200));
        time.Advance(TimeSpan.FromMilliseconds(600));
        Assert.Equal("off", await light.Next());
        await time.Timer(TimeSpan.FromMilliseconds(80));
        time.Advance(TimeSpan.FromMilliseconds(80));
        Assert.Equal("solid", await light.Next());

        // A rhythm that says something is wrong is not disturbed.
        state.Publish(Bad);
        Assert.Equal("three flashes", await light.Next());
        duties.Publish(duties.Current with { AttestationsSent = 2 });
        await time.Timer(TimeSpan.FromMilliseconds(200));
        time.Advance(TimeSpan.FromMilliseconds(600));
        button.Publish(new(ButtonHold.DrainNext, null, Acknowledgement.Drain));
        Assert.Equal("flicker", await light.Next());
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        directory.Delete(recursive: true);
    }

    private void Start(bool flash = false) => running = new PanelLoop([new LampDriver(new("x", PanelRole.Single, null, new KernelLed(["x"])), light)], flash, state, duties, button,
        new PanelLocks(directory.FullName), observations.Writer, time, stopping.Task).Run(stop.Token);
}
