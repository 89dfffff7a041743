// Drives the agent's own hardware layer, one command for each use of it. Every answer is a line; a refusal is a line
// "error NUMBER heals|stays WORDS", and a command goes on after it where the agent would.
using DVStakers.Edge.HardwareProbe;
using DVStakers.Edge.Linux.Kernel;

return args switch
{
    ["out", var chip, var line, .. var flags] => GpioCommands.Out(chip, line, flags),
    ["in", var chip, var line, .. var flags] => Answer.Of(() => GpioCommands.In(chip, line, flags)),
    ["watch", var chip, var line, .. var flags] => await GpioCommands.Watch(chip, line, flags),
    ["edges", var chip, var line, .. var flags] => await GpioCommands.Edges(chip, line, flags),
    ["i2c", var bus, var address, .. var steps] => I2cCommands.Run(bus, Number.Of(address), steps),
    ["poll", var bus, var address, var register] => await I2cCommands.Poll(bus, Number.Of(address), Number.Of(register)),
    ["bench", var bus] => I2cCommands.Bench(bus),
    ["turns", var bus, var address] => await I2cCommands.Turns(bus, Number.Of(address)),
    ["led", var name, .. var words] => Answer.Of(() => SysfsCommands.Led(name, words)),
    ["supply", var name] => Answer.Of(() => SysfsCommands.Supply(name)),
    ["uled", var name, var maximum] => UserLed.Show(name, int.Parse(maximum, null)),
    ["sensors"] => Answer.Of(SysfsCommands.Sensors),
    _ => Answer.Usage(),
};

internal static class Answer
{
    public static void Line(string text)
    {
        Console.Out.WriteLine(text);
        Console.Out.Flush();
    }

    public static void Error(DeviceException e) => Line($"error {e.Errno} {(e.MayHeal ? "heals" : "stays")} {e.Message}");

    public static int Of(Func<string> command)
    {
        try
        {
            Line(command());
            return 0;
        }
        catch (DeviceException e)
        {
            Error(e);
            return 1;
        }
    }

    public static int Usage()
    {
        Console.Error.WriteLine("see Program.cs");
        return 64;
    }
}

internal static class Number
{
    public static byte Of(string text) => text.StartsWith("0x", StringComparison.Ordinal) ? Convert.ToByte(text, 16) : byte.Parse(text, null);

    public static ushort Word(string text) => text.StartsWith("0x", StringComparison.Ordinal) ? Convert.ToUInt16(text, 16) : ushort.Parse(text, null);
}
