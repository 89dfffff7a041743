using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using DVStakers.Edge.Linux.Kernel;
using Microsoft.Win32.SafeHandles;

namespace DVStakers.Edge.Linux.Gpio;

/// <summary>Reads a request's edges on a thread of its own, which sleeps in poll(2) until there is one; an eventfd wakes it to end.</summary>
internal sealed class GpioEdgeThread : IDisposable
{
    /// <summary>More than the kernel keeps for one line (16).</summary>
    private const int AtOnce = 16;
    private const int Capacity = 256;

    public static readonly ChannelReader<GpioEdge> NoEdges = Ended();

    private readonly SafeFileHandle lines;
    private readonly SafeFileHandle wake;
    private readonly string device;
    private readonly uint[] offsets;
    private readonly Thread thread;

    // Whoever reads too slowly loses the oldest: the level now matters more.
    private readonly Channel<GpioEdge> edges = Channel.CreateBounded<GpioEdge>(
        new BoundedChannelOptions(Capacity) { SingleWriter = true, SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest });

    public GpioEdgeThread(SafeFileHandle lines, string device, uint[] offsets)
    {
        this.lines = lines;
        this.device = device;
        this.offsets = offsets;
        wake = Libc.TryEventFd(out var errno) ?? throw ErrnoWords.Exception(DeviceKind.Gpio, device, errno);
        thread = new Thread(Run) { IsBackground = true, Name = "gpio" };
        thread.Start();
    }

    public ChannelReader<GpioEdge> Edges => edges.Reader;

    public void Dispose()
    {
        if (wake.IsClosed)
            return;
        Libc.Write(wake, BitConverter.GetBytes(1UL));
        thread.Join();
        wake.Dispose();
    }

    private void Run()
    {
        var errno = Read();
        edges.Writer.Complete(errno == 0 ? null : ErrnoWords.Exception(DeviceKind.Gpio, device, errno));
    }

    private int Read()
    {
        // Dispose joins this thread before either is closed.
        Span<pollfd> fds =
        [
            new() { fd = (int)lines.DangerousGetHandle(), events = Libc.POLLIN },
            new() { fd = (int)wake.DangerousGetHandle(), events = Libc.POLLIN },
        ];
        Span<gpio_v2_line_event> events = stackalloc gpio_v2_line_event[AtOnce];
        while (true)
        {
            var errno = Libc.Poll(fds);
            if (errno != 0)
                return errno;
            if (fds[1].revents != 0)
                return 0;
            if ((fds[0].revents & Libc.POLLIN) == 0)
                return Errno.ENODEV;
            var got = Libc.Read(lines, MemoryMarshal.AsBytes(events));
            if (got <= 0)
                return got == 0 ? Errno.ENODEV : -got;
            foreach (ref readonly var e in events[..(got / Unsafe.SizeOf<gpio_v2_line_event>())])
                edges.Writer.TryWrite(new(Array.IndexOf(offsets, e.offset), e.id == GpioNative.GPIO_V2_LINE_EVENT_RISING_EDGE,
                    TimeSpan.FromTicks((long)(e.timestamp_ns / 100)), e.seqno));
        }
    }

    private static ChannelReader<GpioEdge> Ended()
    {
        var channel = Channel.CreateBounded<GpioEdge>(1);
        channel.Writer.Complete();
        return channel.Reader;
    }
}
