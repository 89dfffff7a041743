using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DVStakers.Edge.Linux.Gpio;

#pragma warning disable IDE1006, CA1707, CS0169, IDE0044, IDE0051 // The names of linux/gpio.h; padding that nobody reads.

/// <summary>linux/gpio.h, uAPI v2 (kernel 5.10 and later). Names as in C; a test checks every size, offset and number.</summary>
internal static class GpioNative
{
    public const uint GPIO_GET_CHIPINFO_IOCTL = 0x8044B401;
    public const uint GPIO_V2_GET_LINEINFO_IOCTL = 0xC100B405;
    public const uint GPIO_V2_GET_LINE_IOCTL = 0xC250B407;
    public const uint GPIO_V2_LINE_GET_VALUES_IOCTL = 0xC010B40E;
    public const uint GPIO_V2_LINE_SET_VALUES_IOCTL = 0xC010B40F;

    public const int GPIO_MAX_NAME_SIZE = 32;
    public const int GPIO_V2_LINES_MAX = 64;

    public const ulong GPIO_V2_LINE_FLAG_USED = 1 << 0;
    public const ulong GPIO_V2_LINE_FLAG_ACTIVE_LOW = 1 << 1;
    public const ulong GPIO_V2_LINE_FLAG_INPUT = 1 << 2;
    public const ulong GPIO_V2_LINE_FLAG_OUTPUT = 1 << 3;
    public const ulong GPIO_V2_LINE_FLAG_EDGE_RISING = 1 << 4;
    public const ulong GPIO_V2_LINE_FLAG_EDGE_FALLING = 1 << 5;
    public const ulong GPIO_V2_LINE_FLAG_OPEN_DRAIN = 1 << 6;
    public const ulong GPIO_V2_LINE_FLAG_OPEN_SOURCE = 1 << 7;
    public const ulong GPIO_V2_LINE_FLAG_BIAS_PULL_UP = 1 << 8;
    public const ulong GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN = 1 << 9;
    public const ulong GPIO_V2_LINE_FLAG_BIAS_DISABLED = 1 << 10;

    public const uint GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES = 2;
    public const uint GPIO_V2_LINE_ATTR_ID_DEBOUNCE = 3;

    public const uint GPIO_V2_LINE_EVENT_RISING_EDGE = 1;
    public const uint GPIO_V2_LINE_EVENT_FALLING_EDGE = 2;
}

[InlineArray(GpioNative.GPIO_MAX_NAME_SIZE)]
internal struct gpio_name
{
    private byte first;
}

[InlineArray(GpioNative.GPIO_V2_LINES_MAX)]
internal struct gpio_v2_offsets
{
    private uint first;
}

[InlineArray(10)]
internal struct gpio_v2_attrs
{
    private gpio_v2_line_attribute first;
}

[InlineArray(10)]
internal struct gpio_v2_config_attrs
{
    private gpio_v2_line_config_attribute first;
}

[InlineArray(4)]
internal struct padding_4
{
    private uint first;
}

[InlineArray(5)]
internal struct padding_5
{
    private uint first;
}

[InlineArray(6)]
internal struct padding_6
{
    private uint first;
}

[StructLayout(LayoutKind.Sequential)]
internal struct gpiochip_info
{
    public gpio_name name;
    public gpio_name label;
    public uint lines;
}

[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct gpio_v2_line_attribute
{
    [FieldOffset(0)] public uint id;
    [FieldOffset(4)] public uint padding;
    [FieldOffset(8)] public ulong flags;
    [FieldOffset(8)] public ulong values;
    [FieldOffset(8)] public uint debounce_period_us;
}

[StructLayout(LayoutKind.Sequential)]
internal struct gpio_v2_line_config_attribute
{
    public gpio_v2_line_attribute attr;
    public ulong mask;
}

[StructLayout(LayoutKind.Sequential)]
internal struct gpio_v2_line_config
{
    public ulong flags;
    public uint num_attrs;
    public padding_5 padding;
    public gpio_v2_config_attrs attrs;
}

[StructLayout(LayoutKind.Sequential)]
internal struct gpio_v2_line_request
{
    public gpio_v2_offsets offsets;
    public gpio_name consumer;
    public gpio_v2_line_config config;
    public uint num_lines;
    public uint event_buffer_size;
    public padding_5 padding;
    public int fd;
}

[StructLayout(LayoutKind.Sequential)]
internal struct gpio_v2_line_info
{
    public gpio_name name;
    public gpio_name consumer;
    public uint offset;
    public uint num_attrs;
    public ulong flags;
    public gpio_v2_attrs attrs;
    public padding_4 padding;
}

[StructLayout(LayoutKind.Sequential)]
internal struct gpio_v2_line_values
{
    public ulong bits;
    public ulong mask;
}

[StructLayout(LayoutKind.Sequential)]
internal struct gpio_v2_line_event
{
    public ulong timestamp_ns;
    public uint id;
    public uint offset;
    public uint seqno;
    public uint line_seqno;
    public padding_6 padding;
}
