using DVStakers.Edge.Agent.Cli;
using DVStakers.Edge.Agent.Panel;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Panel;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.Status;
using DVStakers.Edge.Core.Machine;
using DVStakers.Edge.Linux.Leds;
using DVStakers.Edge.Tests.Core;
using DVStakers.Edge.Tests.Linux;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DVStakers.Edge.Tests.Agent.Cli;

public sealed class PanelCommandTests : IDisposable
{
    private readonly FakeSys sys = new();
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("edge-panel-");
    private readonly StringWriter output = new();
    private readonly StringWriter errors = new();

    [Fact]
    public async Task The_walk_names_every_rhythm_of_every_led_and_leaves_them_as_they_were()
    {
        var folder = Led("ACT", "none [mmc0] pattern");
        var panel = new PanelConfig { Board = Board.RaspberryPi5, Leds = [new() { Led = "ACT" }, new() { Led = "gone", Shows = PanelRole.Stack }] };
        Assert.Equal(ExitCode.Failed, await Command(new HurriedTime()).Test(panel, TestContext.Current.CancellationToken));
        var said = output.ToString().Split('\n');
        Assert.Equal("ACT (shows single)", said[0]);
        foreach (var rhythm in Rhythms.All)
            Assert.Contains($"  {rhythm.Word}", said);
        Assert.Contains("gone (shows stack)", said);
        Assert.Contains(said, l => l.StartsWith("  does not light: there is no LED 'gone'", StringComparison.Ordinal));
        Assert.Contains("1 of 2 LEDs did not light.", said);
        Assert.Equal("mmc0", File.ReadAllText(Path.Combine(folder, "trigger")));
    }

    [Fact]
    public async Task A_test_waits_until_the_agent_lets_go_and_says_so_where_it_does_not()
    {
        using var agents = new PanelLocks(directory.FullName).Take();
        Assert.Equal(ExitCode.Failed, await Command(new HurriedTime()).Test(new() { Board = Board.RaspberryPi5 }, TestContext.Current.CancellationToken));
        Assert.Contains("does not let go of the LEDs within 6 s", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_crash_the_leds_are_given_back()
    {
        var folder = Led("ACT", "none [mmc0] pattern");
        new TriggerFile(directory.FullName, NullLogger.Instance).Remember(new LedDevice(sys.Paths, "ACT"));
        File.WriteAllText(Path.Combine(folder, "trigger"), "none mmc0 [pattern]");

        Assert.Equal(ExitCode.Ok, Command(TimeProvider.System).Restore());
        Assert.Equal("mmc0", File.ReadAllText(Path.Combine(folder, "trigger")));
        Assert.Equal("ACT: mmc0 again\n", output.ToString());

        // Once is enough.
        File.WriteAllText(Path.Combine(folder, "trigger"), "none [mmc0] pattern");
        Assert.Equal(ExitCode.Ok, Command(TimeProvider.System).Restore());
        Assert.Equal("none [mmc0] pattern", File.ReadAllText(Path.Combine(folder, "trigger")));
    }

    [Fact]
    public void An_agent_that_runs_keeps_its_leds()
    {
        using var agents = new PanelLocks(directory.FullName).Take();
        Assert.Equal(ExitCode.Failed, Command(TimeProvider.System).Restore());
    }

    [Fact]
    public void The_screen_says_what_is_lit_and_what_it_means()
    {
        var snapshot = Snapshots.Of([Snapshots.Stack("a", Tier.Healthy, "good")]) with
        {
            Machine = MachineStatus.Unseen with
            {
                Panel = new([new("ACT", "validator", "solid", LampState.Works, "the kernel's pattern trigger plays it"), new("pin 11", "stack", "solid", LampState.Busy, "in use by 'x'")], ButtonHold.Idle, null),
            },
        };
        var report = StatusComposer.Compose(new EdgeConfig(), snapshot, default, "0.1.0", Snapshots.Now, Snapshots.Now);
        Assert.Equal("""
            ── Panel ───────────────────────────────────────────────────────────────────────
              ● ACT             validator  solid          served by a
              ○ pin 11          stack      busy           in use by 'x'
            ── This machine ────────────────────────────────────────────────────────────────
              LEDs  ACT, PWR

            """, PanelScreen.Render(report, ["ACT", "PWR"], 80, new Ink(false)));
    }

    public void Dispose()
    {
        sys.Dispose();
        directory.Delete(recursive: true);
    }

    private PanelCommand Command(TimeProvider time) => new(directory.FullName, sys.Paths, time, output, errors);

    private string Led(string name, string triggers) =>
        sys.Folder($"class/leds/{name}", $"trigger={triggers}", "brightness=0", "max_brightness=255", "pattern=", "repeat=-1");

    /// <summary>Whoever waits is told at once that the time is over.</summary>
    private sealed class HurriedTime() : FakeTimeProvider(Snapshots.Now)
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            if (dueTime > TimeSpan.Zero)
                ThreadPool.QueueUserWorkItem(_ => Advance(dueTime));
            return timer;
        }
    }
}
