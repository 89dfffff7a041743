using DVStakers.Edge.Agent.Panel;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Panel;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Tests.Linux;
using Microsoft.Extensions.Logging.Abstractions;

namespace DVStakers.Edge.Tests.Agent.Panel;

/// <summary>Lamps over folders in place of /sys, in time that only the test moves.</summary>
public sealed class LampDriverTests : IDisposable
{
    private readonly FakeSys sys = new();
    private readonly DirectoryInfo kept = Directory.CreateTempSubdirectory("edge-panel-");

    [Fact]
    public void The_kernel_is_told_for_a_while_and_told_again_at_the_end_of_a_cycle()
    {
        var folder = Led("blue:status", "none [heartbeat] pattern");
        var lamp = Lamp("blue:status");
        Assert.Equal(Seconds(5), lamp.Step(LedPattern.Slow, Seconds(0)));
        Assert.Equal(("255 500 255 0 0 500 0 0", "20"), (Read(folder, "pattern"), Read(folder, "repeat")));
        Assert.Equal((LampState.Works, "slow blink"), (lamp.Reading.State, lamp.Reading.Pattern));

        Write(folder, "repeat", "?");
        Assert.Equal(Seconds(5), lamp.Step(LedPattern.Slow, Seconds(4.9)));
        Assert.Equal("?", Read(folder, "repeat"));
        Assert.Equal(Seconds(10), lamp.Step(LedPattern.Slow, Seconds(5)));
        Assert.Equal("20", Read(folder, "repeat"));

        // A change does not wait.
        Assert.Equal(Seconds(10.9), lamp.Step(LedPattern.TwoFlashes, Seconds(6.1)));
        Assert.Equal("255 200 255 0 0 200 0 0 255 200 255 0 0 1000 0 0", Read(folder, "pattern"));
    }

    [Fact]
    public void The_old_trigger_is_put_back()
    {
        var folder = Led("ACT", "none [mmc0] pattern");
        var lamp = Lamp("ACT");
        lamp.Step(LedPattern.Solid, Seconds(0));
        Assert.Equal("pattern", Read(folder, "trigger"));
        lamp.Release("over");
        Assert.Equal("mmc0", Read(folder, "trigger"));
        Assert.Empty(Directory.GetFiles(kept.FullName));
    }

    [Fact]
    public void After_a_crash_the_old_trigger_is_still_known()
    {
        var folder = Led("ACT", "none [mmc0] pattern");
        Lamp("ACT").Step(LedPattern.Solid, Seconds(0));

        // The next agent finds what the first one left.
        Write(folder, "trigger", "none mmc0 [pattern]");
        var next = Lamp("ACT");
        next.Step(LedPattern.Slow, Seconds(100));
        next.Release("over");
        Assert.Equal("mmc0", Read(folder, "trigger"));
    }

    [Fact]
    public void Without_the_pattern_trigger_the_agent_switches_it()
    {
        var folder = Led("ACT", "[none] timer");
        var lamp = Lamp("ACT");
        Assert.Equal(Seconds(0.5), lamp.Step(LedPattern.Slow, Seconds(0)));
        Assert.Equal("255", Read(folder, "brightness"));
        Assert.Equal(Seconds(1), lamp.Step(LedPattern.Slow, Seconds(0.5)));
        Assert.Equal("0", Read(folder, "brightness"));
        Assert.Contains("modprobe ledtrig-pattern", lamp.Reading.Detail, StringComparison.Ordinal);
        Assert.Equal(LampState.Works, lamp.Reading.State);
    }

    [Fact]
    public void An_led_that_comes_late_or_goes_and_comes_back_is_taken()
    {
        var lamp = Lamp("blue:status");
        Led("bleu:status", "[none]");
        Assert.Equal(LampDriver.Retry, lamp.Step(LedPattern.Solid, Seconds(0)));
        Assert.Equal(LampState.Missing, lamp.Reading.State);
        Assert.Contains("did you mean 'bleu:status'?", lamp.Reading.Detail, StringComparison.Ordinal);

        var folder = Led("blue:status", "[none] pattern");
        // Not before its time, whatever is asked.
        Assert.Equal(Seconds(5), lamp.Step(LedPattern.Fast, Seconds(1)));
        Assert.Equal(LampState.Missing, lamp.Reading.State);
        lamp.Step(LedPattern.Fast, Seconds(5));
        Assert.Equal(LampState.Works, lamp.Reading.State);

        Directory.Delete(folder, recursive: true);
        lamp.Step(LedPattern.Solid, Seconds(6));
        Assert.Equal(LampState.Missing, lamp.Reading.State);
        Led("blue:status", "[none] pattern");
        lamp.Step(LedPattern.Solid, Seconds(11));
        Assert.Equal(LampState.Works, lamp.Reading.State);
    }

    [Fact]
    public void A_line_that_is_not_there_says_so()
    {
        var lamp = new LampDriver(new("pin 11", PanelRole.Stack, null, Line), new LineLight(sys.Paths, Line));
        lamp.Step(LedPattern.Solid, Seconds(0));
        Assert.Equal(LampState.Missing, lamp.Reading.State);
        Assert.Contains("gpio3", lamp.Reading.Detail, StringComparison.Ordinal);
        lamp.Release("over");
    }

    public void Dispose()
    {
        sys.Dispose();
        kept.Delete(recursive: true);
    }

    private static readonly GpioLed Line = new(new("gpio3", "17"), ActiveLow: false, OpenDrain: false);

    private LampDriver Lamp(string name)
    {
        var led = new KernelLed([name]);
        return new(new(name, PanelRole.Single, null, led), new KernelLight(sys.Paths, led, new TriggerFile(kept.FullName, NullLogger.Instance)));
    }

    private string Led(string name, string triggers) =>
        sys.Folder($"class/leds/{name}", $"trigger={triggers}", "brightness=0", "max_brightness=255", "pattern=", "repeat=-1");

    private static string Read(string folder, string attribute) => File.ReadAllText(Path.Combine(folder, attribute)).Trim();

    private static void Write(string folder, string attribute, string text) => File.WriteAllText(Path.Combine(folder, attribute), text);

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
