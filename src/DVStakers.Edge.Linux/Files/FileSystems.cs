using System.Runtime.InteropServices;
using DVStakers.Edge.Linux.Kernel;

namespace DVStakers.Edge.Linux.Files;

/// <summary>What .NET does not know of file systems.</summary>
public static partial class FileSystems
{
    /// <summary>All that was written so far, by whomever, is on the disks when it returns.</summary>
    public static void Flush() => sync();

    /// <summary>
    /// Two files or folders change their names with each other, at once: there is no moment in which one of the names leads to nothing. Both are in one file system.
    /// </summary>
    /// <exception cref="IOException">Nothing was changed.</exception>
    public static void Exchange(string one, string other)
    {
        if (renameat2(AtWorkingDirectory, one, AtWorkingDirectory, other, RENAME_EXCHANGE) != 0)
            throw new IOException($"{one} and {other} cannot be exchanged: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }

    /// <summary>The names in a folder are on the disk when it returns.</summary>
    /// <exception cref="IOException">They are not.</exception>
    public static void FlushFolder(string folder)
    {
        using var handle = Libc.TryOpen(folder, Libc.O_RDONLY, out var errno);
        // Some file systems cannot flush a folder (EINVAL); there the rename is as good as it gets.
        if (handle is not null && fsync(handle) < 0)
            errno = Marshal.GetLastPInvokeError() is var failed && failed == Errno.EINVAL ? 0 : failed;
        if (errno != 0)
            throw new IOException($"{folder} cannot be flushed to the disk: {Marshal.GetPInvokeErrorMessage(errno)}");
    }

    private const int AtWorkingDirectory = -100;
    private const uint RENAME_EXCHANGE = 2;

    [LibraryImport("libc")]
    private static partial void sync();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(Microsoft.Win32.SafeHandles.SafeFileHandle fd);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int renameat2(int olddirfd, string oldpath, int newdirfd, string newpath, uint flags);
}
