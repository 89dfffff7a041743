using DVStakers.Edge.Linux.Gpio;
using DVStakers.Edge.Linux.Kernel;

namespace DVStakers.Edge.HardwareProbe;

internal static class GpioCommands
{
    /// <summary>Sets the line as each line of standard input says, 1 or 0, and "release" lets go of it. Ends with the input.</summary>
    public static int Out(string chip, string line, string[] flags)
    {
        using var output = new GpioOutput(KernelPaths.System, GpioLine.Of(chip, line), Settings(flags), Consumer(flags));
        while (Console.ReadLine() is { } wanted)
        {
            try
            {
                if (wanted == "release")
                    output.Release();
                else
                    output.Set(wanted == "1");
                Answer.Line($"set {wanted}");
            }
            catch (DeviceException e)
            {
                Answer.Error(e);
            }
        }
        return 0;
    }

    public static string In(string chip, string line, string[] flags)
    {
        using var lines = GpioLines.Request(KernelPaths.System, GpioLine.Of(chip, line), Settings(flags), Consumer(flags));
        return lines.Get(0) ? "1" : "0";
    }

    /// <summary>Every change that the healing input tells, until standard input ends.</summary>
    public static async Task<int> Watch(string chip, string line, string[] flags)
    {
        using var stop = UntilInputEnds();
        var input = new GpioInput(KernelPaths.System, GpioLine.Of(chip, line), Settings(flags), TimeProvider.System, Consumer(flags))
        {
            UseEdges = !flags.Contains("poll"),
            // What an edge does not tell must not be found by looking before the scenario has seen that.
            CheckPeriod = TimeSpan.FromSeconds(flags.Contains("seldom") ? 600 : 2),
            RetryPeriod = TimeSpan.FromMilliseconds(500),
        };
        try
        {
            await foreach (var level in input.Watch(stop.Token))
                if (level.Trouble is { } trouble)
                    Answer.Error(trouble);
                else
                    Answer.Line($"level {(level.On == true ? 1 : 0)} {(level.ByEdge ? "edge" : "look")}");
        }
        catch (OperationCanceledException)
        {
        }
        Answer.Line("ended");
        return 0;
    }

    /// <summary>The kernel's edges as they come, with their times and numbers.</summary>
    public static async Task<int> Edges(string chip, string line, string[] flags)
    {
        using var stop = UntilInputEnds();
        using var lines = GpioLines.Request(KernelPaths.System, GpioLine.Of(chip, line), Settings(flags) with { Edges = GpioEdges.Both }, Consumer(flags));
        Answer.Line("ready");
        try
        {
            await foreach (var edge in lines.Edges.ReadAllAsync(stop.Token))
                Answer.Line($"edge {(edge.On ? 1 : 0)} {edge.Number} {edge.SinceBoot.TotalMilliseconds:F0}");
        }
        catch (OperationCanceledException)
        {
        }
        return 0;
    }

    private static CancellationTokenSource UntilInputEnds()
    {
        var stop = new CancellationTokenSource();
        new Thread(() =>
        {
            while (Console.ReadLine() is not null)
            {
            }
            stop.Cancel();
        })
        { IsBackground = true }.Start();
        return stop;
    }

    private static string Consumer(string[] flags) => flags.FirstOrDefault(f => f.StartsWith("as=", StringComparison.Ordinal))?[3..] ?? "hardware-probe";

    private static GpioSettings Settings(string[] flags) => new()
    {
        ActiveLow = flags.Contains("active-low"),
        Drive = flags.Contains("open-drain") ? GpioDrive.OpenDrain : flags.Contains("open-source") ? GpioDrive.OpenSource : GpioDrive.PushPull,
        Bias = flags.Contains("pull-up") ? GpioBias.PullUp : flags.Contains("pull-down") ? GpioBias.PullDown : GpioBias.AsIs,
        Debounce = TimeSpan.FromMilliseconds(flags.Contains("debounce") ? 200 : 0),
    };
}
