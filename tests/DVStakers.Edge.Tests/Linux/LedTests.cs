using DVStakers.Edge.Linux.Kernel;
using DVStakers.Edge.Linux.Leds;

namespace DVStakers.Edge.Tests.Linux;

public sealed class LedTests : IDisposable
{
    private readonly FakeSys sys = new();

    [Fact]
    public void An_LED_is_found_and_set()
    {
        var folder = Make("status", "none rc-feedback [heartbeat] timer pattern");
        var led = new LedDevice(sys.Paths, "status");
        Assert.Equal(["status"], LedDevice.Names(sys.Paths));
        Assert.Equal("heartbeat", led.Trigger());
        Assert.Equal(["none", "rc-feedback", "heartbeat", "timer", "pattern"], led.Triggers());
        Assert.Equal(255, led.MaxBrightness);
        led.SetSteady(200);
        Assert.Equal(("none", "200"), (File.ReadAllText(Path.Combine(folder, "trigger")), File.ReadAllText(Path.Combine(folder, "brightness"))));
    }

    [Fact]
    public void A_pattern_has_hard_edges_and_an_end()
    {
        var folder = Make("status", "none [pattern]", "repeat=-1", "pattern=0 0");
        new LedDevice(sys.Paths, "status").SetPattern([new(255, 200), new(0, 800)], repeat: 30);
        Assert.Equal("255 200 255 0 0 800 0 0", File.ReadAllText(Path.Combine(folder, "pattern")));
        Assert.Equal("30", File.ReadAllText(Path.Combine(folder, "repeat")));
    }

    [Theory]
    [InlineData("[none] timer", new string[0], "trigger=none;brightness=7")]
    [InlineData("none [timer]", new[] { "delay_on=100", "delay_off=900" }, "trigger=timer;brightness=0;delay_on=100;delay_off=900")]
    [InlineData("none [pattern]", new[] { "pattern=255 100 0 0", "repeat=-1" }, "trigger=pattern;brightness=0;repeat=-1;pattern=255 100 0 0")]
    [InlineData("none [mmc0]", new string[0], "trigger=mmc0;brightness=0")]
    public void What_was_there_is_remembered_as_text_and_restored(string triggers, string[] attributes, string text)
    {
        var folder = Make("ACT", triggers, attributes);
        var led = new LedDevice(sys.Paths, "ACT");
        var memory = led.Remember();
        Assert.Equal(text, memory.ToString());
        foreach (var file in Directory.EnumerateFiles(folder))
            File.WriteAllText(file, "?");
        led.Restore(LedMemory.Parse(text)!);
        foreach (var part in text.Split(';').Select(p => p.Split('=')).Where(p => p[0] != "brightness" || p[1] != "0"))
            Assert.Equal(part[1], File.ReadAllText(Path.Combine(folder, part[0])));
    }

    [Theory]
    [InlineData("")]
    [InlineData("heartbeat")]
    [InlineData("trigger=;brightness=1")]
    [InlineData("trigger=none")]
    [InlineData("trigger=none;brightness=bright")]
    [InlineData("trigger=timer;brightness=0;../../../etc/passwd=x")]
    public void A_damaged_memory_is_none(string text) => Assert.Null(LedMemory.Parse(text));

    [Fact]
    public void An_LED_that_is_not_there_may_come()
    {
        var led = new LedDevice(sys.Paths, "late");
        Assert.False(led.Exists);
        Assert.True(Assert.Throws<DeviceException>(() => led.Brightness = 1).MayHeal);
        Make("late", "[none]");
        led.Brightness = 1;
        Assert.Equal(1, led.Brightness);
    }

    public void Dispose() => sys.Dispose();

    private string Make(string name, string triggers, params string[] attributes) =>
        sys.Folder($"class/leds/{name}", ["max_brightness=255", "brightness=7", $"trigger={triggers}", .. attributes]);
}
