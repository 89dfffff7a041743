using System.Globalization;
using DVStakers.Edge.Linux.Kernel;
using DVStakers.Edge.Linux.Sysfs;

namespace DVStakers.Edge.Linux.Leds;

/// <summary>Brightness for a time.</summary>
public readonly record struct LedPatternStep(int Brightness, int Milliseconds);

/// <summary>
/// One LED of /sys/class/leds. What the kernel was told goes on after this process has died: <see cref="Remember"/> what was there and
/// <see cref="Restore"/> it. Every call opens its file anew, so an LED that comes late, or goes and comes back, heals.
/// </summary>
public sealed class LedDevice(KernelPaths paths, string name)
{
    private const string NoTrigger = "none";

    private readonly string folder = Path.Combine(paths.Class("leds"), name);

    public string Name => name;

    public bool Exists => Directory.Exists(folder);

    /// <exception cref="DeviceException">As of every call here: no such LED, no permission.</exception>
    public int MaxBrightness => (int)SysfsFile.ReadNumber(At("max_brightness"));

    /// <summary>Now; while a trigger blinks it, as the trigger has it at this moment. Setting it leaves the trigger, but 0 ends the trigger.</summary>
    public int Brightness
    {
        get => (int)SysfsFile.ReadNumber(At("brightness"));
        set => SysfsFile.Write(At("brightness"), value);
    }

    /// <summary>All LEDs of the machine.</summary>
    public static IReadOnlyList<string> Names(KernelPaths paths) => Directory.Exists(paths.Class("leds"))
        ? [.. Directory.EnumerateFileSystemEntries(paths.Class("leds")).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>The trigger that drives it, "none" where brightness alone counts.</summary>
    public string Trigger() => ReadTriggers().Active;

    /// <summary>What this kernel has loaded: timer and pattern are modules that must be loaded first.</summary>
    public IReadOnlyList<string> Triggers() => ReadTriggers().All;

    /// <exception cref="DeviceException">EINVAL: the kernel does not have this trigger.</exception>
    public void SetTrigger(string trigger)
    {
        try
        {
            SysfsFile.Write(At("trigger"), trigger);
        }
        catch (DeviceException e) when (e.Errno == Errno.EINVAL)
        {
            throw new DeviceException(At("trigger"), e.Errno, $"the kernel has no trigger '{trigger}' now", $"modprobe ledtrig-{trigger}", mayHeal: true);
        }
    }

    /// <summary>Steady, by nothing but brightness.</summary>
    public void SetSteady(int brightness)
    {
        if (Trigger() != NoTrigger)
            SetTrigger(NoTrigger);
        Brightness = brightness;
    }

    /// <summary>Blinks at full brightness until told otherwise, this process alive or not.</summary>
    public void SetTimer(int onMilliseconds, int offMilliseconds)
    {
        if (Trigger() != "timer")
            SetTrigger("timer");
        SysfsFile.Write(At("delay_on"), onMilliseconds);
        SysfsFile.Write(At("delay_off"), offMilliseconds);
    }

    /// <summary>Shows the steps so many times (-1: for ever), then keeps the last. Give a number and renew it, so that a dead process is not shown alive.</summary>
    public void SetPattern(IReadOnlyList<LedPatternStep> steps, int repeat)
    {
        if (Trigger() != "pattern")
            SetTrigger("pattern");
        SysfsFile.Write(At("repeat"), repeat);
        // The kernel fades from each step to the next; a second one of no length makes the edge hard. Writing them starts them.
        SysfsFile.Write(At("pattern"), string.Join(' ', steps.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Brightness} {s.Milliseconds} {s.Brightness} 0"))));
    }

    /// <summary>What drives the LED now, to be restored later, by another process too.</summary>
    public LedMemory Remember()
    {
        var trigger = Trigger();
        return trigger switch
        {
            NoTrigger => new LedMemory(trigger, Brightness, []),
            _ => new LedMemory(trigger, 0, [.. LedMemory.AttributesOf(trigger)
                .Select(a => (Name: a, Value: SysfsFile.TryRead(At(a)))).Where(a => a.Value is not null).Select(a => new LedAttribute(a.Name, a.Value!))]),
        };
    }

    public void Restore(LedMemory memory)
    {
        SetTrigger(memory.Trigger);
        if (memory.Trigger == NoTrigger)
            Brightness = memory.Brightness;
        foreach (var attribute in memory.Attributes)
            SysfsFile.Write(At(attribute.Name), attribute.Value);
    }

    private (string Active, IReadOnlyList<string> All) ReadTriggers()
    {
        var words = SysfsFile.Read(At("trigger")).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return (words.FirstOrDefault(w => w[0] == '[')?.Trim('[', ']') ?? NoTrigger, [.. words.Select(w => w.Trim('[', ']'))]);
    }

    private string At(string attribute) => Path.Combine(folder, attribute);
}
