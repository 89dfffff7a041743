using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DVStakers.Edge.Linux.Kernel;

/// <summary>The system calls for devices. Names as in C; each helper below repeats a call that a signal interrupted.</summary>
internal static unsafe partial class Libc
{
    public const int O_RDONLY = 0;
    public const int O_WRONLY = 1;
    public const int O_RDWR = 2;
    public const int O_TRUNC = 0x200;
    public const int O_CLOEXEC = 0x80000;
    public const int EFD_CLOEXEC = 0x80000;
    public const short POLLIN = 1;
    public const short POLLERR = 8;
    public const short POLLHUP = 16;

    /// <summary>Null: it failed, and <paramref name="errno"/> says why.</summary>
    public static SafeFileHandle? TryOpen(string path, int flags, out int errno)
    {
        int fd;
        do
        {
            fd = open(path, flags | O_CLOEXEC);
            errno = fd < 0 ? Marshal.GetLastPInvokeError() : 0;
        } while (errno == Errno.EINTR);
        return fd < 0 ? null : new SafeFileHandle(fd, ownsHandle: true);
    }

    /// <returns>0, or the error number.</returns>
    public static int Ioctl<T>(SafeFileHandle fd, uint request, ref T argument) where T : unmanaged
    {
        fixed (T* pointer = &argument)
            return Ioctl(fd, request, (nuint)pointer);
    }

    /// <returns>0, or the error number.</returns>
    public static int Ioctl(SafeFileHandle fd, uint request, nuint argument)
    {
        while (ioctl(fd, request, argument) < 0)
            if (Marshal.GetLastPInvokeError() is var errno and not Errno.EINTR)
                return errno;
        return 0;
    }

    /// <returns>How many bytes were read, or the error number with a minus.</returns>
    public static int Read(SafeFileHandle fd, Span<byte> into)
    {
        fixed (byte* pointer = into)
        {
            while (true)
            {
                var got = read(fd, pointer, (nuint)into.Length);
                if (got >= 0)
                    return (int)got;
                if (Marshal.GetLastPInvokeError() is var errno and not Errno.EINTR)
                    return -errno;
            }
        }
    }

    /// <returns>0, or the error number.</returns>
    public static int Write(SafeFileHandle fd, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* pointer = bytes)
        {
            while (write(fd, pointer, (nuint)bytes.Length) < 0)
                if (Marshal.GetLastPInvokeError() is var errno and not Errno.EINTR)
                    return errno;
        }
        return 0;
    }

    /// <summary>Waits without a limit until one of them has something to say.</summary>
    /// <returns>0, or the error number.</returns>
    public static int Poll(Span<pollfd> fds)
    {
        fixed (pollfd* pointer = fds)
        {
            while (poll(pointer, (nuint)fds.Length, -1) < 0)
                if (Marshal.GetLastPInvokeError() is var errno and not Errno.EINTR)
                    return errno;
        }
        return 0;
    }

    public static SafeFileHandle? TryEventFd(out int errno)
    {
        var fd = eventfd(0, EFD_CLOEXEC);
        errno = fd < 0 ? Marshal.GetLastPInvokeError() : 0;
        return fd < 0 ? null : new SafeFileHandle(fd, ownsHandle: true);
    }

    /// <summary>What stands in a fixed C array before its first null byte.</summary>
    public static string Text(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)0);
        return System.Text.Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int open(string pathname, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeFileHandle fd, nuint request, nuint argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(SafeFileHandle fd, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(SafeFileHandle fd, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(pollfd* fds, nuint nfds, int timeout);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint initval, int flags);
}

#pragma warning disable IDE1006, CA1707, CS8981 // The names of poll.h
[StructLayout(LayoutKind.Sequential)]
internal struct pollfd
{
    public int fd;
    public short events;
    public short revents;
}
