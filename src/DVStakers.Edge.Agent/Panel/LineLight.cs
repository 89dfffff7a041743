using DVStakers.Edge.Core.Panel;
using DVStakers.Edge.Linux.Gpio;
using DVStakers.Edge.Linux.Kernel;

namespace DVStakers.Edge.Agent.Panel;

/// <summary>An LED at a GPIO line, switched by the agent. The kernel takes the line back when the process ends, however it ends.</summary>
internal sealed class LineLight(KernelPaths paths, GpioLed led) : ILight
{
    /// <summary>How often a light that does not change is set again: a chip that was unplugged is missed then.</summary>
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(5);

    private readonly GpioOutput output = new(paths, GpioLine.Of(led.Line.Chip, led.Line.Line),
        new() { ActiveLow = led.ActiveLow, Drive = led.OpenDrain ? GpioDrive.OpenDrain : GpioDrive.PushPull });

    private bool lit;

    public string Words => $"the agent switches line {led.Line.Line} of {led.Line.Chip}";

    public TimeSpan Show(LedPattern pattern, TimeSpan into)
    {
        var (on, left) = LedClock.At(pattern, into);
        output.Set(on);
        lit = true;
        return left == Timeout.InfiniteTimeSpan || left > Refresh ? Refresh : left;
    }

    public void Release()
    {
        try
        {
            // Many chips keep the level of a line that is given back.
            if (lit)
                output.Set(false);
        }
        catch (DeviceException)
        {
            // It is gone, and with it the light.
        }
        lit = false;
        output.Release();
    }

    public void Dispose() => Release();
}
