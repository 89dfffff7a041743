using System.Text;
using System.Threading.Channels;
using DVStakers.Edge.Linux.Kernel;
using Microsoft.Win32.SafeHandles;
using static DVStakers.Edge.Linux.Gpio.GpioNative;

namespace DVStakers.Edge.Linux.Gpio;

/// <summary>Lines that this process holds, all of one chip. They are released on <see cref="Dispose"/>; their level afterwards is the hardware's choice.</summary>
public sealed class GpioLines : IDisposable
{
    private readonly SafeFileHandle handle;
    private readonly GpioEdgeThread? edges;
    private readonly string device;

    private GpioLines(SafeFileHandle handle, string device, uint[] offsets, bool withEdges)
    {
        this.handle = handle;
        this.device = device;
        Count = offsets.Length;
        edges = withEdges ? new GpioEdgeThread(handle, device, offsets) : null;
    }

    public int Count { get; }

    /// <summary>The edges, for one reader; empty and complete where none were asked for. Ends with a <see cref="DeviceException"/> when the chip is gone.</summary>
    public ChannelReader<GpioEdge> Edges => edges?.Edges ?? GpioEdgeThread.NoEdges;

    /// <param name="consumer">What others see as the user of the lines; at most 31 bytes of it.</param>
    /// <exception cref="DeviceException">Missing, in use (by whom), not permitted, or not possible on this chip.</exception>
    public static GpioLines Request(KernelPaths paths, IReadOnlyList<GpioLine> lines, GpioSettings settings, string consumer = "dvstakers-edge")
    {
        if (lines.Count is 0 or > GPIO_V2_LINES_MAX || lines.Any(l => l.Chip != lines[0].Chip))
            throw new ArgumentException($"a request is of 1 to {GPIO_V2_LINES_MAX} lines of one chip", nameof(lines));
        using var chip = GpioChip.Open(paths, lines[0].Chip);
        uint[] offsets = [.. lines.Select(chip.Find)];
        var request = Native(offsets, settings, consumer);
        var errno = chip.Request(ref request);
        var device = $"GPIO line {string.Join(", ", lines)} ({chip.Path})";
        if (errno == Errno.EBUSY)
            throw ErrnoWords.Exception(DeviceKind.Gpio, device, errno, User(chip, offsets));
        if (errno != 0)
            throw ErrnoWords.Exception(DeviceKind.Gpio, device, errno);
        return new GpioLines(new SafeFileHandle(request.fd, ownsHandle: true), device, offsets, settings.Edges != GpioEdges.None);
    }

    public static GpioLines Request(KernelPaths paths, GpioLine line, GpioSettings settings, string consumer = "dvstakers-edge") =>
        Request(paths, [line], settings, consumer);

    /// <summary>The logical levels; bit n is line n of the request.</summary>
    /// <exception cref="DeviceException">The chip is gone.</exception>
    public ulong Get()
    {
        var values = new gpio_v2_line_values { mask = All };
        Check(Libc.Ioctl(handle, GPIO_V2_LINE_GET_VALUES_IOCTL, ref values));
        return values.bits & All;
    }

    public bool Get(int line) => (Get() & Bit(line)) != 0;

    /// <summary>Sets the lines whose bit is in the mask, all at once.</summary>
    /// <exception cref="DeviceException">The chip is gone, or the lines are inputs.</exception>
    public void Set(ulong values, ulong mask)
    {
        var native = new gpio_v2_line_values { bits = values, mask = mask & All };
        Check(Libc.Ioctl(handle, GPIO_V2_LINE_SET_VALUES_IOCTL, ref native));
    }

    public void Set(int line, bool on) => Set(on ? Bit(line) : 0, Bit(line));

    public void Dispose()
    {
        edges?.Dispose();
        handle.Dispose();
    }

    internal static gpio_v2_line_request Native(ReadOnlySpan<uint> offsets, GpioSettings settings, string consumer)
    {
        var request = new gpio_v2_line_request { num_lines = (uint)offsets.Length };
        offsets.CopyTo(request.offsets);
        // The last byte stays null.
        Encoding.UTF8.GetEncoder().Convert(consumer, ((Span<byte>)request.consumer)[..(GPIO_MAX_NAME_SIZE - 1)], flush: true, out _, out _, out _);
        request.config.flags = Flags(settings);
        var all = Mask(offsets.Length);
        if (settings.Output)
            Add(ref request.config, new() { id = GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES, values = settings.InitialValues & all }, all);
        else if (settings.Debounce > TimeSpan.Zero)
            Add(ref request.config, new() { id = GPIO_V2_LINE_ATTR_ID_DEBOUNCE, debounce_period_us = (uint)settings.Debounce.TotalMicroseconds }, all);
        return request;
    }

    private ulong All => Mask(Count);

    private static ulong Mask(int lines) => ulong.MaxValue >> (GPIO_V2_LINES_MAX - lines);

    private ulong Bit(int line) => line >= 0 && line < Count ? 1UL << line : throw new ArgumentOutOfRangeException(nameof(line));

    private static void Add(ref gpio_v2_line_config config, gpio_v2_line_attribute attribute, ulong mask) =>
        config.attrs[(int)config.num_attrs++] = new() { attr = attribute, mask = mask };

    private static ulong Flags(GpioSettings settings)
    {
        var flags = settings.ActiveLow ? GPIO_V2_LINE_FLAG_ACTIVE_LOW : 0;
        flags |= settings.Bias switch
        {
            GpioBias.PullUp => GPIO_V2_LINE_FLAG_BIAS_PULL_UP,
            GpioBias.PullDown => GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN,
            GpioBias.Disabled => GPIO_V2_LINE_FLAG_BIAS_DISABLED,
            _ => 0,
        };
        if (settings.Output)
            return flags | GPIO_V2_LINE_FLAG_OUTPUT | settings.Drive switch
            {
                GpioDrive.OpenDrain => GPIO_V2_LINE_FLAG_OPEN_DRAIN,
                GpioDrive.OpenSource => GPIO_V2_LINE_FLAG_OPEN_SOURCE,
                _ => 0,
            };
        return flags | GPIO_V2_LINE_FLAG_INPUT
            | (settings.Edges.HasFlag(GpioEdges.Rising) ? GPIO_V2_LINE_FLAG_EDGE_RISING : 0)
            | (settings.Edges.HasFlag(GpioEdges.Falling) ? GPIO_V2_LINE_FLAG_EDGE_FALLING : 0);
    }

    private static string? User(GpioChip chip, uint[] offsets) =>
        offsets.Select(chip.User).FirstOrDefault(u => u is not null) is { } user ? $"'{user}'" : null;

    private void Check(int errno)
    {
        if (errno != 0)
            throw ErrnoWords.Exception(DeviceKind.Gpio, device, errno);
    }
}
