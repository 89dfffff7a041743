using System.Runtime.InteropServices;

namespace DVStakers.Edge.Linux.Clock;

/// <summary>What the kernel says of its own clock.</summary>
/// <param name="Synchronised">Something disciplines it: not STA_UNSYNC.</param>
/// <param name="MaximumError">The most that it may be wrong by, by its own estimate.</param>
public sealed record KernelClockState(bool Synchronised, TimeSpan MaximumError);

/// <summary>adjtimex(2), asked only.</summary>
public static partial class KernelClock
{
    private const int STA_UNSYNC = 0x0040;

#pragma warning disable IDE1006, CS8981 // The name in timex.h
    /// <summary>struct timex of 64-bit Linux. With no modes set nothing is changed.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 208)]
    internal struct timex
#pragma warning restore IDE1006, CS8981
    {
        [FieldOffset(0)] public uint modes;
        [FieldOffset(24)] public long maxerror;
        [FieldOffset(40)] public int status;
    }

    /// <summary>Null: the kernel does not let us ask; systemd's ProtectClock= forbids even that.</summary>
    public static KernelClockState? Read()
    {
        var buf = new timex();
        return adjtimex(ref buf) < 0 ? null : new((buf.status & STA_UNSYNC) == 0, TimeSpan.FromMicroseconds(buf.maxerror));
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int adjtimex(ref timex buf);
}
