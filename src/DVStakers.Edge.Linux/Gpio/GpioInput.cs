using System.Runtime.CompilerServices;
using DVStakers.Edge.Linux.Kernel;

namespace DVStakers.Edge.Linux.Gpio;

/// <summary>What an input said, or why it says nothing.</summary>
/// <param name="On">The logical level; null while there is trouble.</param>
/// <param name="ByEdge">The kernel reported the change; false: it was found by looking.</param>
public sealed record GpioLevel(bool? On, bool ByEdge, DeviceException? Trouble);

/// <summary>
/// One input line that heals. It is told by edges where the chip has them, and looked at from time to time all the same, since an edge can be lost;
/// where the chip has none it is polled.
/// </summary>
/// <param name="settings">Direction and edges are not looked at.</param>
public sealed class GpioInput(KernelPaths paths, GpioLine line, GpioSettings settings, TimeProvider time, string consumer = "dvstakers-edge")
{
    public GpioLine Line => line;

    /// <summary>False: poll even where the chip has edges.</summary>
    public bool UseEdges { get; init; } = true;

    /// <summary>How often a chip without edges is looked at.</summary>
    public TimeSpan PollPeriod { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How often it is looked at beside the edges.</summary>
    public TimeSpan CheckPeriod { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long until it is opened again after a failure.</summary>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The level at once, then each change, for ever. Trouble is told when it begins and when its words change. The line is released at the end.</summary>
    public async IAsyncEnumerable<GpioLevel> Watch([EnumeratorCancellation] CancellationToken stop)
    {
        GpioLevel? last = null;
        while (true)
        {
            GpioLines? lines = null;
            try
            {
                var trouble = Open(out lines, out var withEdges);
                while (lines is not null && trouble is null)
                {
                    foreach (var level in Levels(lines, ref trouble))
                        if (level.On != last?.On)
                            yield return last = level;
                    if (trouble is null)
                        trouble = await Wait(lines, withEdges, stop).ConfigureAwait(false);
                }
                if (trouble is not null && trouble.Message != last?.Trouble?.Message)
                    yield return last = new(null, ByEdge: false, trouble);
            }
            finally
            {
                lines?.Dispose();
            }
            await Task.Delay(RetryPeriod, time, stop).ConfigureAwait(false);
        }
    }

    private DeviceException? Open(out GpioLines? lines, out bool withEdges)
    {
        var wanted = settings with { Output = false, Edges = GpioEdges.Both };
        withEdges = UseEdges;
        lines = null;
        try
        {
            lines = GpioLines.Request(paths, line, UseEdges ? wanted : wanted with { Edges = GpioEdges.None }, consumer);
            return null;
        }
        catch (DeviceException e) when (!UseEdges || e.Errno is Errno.ENOENT or Errno.EACCES or Errno.EPERM or Errno.EBUSY)
        {
            return e;
        }
        catch (DeviceException)
        {
            // A chip without interrupts has no edges, and no debounce of the kernel's either. Each says it with another number.
            withEdges = false;
        }
        try
        {
            lines = GpioLines.Request(paths, line, wanted with { Edges = GpioEdges.None, Debounce = TimeSpan.Zero }, consumer);
            return null;
        }
        catch (DeviceException e)
        {
            return e;
        }
    }

    /// <summary>The edges that wait, so that a short pulse is seen, and then the level as it is.</summary>
    private static List<GpioLevel> Levels(GpioLines lines, ref DeviceException? trouble)
    {
        var levels = new List<GpioLevel>();
        while (lines.Edges.TryRead(out var edge))
            levels.Add(new(edge.On, ByEdge: true, null));
        try
        {
            levels.Add(new(lines.Get(0), ByEdge: false, null));
        }
        catch (DeviceException e)
        {
            trouble = e;
        }
        return levels;
    }

    private async Task<DeviceException?> Wait(GpioLines lines, bool withEdges, CancellationToken stop)
    {
        if (!withEdges)
        {
            await Task.Delay(PollPeriod, time, stop).ConfigureAwait(false);
            return null;
        }
        // Not WaitAsync: what it leaves waiting would pile up.
        using var period = new CancellationTokenSource(CheckPeriod, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, period.Token);
        try
        {
            await lines.Edges.WaitToReadAsync(either.Token).ConfigureAwait(false);
            return null;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return null;
        }
        catch (DeviceException e)
        {
            return e;
        }
    }
}
