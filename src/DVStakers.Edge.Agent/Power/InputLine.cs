using DVStakers.Edge.Linux.Gpio;
using DVStakers.Edge.Linux.Kernel;

namespace DVStakers.Edge.Agent.Power;

/// <summary>One GPIO input that is looked at now and then. It is asked for at the first look, and after a failure again at the next one.</summary>
/// <param name="onWhenHigh">Which level is "on".</param>
/// <param name="bias">What holds the line while nothing drives it.</param>
internal sealed class InputLine(KernelPaths paths, GpioLine line, bool onWhenHigh, GpioBias bias) : IDisposable
{
    private GpioLines? lines;

    /// <exception cref="DeviceException">It cannot be read now.</exception>
    public bool Read()
    {
        try
        {
            lines ??= GpioLines.Request(paths, line, new GpioSettings { ActiveLow = !onWhenHigh, Bias = bias });
            return lines.Get(0);
        }
        catch (DeviceException)
        {
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        lines?.Dispose();
        lines = null;
    }

    public override string ToString() => line.ToString();
}
