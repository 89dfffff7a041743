namespace DVStakers.Edge.Linux.Kernel;

/// <summary>
/// The kernel refused something of a device. The message names the device, what happened, and the remedy. Whoever meets it shows it and tries again
/// later: everything here opens anew on the next call.
/// </summary>
public sealed class DeviceException : IOException
{
    internal DeviceException(string device, int errno, string words, string? remedy, bool mayHeal)
        : base(remedy is null ? $"{device}: {words}" : $"{device}: {words}; {remedy}")
    {
        Device = device;
        Errno = errno;
        Words = words;
        Remedy = remedy;
        MayHeal = mayHeal;
    }

    /// <summary>What it is about: a path, and the line or the address where there is one.</summary>
    public string Device { get; }

    /// <summary>As in <see cref="Kernel.Errno"/>.</summary>
    public int Errno { get; }

    /// <summary>What happened.</summary>
    public string Words { get; }

    /// <summary>What a person can do; null: nothing but to wait or to look at the hardware.</summary>
    public string? Remedy { get; }

    /// <summary>True: it may go away by itself (a late device, a group not set yet, a chip that is unplugged). False: the configuration or the kernel must change.</summary>
    public bool MayHeal { get; }
}
