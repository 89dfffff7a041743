using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DVStakers.Edge.Linux.Files;

/// <summary>Whom a file belongs to, by the numbers of user and group; .NET itself knows modes only.</summary>
public readonly partial record struct FileOwner(uint User, uint Group)
{
    /// <summary>Null: there is nothing at that path. A link is not followed.</summary>
    /// <exception cref="IOException">It is there, and cannot be looked at.</exception>
    public static FileOwner? Of(string path)
    {
        Span<byte> found = stackalloc byte[StatxBytes];
        if (statx(AtWorkingDirectory, path, NoFollow, UserAndGroup, ref MemoryMarshal.GetReference(found)) == 0)
            return new(Number(found, StatxUser), Number(found, StatxGroup));
        var error = Marshal.GetLastPInvokeError();
        return error is ENOENT or ENOTDIR ? null : throw new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    /// <summary>A user of this machine (/etc/passwd) with their own group; null: there is none of that name.</summary>
    public static FileOwner? OfUser(string name)
    {
        foreach (var line in File.ReadLines("/etc/passwd"))
            if (line.Split(':') is [var found, _, var user, var group, ..] && found == name && Parse(user, group) is { } owner)
                return owner;
        return null;
    }

    /// <summary>By the names of user and group, or their numbers, on this machine; null: one of them is not known here.</summary>
    public static FileOwner? OfNames(string user, string group) =>
        Number("/etc/passwd", user) is { } u && Number("/etc/group", group) is { } g ? new(u, g) : null;

    /// <summary>Their names on this machine; the number where there is none.</summary>
    public (string User, string Group) Names() => (Name("/etc/passwd", User), Name("/etc/group", Group));

    /// <summary>Null where the two are no numbers.</summary>
    public static FileOwner? Parse(string? user, string? group) =>
        uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var u) && uint.TryParse(group, NumberStyles.None, CultureInfo.InvariantCulture, out var g) ? new(u, g) : null;

    /// <summary>Gives them an open file. Only root may.</summary>
    /// <exception cref="IOException">It cannot be given.</exception>
    public void Take(SafeFileHandle file) => Check(fchown(file, User, Group), "the file");

    /// <summary>Gives them what is at that path; of a link, the link itself.</summary>
    /// <exception cref="IOException">It cannot be given.</exception>
    public void Take(string path) => Check(lchown(path, User, Group), path);

    private void Check(int result, string what)
    {
        if (result != 0)
            throw new IOException($"{what} cannot be given to user {User} and group {Group}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }

    // Both files begin their lines with name, password and number.
    private static uint? Number(string file, string name)
    {
        foreach (var line in File.ReadLines(file))
            if (line.Split(':') is [var found, _, var number, ..] && found == name && uint.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                return id;
        return uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var itself) ? itself : null;
    }

    private static string Name(string file, uint id)
    {
        var text = id.ToString(CultureInfo.InvariantCulture);
        foreach (var line in File.ReadLines(file))
            if (line.Split(':') is [var found, _, var number, ..] && number == text)
                return found;
        return text;
    }

    private static uint Number(ReadOnlySpan<byte> bytes, int at) =>
        BitConverter.IsLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]) : BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);

    private const int ENOENT = 2;
    private const int ENOTDIR = 20;

    // struct statx is the same on every processor, unlike struct stat.
    private const int StatxBytes = 256;
    private const int StatxUser = 20;
    private const int StatxGroup = 24;
    private const int AtWorkingDirectory = -100;
    private const int NoFollow = 0x100;
    private const uint UserAndGroup = 0x8 | 0x10;

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int statx(int dirfd, string pathname, int flags, uint mask, ref byte statxbuf);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchown(SafeFileHandle fd, uint owner, uint group);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int lchown(string pathname, uint owner, uint group);
}
