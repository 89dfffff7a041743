using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Panel;
using DVStakers.Edge.Linux.Kernel;
using DVStakers.Edge.Linux.Leds;

namespace DVStakers.Edge.Agent.Panel;

/// <summary>
/// An LED of the kernel's. Its pattern trigger plays the rhythm for a limited time, so that a dead agent shows; where the kernel has none, or does not let
/// us at it, the agent switches the LED itself.
/// </summary>
internal sealed class KernelLight(KernelPaths paths, KernelLed led, TriggerFile kept) : ILight
{
    private const string Pattern = "pattern";

    /// <summary>The trigger's files appear with it and belong to root until udev has handed them over.</summary>
    private static readonly TimeSpan ForUdev = TimeSpan.FromSeconds(1);

    private const int MostWaits = 5;

    /// <summary>How often a light that is switched by hand and does not change is set again, in case somebody else did.</summary>
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(5);

    private LedDevice? device;
    private bool again = true;
    private LedMemory? before;
    private int brightness;
    private int waits;
    private string? byHand;

    public string Words => byHand ?? "the kernel's pattern trigger plays it";

    public TimeSpan Show(LedPattern pattern, TimeSpan into)
    {
        try
        {
            var taken = again || device is null ? device = Take() : device;
            again = false;
            return byHand is null ? ByKernel(taken, pattern, into) : ByHand(taken, pattern, into);
        }
        catch (IOException)
        {
            again = true;
            throw;
        }
    }

    public void Release()
    {
        if (device is { } taken && before is { } memory)
            kept.Restore(taken, memory);
        (device, again) = (null, true);
    }

    public void Dispose() => Release();

    private LedDevice Take()
    {
        var there = LedDevice.Names(paths);
        if (led.Names.FirstOrDefault(there.Contains) is not { } name)
            throw new NoSuchLedException(Missing(there));
        var found = new LedDevice(paths, name);
        brightness = Math.Max(1, found.MaxBrightness);
        waits = 0;
        byHand = found.Triggers().Contains(Pattern) ? null : "the agent switches it: the kernel has no pattern trigger (modprobe ledtrig-pattern), so it keeps its last state if the agent is killed";
        before = kept.Remember(found);
        return found;
    }

    private TimeSpan ByKernel(LedDevice taken, LedPattern pattern, TimeSpan into)
    {
        var wanted = KernelPattern.Of(pattern, brightness);
        try
        {
            taken.SetPattern([.. wanted.Steps.Select(s => new LedPatternStep(s.Brightness, s.Milliseconds))], wanted.Repeat);
            waits = 0;
            return wanted.RenewAfter;
        }
        catch (DeviceException e) when (e.Errno is Errno.EACCES && taken.Trigger() == Pattern)
        {
            if (++waits <= MostWaits)
                return ForUdev;
            byHand = "the agent switches it: the files of the pattern trigger may not be written (docs/panel.md, Permissions), so it keeps its last state if the agent is killed";
            return ByHand(taken, pattern, into);
        }
    }

    private static TimeSpan Longest(TimeSpan left) => left == Timeout.InfiniteTimeSpan || left > Refresh ? Refresh : left;

    private TimeSpan ByHand(LedDevice taken, LedPattern pattern, TimeSpan into)
    {
        var (on, left) = LedClock.At(pattern, into);
        taken.SetSteady(on ? brightness : 0);
        return Longest(left);
    }

    private string Missing(IReadOnlyList<string> there)
    {
        var wanted = string.Join(" or ", led.Names.Select(n => $"'{n}'"));
        return there.Count == 0 ? $"there is no LED {wanted}: the kernel has none at all in /sys/class/leds"
            : $"there is no LED {wanted} in /sys/class/leds{(Nearest.To(led.Names[0], there) is { } near ? $"; did you mean '{near}'?" : "")} There are: {string.Join(", ", there.Take(24))}";
    }
}
