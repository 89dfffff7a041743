using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DVStakers.Edge.Linux.Gpio;
using DVStakers.Edge.Linux.I2c;
using DVStakers.Edge.Linux.Kernel;

namespace DVStakers.Edge.Tests.Linux;

/// <summary>The structures and numbers as linux/gpio.h and linux/i2c-dev.h have them on 64-bit machines.</summary>
public sealed class KernelLayoutTests
{
    [Fact]
    public void Structures_have_the_sizes_of_the_kernel() => Assert.Equal(
        [68, 16, 16, 24, 272, 592, 256, 48, 34, 16, 8],
        [
            Unsafe.SizeOf<gpiochip_info>(), Unsafe.SizeOf<gpio_v2_line_values>(), Unsafe.SizeOf<gpio_v2_line_attribute>(), Unsafe.SizeOf<gpio_v2_line_config_attribute>(),
            Unsafe.SizeOf<gpio_v2_line_config>(), Unsafe.SizeOf<gpio_v2_line_request>(), Unsafe.SizeOf<gpio_v2_line_info>(), Unsafe.SizeOf<gpio_v2_line_event>(),
            Unsafe.SizeOf<i2c_smbus_data>(), Unsafe.SizeOf<i2c_smbus_ioctl_data>(), Unsafe.SizeOf<pollfd>(),
        ]);

    [Fact]
    public void Fields_are_where_the_kernel_has_them()
    {
        Assert.Equal([0, 32, 64], Offsets<gpiochip_info>("name", "label", "lines"));
        Assert.Equal([0, 8], Offsets<gpio_v2_line_values>("bits", "mask"));
        Assert.Equal([0, 4, 8, 8, 8], Offsets<gpio_v2_line_attribute>("id", "padding", "flags", "values", "debounce_period_us"));
        Assert.Equal([0, 16], Offsets<gpio_v2_line_config_attribute>("attr", "mask"));
        Assert.Equal([0, 8, 12, 32], Offsets<gpio_v2_line_config>("flags", "num_attrs", "padding", "attrs"));
        Assert.Equal([0, 256, 288, 560, 564, 568, 588], Offsets<gpio_v2_line_request>("offsets", "consumer", "config", "num_lines", "event_buffer_size", "padding", "fd"));
        Assert.Equal([0, 32, 64, 68, 72, 80, 240], Offsets<gpio_v2_line_info>("name", "consumer", "offset", "num_attrs", "flags", "attrs", "padding"));
        Assert.Equal([0, 8, 12, 16, 20, 24], Offsets<gpio_v2_line_event>("timestamp_ns", "id", "offset", "seqno", "line_seqno", "padding"));
        Assert.Equal([0, 1, 4, 8], Offsets<i2c_smbus_ioctl_data>("read_write", "command", "size", "data"));
        Assert.Equal([0, 4, 6], Offsets<pollfd>("fd", "events", "revents"));
    }

    /// <summary>An _IOC number has the direction, the size of the structure, the type and the command in it.</summary>
    [Fact]
    public void Request_numbers_carry_the_sizes()
    {
        Assert.Equal(
        [
            Ioc(2, Unsafe.SizeOf<gpiochip_info>(), 1), Ioc(3, Unsafe.SizeOf<gpio_v2_line_info>(), 5), Ioc(3, Unsafe.SizeOf<gpio_v2_line_request>(), 7),
            Ioc(3, Unsafe.SizeOf<gpio_v2_line_values>(), 0xE), Ioc(3, Unsafe.SizeOf<gpio_v2_line_values>(), 0xF),
        ],
        Numbers);
        Assert.Equal([0x8044B401, 0xC100B405, 0xC250B407, 0xC010B40E, 0xC010B40F], Numbers);
        Assert.Equal([0x703u, 0x705u, 0x720u], [I2cNative.I2C_SLAVE, I2cNative.I2C_FUNCS, I2cNative.I2C_SMBUS]);
    }

    /// <summary>0x0706 takes a chip away from its driver. It must be nowhere.</summary>
    [Fact]
    public void Nothing_can_force_an_address() =>
        Assert.DoesNotContain(typeof(I2cNative).GetFields(), f => f.GetRawConstantValue() is 0x0706u || f.Name.Contains("FORCE", StringComparison.Ordinal));

    [Fact]
    public void A_request_says_what_was_asked_for()
    {
        var request = GpioLines.Native([4, 7], new GpioSettings { Output = true, ActiveLow = true, Drive = GpioDrive.OpenDrain, InitialValues = 0b110 }, new string('x', 40));
        Assert.Equal((2u, 4u, 7u), (request.num_lines, request.offsets[0], request.offsets[1]));
        Assert.Equal(1ul << 1 | 1ul << 3 | 1ul << 6, request.config.flags);
        Assert.Equal((1u, 2u, 0b10ul, 0b11ul), (request.config.num_attrs, request.config.attrs[0].attr.id, request.config.attrs[0].attr.values, request.config.attrs[0].mask));
        Assert.Equal(31, Libc.Text(request.consumer).Length);

        var input = GpioLines.Native([0], new GpioSettings { Bias = GpioBias.PullUp, Edges = GpioEdges.Both, Debounce = TimeSpan.FromMilliseconds(5) }, "é");
        Assert.Equal(1ul << 2 | 1ul << 4 | 1ul << 5 | 1ul << 8, input.config.flags);
        Assert.Equal((3u, 5000u, 1ul), (input.config.attrs[0].attr.id, input.config.attrs[0].attr.debounce_period_us, input.config.attrs[0].mask));
        Assert.Equal("é", Libc.Text(input.consumer));
    }

    private static readonly uint[] Numbers =
    [
        GpioNative.GPIO_GET_CHIPINFO_IOCTL, GpioNative.GPIO_V2_GET_LINEINFO_IOCTL, GpioNative.GPIO_V2_GET_LINE_IOCTL,
        GpioNative.GPIO_V2_LINE_GET_VALUES_IOCTL, GpioNative.GPIO_V2_LINE_SET_VALUES_IOCTL,
    ];

    private static uint Ioc(uint direction, int size, uint command) => direction << 30 | (uint)size << 16 | 0xB4 << 8 | command;

    private static int[] Offsets<T>(params string[] fields) => [.. fields.Select(f => (int)Marshal.OffsetOf<T>(f))];
}
