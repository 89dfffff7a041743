using DVStakers.Edge.Linux.Kernel;

namespace DVStakers.Edge.Linux.Gpio;

/// <summary>
/// One output line that heals: it is requested at the first <see cref="Set"/>, and after a failure again at the next one. For one caller at a time.
/// </summary>
/// <param name="settings">Direction and initial value are not looked at.</param>
public sealed class GpioOutput(KernelPaths paths, GpioLine line, GpioSettings settings, string consumer = "dvstakers-edge") : IDisposable
{
    private GpioLines? lines;

    public GpioLine Line => line;

    /// <exception cref="DeviceException">It is not set; the next call tries from the beginning.</exception>
    public void Set(bool on)
    {
        try
        {
            // A line that is requested shows the wanted level from its first moment.
            if (lines is null)
                lines = GpioLines.Request(paths, line, settings with { Output = true, Edges = GpioEdges.None, InitialValues = on ? 1UL : 0 }, consumer);
            else
                lines.Set(0, on);
        }
        catch (DeviceException)
        {
            Release();
            throw;
        }
    }

    /// <summary>Lets go of the line until the next <see cref="Set"/>.</summary>
    public void Release()
    {
        lines?.Dispose();
        lines = null;
    }

    public void Dispose() => Release();
}
