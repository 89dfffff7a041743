using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;

namespace DVStakers.Edge.HardwareProbe;

/// <summary>An LED of /dev/uleds: whatever the kernel makes of it, its brightness comes out here. Part of the lab, not of what is under test.</summary>
internal static class UserLed
{
    private const int NameSize = 64;

    /// <summary>"brightness MILLISECONDS-SINCE-BOOT" for each change, until the process is ended; the LED goes with it.</summary>
    public static int Show(string name, int maximum)
    {
        using var device = new FileStream("/dev/uleds", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        var wish = new byte[NameSize + sizeof(int)];
        Encoding.ASCII.GetBytes(name, wish);
        BinaryPrimitives.WriteInt32LittleEndian(wish.AsSpan(NameSize), maximum);
        device.Write(wish);
        Answer.Line("ready");
        var brightness = new byte[sizeof(int)];
        while (device.Read(brightness) == brightness.Length)
            Answer.Line($"{BinaryPrimitives.ReadInt32LittleEndian(brightness)} {Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1000)}");
        return 0;
    }
}
