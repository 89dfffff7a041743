using System.Globalization;
using DVStakers.Edge.Linux.Kernel;
using DVStakers.Edge.Linux.Leds;
using DVStakers.Edge.Linux.Sysfs;

namespace DVStakers.Edge.HardwareProbe;

internal static class SysfsCommands
{
    public static string Led(string name, string[] words)
    {
        var led = new LedDevice(KernelPaths.System, name);
        switch (words)
        {
            case ["steady", var brightness]:
                led.SetSteady(Whole(brightness));
                break;
            case ["timer", var on, var off]:
                led.SetTimer(Whole(on), Whole(off));
                break;
            case ["pattern", var repeat, .. var steps]:
                led.SetPattern([.. steps.Select(s => s.Split(':')).Select(s => new LedPatternStep(Whole(s[0]), Whole(s[1])))], Whole(repeat));
                break;
            case ["trigger", var trigger]:
                led.SetTrigger(trigger);
                break;
            case ["remember"]:
                return led.Remember().ToString();
            case ["restore", var text]:
                led.Restore(LedMemory.Parse(text) ?? throw new FormatException(text));
                break;
            case ["show"]:
                return $"{led.Brightness} of {led.MaxBrightness} by {led.Trigger()}";
        }
        return "done";
    }

    public static string Supply(string name)
    {
        var s = PowerSupplies.Read(KernelPaths.System, name);
        return string.Create(CultureInfo.InvariantCulture,
            $"type={s.Type} online={s.Online} status={s.Status} capacity={s.CapacityPercent} volts={s.Volts} minutes={s.TimeToEmpty?.TotalMinutes} troubles={s.Troubles.Count}");
    }

    public static string Sensors() => string.Join('\n', HardwareSensors.ReadAll(KernelPaths.System)
        .Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Device} {s.Label} {s.Kind} {s.Value}")).Append("end"));

    private static int Whole(string text) => int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
