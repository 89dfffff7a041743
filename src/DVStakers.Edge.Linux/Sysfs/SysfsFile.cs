using System.Globalization;
using System.Text;
using DVStakers.Edge.Linux.Kernel;

namespace DVStakers.Edge.Linux.Sysfs;

/// <summary>One attribute of sysfs: a little text, written in one call.</summary>
public static class SysfsFile
{
    /// <summary>A page is the rule; the list of an LED's triggers may be longer.</summary>
    private const int Longest = 4 * 4096;

    /// <summary>Its text without the line break at the end.</summary>
    /// <exception cref="DeviceException">As every number that the driver may answer with.</exception>
    public static string Read(string path) => Read(path, out var errno) ?? throw ErrnoWords.Exception(DeviceKind.Sysfs, path, errno);

    /// <summary>Null: it is not there, or cannot be read now.</summary>
    public static string? TryRead(string path) => Read(path, out _);

    public static string? Read(string path, out int errno)
    {
        using var file = Libc.TryOpen(path, Libc.O_RDONLY, out errno);
        if (file is null)
            return null;
        Span<byte> bytes = stackalloc byte[Longest];
        var length = 0;
        int got;
        do
        {
            got = Libc.Read(file, bytes[length..]);
            length += Math.Max(got, 0);
        } while (got > 0 && length < Longest);
        errno = got < 0 ? -got : 0;
        return got < 0 ? null : Encoding.UTF8.GetString(bytes[..length]).TrimEnd('\n', '\0');
    }

    /// <exception cref="DeviceException">Not there, not writable, or the driver does not take it.</exception>
    public static void Write(string path, string text)
    {
        // O_TRUNC means nothing to sysfs, but much to the folders of tests.
        using var file = Libc.TryOpen(path, Libc.O_WRONLY | Libc.O_TRUNC, out var errno);
        if (file is not null)
            errno = Libc.Write(file, Encoding.UTF8.GetBytes(text));
        if (errno != 0)
            throw ErrnoWords.Exception(DeviceKind.Sysfs, path, errno);
    }

    public static void Write(string path, long number) => Write(path, number.ToString(CultureInfo.InvariantCulture));

    /// <exception cref="DeviceException">Also where it is not a number (EPROTO).</exception>
    public static long ReadNumber(string path)
    {
        var text = Read(path);
        return long.TryParse(text.AsSpan().Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new DeviceException(path, Errno.EPROTO, $"'{text}' is not a number", null, mayHeal: true);
    }
}
