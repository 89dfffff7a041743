using DVStakers.Edge.Linux.Kernel;
using Microsoft.Win32.SafeHandles;
using static DVStakers.Edge.Linux.Gpio.GpioNative;

namespace DVStakers.Edge.Linux.Gpio;

/// <summary>An open GPIO chip: its lines' names and users. Requested lines outlive it.</summary>
public sealed class GpioChip : IDisposable
{
    private readonly SafeFileHandle handle;

    private GpioChip(SafeFileHandle handle, string path, string label, uint lines)
    {
        this.handle = handle;
        Path = path;
        Label = label;
        LineCount = lines;
    }

    public string Path { get; }

    public string Label { get; }

    public uint LineCount { get; }

    /// <summary>Opens the chip with this label.</summary>
    /// <exception cref="DeviceException">None has it, or it may not be opened.</exception>
    public static GpioChip Open(KernelPaths paths, string label)
    {
        var seen = new List<string>();
        DeviceException? refused = null;
        foreach (var path in Nodes(paths))
        {
            try
            {
                var chip = OpenPath(path);
                if (chip.Label == label)
                    return chip;
                seen.Add(chip.Label);
                chip.Dispose();
            }
            catch (DeviceException e)
            {
                refused ??= e;
            }
        }
        if (refused is not null)
            throw refused;
        var there = seen.Count == 0 ? $"there is no gpiochip in {paths.Dev}" : $"there are: {string.Join(", ", seen)}";
        throw new DeviceException($"GPIO chip '{label}'", Errno.ENOENT, $"no chip has this label; {there}", "correct the label, or load the chip's driver or overlay", mayHeal: true);
    }

    /// <summary>The line's place on this chip.</summary>
    /// <exception cref="DeviceException">There is no such line, or more than one of that name.</exception>
    public uint Find(GpioLine line)
    {
        if (line.Offset is { } offset)
            return offset < LineCount ? offset : throw Missing(line, $"the chip has {LineCount} lines");
        var found = new List<uint>();
        for (uint at = 0; at < LineCount; at++)
        {
            var info = Info(at);
            if (Libc.Text(info.name) == line.Name)
                found.Add(at);
        }
        return found.Count switch
        {
            1 => found[0],
            0 => throw Missing(line, "no line of the chip has this name"),
            _ => throw Missing(line, $"{found.Count} lines of the chip have this name, at {string.Join(", ", found)}"),
        };
    }

    /// <summary>Who holds the line, as it calls itself; null: nobody.</summary>
    public string? User(uint offset)
    {
        var info = Info(offset);
        return (info.flags & GPIO_V2_LINE_FLAG_USED) == 0 ? null : Libc.Text(info.consumer) is { Length: > 0 } name ? name : "the kernel";
    }

    public void Dispose() => handle.Dispose();

    internal int Request(ref gpio_v2_line_request request) => Libc.Ioctl(handle, GPIO_V2_GET_LINE_IOCTL, ref request);

    private gpio_v2_line_info Info(uint offset)
    {
        var info = new gpio_v2_line_info { offset = offset };
        var errno = Libc.Ioctl(handle, GPIO_V2_GET_LINEINFO_IOCTL, ref info);
        return errno == 0 ? info : throw ErrnoWords.Exception(DeviceKind.Gpio, Path, errno);
    }

    private static GpioChip OpenPath(string path)
    {
        var handle = Libc.TryOpen(path, Libc.O_RDWR, out var errno) ?? throw ErrnoWords.Exception(DeviceKind.Gpio, path, errno);
        var info = new gpiochip_info();
        errno = Libc.Ioctl(handle, GPIO_GET_CHIPINFO_IOCTL, ref info);
        if (errno == 0)
            return new GpioChip(handle, path, Libc.Text(info.label), info.lines);
        handle.Dispose();
        throw ErrnoWords.Exception(DeviceKind.Gpio, path, errno);
    }

    // Some boards have links beside the nodes, and a chip must not be met twice.
    private static IEnumerable<string> Nodes(KernelPaths paths) => Directory.Exists(paths.Dev)
        ? Directory.EnumerateFileSystemEntries(paths.Dev, "gpiochip*").Where(p => new FileInfo(p).LinkTarget is null).Order(StringComparer.Ordinal)
        : [];

    private static DeviceException Missing(GpioLine line, string words) =>
        new($"GPIO line {line}", Errno.ENOENT, words, "gpioinfo lists chips and lines", mayHeal: true);
}
