using System.Threading.Channels;
using DVStakers.Edge.Agent.Config;
using DVStakers.Edge.Agent.Duties;
using DVStakers.Edge.Agent.Panel;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Panel;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Linux.Gpio;
using DVStakers.Edge.Linux.Kernel;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Service;

/// <summary>The panel, wired: its lamps, its button, and who else may have them.</summary>
internal static class PanelParts
{
    /// <summary>A contact bounces for less than this; the kernel waits it out.</summary>
    private static readonly TimeSpan Debounce = TimeSpan.FromMilliseconds(30);

    public static IEnumerable<Part> Of(PanelConfig panel, string directory, KernelPaths paths, SnapshotFeed state, DutyFeed duties, ChannelWriter<Observation> observations,
        Func<CancellationToken, Task<string?>>? shutdown, TimeProvider time, Task stopping, ILogger log)
    {
        var button = Button(panel, directory, paths, state, shutdown, time, log);
        var loop = new PanelLoop([.. Lamps(panel, paths, new TriggerFile(directory, log))], panel.FlashOnDuty, state, duties, button?.View ?? new(ButtonView.None),
            new PanelLocks(directory), observations, time, stopping);
        yield return Tolerant.Of("LEDs", loop.Run, time, log);
        if (button is not null)
            yield return Tolerant.Of("button", button.Run, time, log);
    }

    public static IEnumerable<LampDriver> Lamps(PanelConfig panel, KernelPaths paths, TriggerFile kept) => PanelPlan.Lamps(panel).Select(l => new LampDriver(l, l.Place switch
    {
        KernelLed led => new KernelLight(paths, led, kept),
        GpioLed line => new LineLight(paths, line),
        _ => throw new ArgumentOutOfRangeException(nameof(panel), l.Place, "is no place of a lamp"),
    }));

    private static ButtonLoop? Button(
        PanelConfig panel, string directory, KernelPaths paths, SnapshotFeed state, Func<CancellationToken, Task<string?>>? shutdown, TimeProvider time, ILogger log)
    {
        if (PanelPlan.Button(panel) is not { } line)
            return null;
        var settings = new GpioSettings { ActiveLow = panel.ButtonActiveLow, Bias = panel.ButtonActiveLow ? GpioBias.PullUp : GpioBias.PullDown, Debounce = Debounce };
        var input = new GpioInput(paths, GpioLine.Of(line.Chip, line.Line), settings, time)
        {
            PollPeriod = TimeSpan.FromMilliseconds(50),
            CheckPeriod = TimeSpan.FromMilliseconds(500),
        };
        return new ButtonLoop(input.Watch, new ButtonActions(state, new DrainFile(directory, time), shutdown, time, log).Do, time);
    }
}
