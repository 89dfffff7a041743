using System.Globalization;
using DVStakers.Edge.Linux.I2c;
using DVStakers.Edge.Linux.Kernel;

namespace DVStakers.Edge.HardwareProbe;

internal static class I2cCommands
{
    /// <summary>Steps such as "rb 0x02", "ww 0x02 0x1234"; each answers with a line.</summary>
    public static int Run(string bus, byte address, string[] steps)
    {
        using var chip = new I2cBus(KernelPaths.System, bus).Device(address);
        var failed = 0;
        for (var at = 0; at < steps.Length;)
        {
            var (operation, register) = (steps[at], Number.Of(steps[at + 1]));
            var value = operation[0] == 'w' ? steps[at + 2] : "";
            at += operation[0] == 'w' ? 3 : operation == "rk" ? 3 : 2;
            failed |= Answer.Of(() => Step(chip, operation, register, operation == "rk" ? steps[at - 1] : value));
        }
        return failed;
    }

    /// <summary>The big-endian word of a register four times a second, each change of it, until the process is ended: what a driver of a gauge does.</summary>
    public static async Task<int> Poll(string bus, byte address, byte register)
    {
        using var chip = new I2cBus(KernelPaths.System, bus).Device(address);
        string? last = null;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        do
        {
            string now;
            try
            {
                now = $"value 0x{chip.ReadWordBigEndian(register):x4}";
            }
            catch (DeviceException e)
            {
                now = $"error {e.Errno} {(e.MayHeal ? "heals" : "stays")} {e.Message}";
            }
            if (now != last)
                Answer.Line(last = now);
        } while (await timer.WaitForNextTickAsync());
        return 0;
    }

    /// <summary>
    /// Plays chips: each line of the input, "0x36 02:d100 04:6380", is written to their registers as a byte, a word or a block by its length, and answered. From this thread alone,
    /// for the kernel's trace tells by its name who wrote.
    /// </summary>
    public static int Bench(string name)
    {
        var bus = new I2cBus(KernelPaths.System, name);
        var chips = new Dictionary<string, I2cDevice>(StringComparer.Ordinal);
        while (Console.In.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            if (!chips.TryGetValue(words[0], out var chip))
                chips.Add(words[0], chip = bus.Device(Number.Of(words[0])));
            Answer.Of(() =>
            {
                foreach (var transfer in words[1..])
                    Write(chip, Convert.ToByte(transfer[..2], 16), Convert.FromHexString(transfer.AsSpan(3)));
                return $"{words[0]} is so";
            });
        }
        return 0;
    }

    private static void Write(I2cDevice chip, byte register, byte[] bytes)
    {
        if (bytes.Length == 1)
            chip.WriteByte(register, bytes[0]);
        else if (bytes.Length == 2)
            chip.WriteWordLittleEndian(register, (ushort)(bytes[0] | bytes[1] << 8));
        else
            chip.WriteBlock(register, bytes);
    }

    /// <summary>Two users of one chip write a pair of registers that belong together, a third reads them: never half of each.</summary>
    public static async Task<int> Turns(string name, byte address)
    {
        var bus = new I2cBus(KernelPaths.System, name);
        int torn = 0, read = 0;
        Write(bus, address, 0);
        var writers = Enumerable.Range(1, 2).Select(value => Task.Run(() =>
        {
            for (var i = 0; i < 200; i++)
                Write(bus, address, (ushort)(value * 0x1111));
        })).ToList();
        using var chip = bus.Device(address);
        while (writers.Exists(w => !w.IsCompleted))
            using (bus.Turn())
            {
                torn += chip.ReadWordLittleEndian(0x20) == chip.ReadWordLittleEndian(0x21) ? 0 : 1;
                read++;
            }
        await Task.WhenAll(writers);
        Answer.Line($"torn {torn} of {(read > 0 ? "some" : "no")} readings");
        return 0;
    }

    private static void Write(I2cBus bus, byte address, ushort value)
    {
        using var chip = bus.Device(address);
        using (bus.Turn())
        {
            chip.WriteWordLittleEndian(0x20, value);
            chip.WriteWordLittleEndian(0x21, value);
        }
    }

    private static string Step(I2cDevice chip, string operation, byte register, string value)
    {
        switch (operation)
        {
            case "rb":
                return string.Create(CultureInfo.InvariantCulture, $"0x{chip.ReadByte(register):x2}");
            case "rw":
                return $"0x{chip.ReadWordLittleEndian(register):x4}";
            case "rwb":
                return $"0x{chip.ReadWordBigEndian(register):x4}";
            case "rk":
                var block = new byte[Number.Of(value)];
                chip.ReadBlock(register, block);
                return Convert.ToHexStringLower(block);
            case "wb":
                chip.WriteByte(register, Number.Of(value));
                return "written";
            case "ww":
                chip.WriteWordLittleEndian(register, Number.Word(value));
                return "written";
            case "wwb":
                chip.WriteWordBigEndian(register, Number.Word(value));
                return "written";
            case "wk":
                chip.WriteBlock(register, Convert.FromHexString(value));
                return "written";
            default:
                return $"unknown step {operation}";
        }
    }
}
