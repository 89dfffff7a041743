using DVStakers.Edge.Linux.Gpio;
using DVStakers.Edge.Linux.I2c;
using DVStakers.Edge.Linux.Kernel;

namespace DVStakers.Edge.Tests.Linux;

/// <summary>What the layer says where there is no such hardware; with hardware it is tested in the hardware lab.</summary>
public sealed class DeviceTests : IDisposable
{
    private readonly FakeSys sys = new();

    [Fact]
    public void A_chip_that_is_not_there_may_come()
    {
        using var output = new GpioOutput(sys.Paths, GpioLine.Named("pinctrl-rp1", "GPIO17"), new());
        var e = Assert.Throws<DeviceException>(() => output.Set(true));
        Assert.Equal(Errno.ENOENT, e.Errno);
        Assert.True(e.MayHeal);
        Assert.Contains("no chip has this label; there is no gpiochip in", e.Message);
    }

    [Fact]
    public void What_is_no_GPIO_chip_says_so()
    {
        File.WriteAllText(Path.Combine(sys.Paths.Dev, "gpiochip0"), "");
        var e = Assert.Throws<DeviceException>(() => GpioLines.Request(sys.Paths, GpioLine.At("x", 0), new()));
        Assert.Equal((Errno.ENOTTY, false), (e.Errno, e.MayHeal));
    }

    [Fact]
    public void A_link_to_a_chip_is_not_a_second_chip()
    {
        File.WriteAllText(Path.Combine(sys.Paths.Dev, "elsewhere"), "");
        File.CreateSymbolicLink(Path.Combine(sys.Paths.Dev, "gpiochip4"), "elsewhere");
        Assert.Equal(Errno.ENOENT, Assert.Throws<DeviceException>(() => GpioChip.Open(sys.Paths, "x")).Errno);
    }

    [Fact]
    public async Task An_input_tells_its_trouble_once_and_goes_on()
    {
        using var stop = new CancellationTokenSource();
        var input = new GpioInput(sys.Paths, GpioLine.Named("ups", "AC_LOST"), new(), TimeProvider.System) { RetryPeriod = TimeSpan.FromMilliseconds(5) };
        var told = new List<string>();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var level in input.Watch(stop.Token))
            {
                told.Add(level.Trouble!.Message);
                if (told.Count == 1)
                    File.WriteAllText(Path.Combine(sys.Paths.Dev, "gpiochip0"), "");
                else
                    await stop.CancelAsync();
            }
        });
        Assert.Contains("no chip has this label", told[0]);
        Assert.Contains("gpiochip0: is not such a device", told[1]);
    }

    [Fact]
    public void A_bus_is_found_by_the_name_of_its_adapter()
    {
        sys.Folder("bus/i2c/devices/i2c-3", "name=rk3x-i2c");
        sys.Folder("bus/i2c/devices/i2c-7", "name=SMBus stub driver");
        sys.Folder("bus/i2c/devices/3-0042", "name=fan53555");
        Assert.Equal((7, Path.Combine(sys.Paths.Dev, "i2c-7")), new I2cBus(sys.Paths, "SMBus stub driver").Find());
        Assert.Equal((3, Path.Combine(sys.Paths.Dev, "i2c-3")), new I2cBus(sys.Paths, "i2c-3").Find());
        Assert.Contains("i2c-3 'rk3x-i2c', i2c-7 'SMBus stub driver'", Assert.Throws<DeviceException>(() => new I2cBus(sys.Paths, "other").Find()).Message);
        sys.Folder("bus/i2c/devices/i2c-8", "name=rk3x-i2c");
        Assert.Contains("2 adapters have this name: i2c-3, i2c-8", Assert.Throws<DeviceException>(() => new I2cBus(sys.Paths, "rk3x-i2c").Find()).Message);
    }

    [Fact]
    public void A_bus_without_its_node_names_the_module()
    {
        sys.Folder("bus/i2c/devices/i2c-3", "name=rk3x-i2c");
        using var chip = new I2cBus(sys.Paths, "rk3x-i2c").Device(0x36);
        var e = Assert.Throws<DeviceException>(() => chip.ReadByte(0));
        Assert.Equal((Errno.ENOENT, true), (e.Errno, e.MayHeal));
        Assert.Contains("module i2c-dev", e.Message);
    }

    [Fact]
    public void The_driver_in_the_way_is_named()
    {
        sys.Folder("bus/i2c/drivers/max17040");
        sys.Folder("bus/i2c/devices/7-0036");
        File.CreateSymbolicLink(Path.Combine(sys.Paths.Sys, "bus/i2c/devices/7-0036/driver"), "../../drivers/max17040");
        var bus = new I2cBus(sys.Paths, "i2c-7");
        Assert.Equal("max17040", bus.Driver(7, 0x36));
        Assert.Null(bus.Driver(7, 0x37));
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0x07)]
    [InlineData(0x78)]
    public void Addresses_of_the_bus_itself_are_refused(byte address) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new I2cBus(sys.Paths, "i2c-1").Device(address));

    [Theory]
    [InlineData(DeviceKind.Gpio, Errno.EACCES, true, "udev")]
    [InlineData(DeviceKind.I2c, Errno.EPERM, false, "DeviceAllow=char-i2c rw")]
    [InlineData(DeviceKind.I2c, Errno.EREMOTEIO, true, "does not answer")]
    [InlineData(DeviceKind.I2c, Errno.ENXIO, true, "does not answer")]
    [InlineData(DeviceKind.Gpio, Errno.ENODEV, true, "gone")]
    [InlineData(DeviceKind.Gpio, Errno.EBUSY, true, "in use")]
    [InlineData(DeviceKind.I2c, Errno.ETIMEDOUT, true, "no answer in time")]
    [InlineData(DeviceKind.Sysfs, Errno.EROFS, false, "ProtectKernelTunables")]
    [InlineData(DeviceKind.Gpio, 9999, true, "9999")]
    internal void Numbers_are_told_in_words_with_a_remedy(DeviceKind kind, int errno, bool mayHeal, string words)
    {
        var e = ErrnoWords.Exception(kind, "it", errno);
        Assert.Equal((errno, mayHeal), (e.Errno, e.MayHeal));
        Assert.StartsWith("it: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(words, e.Message);
    }

    public void Dispose() => sys.Dispose();
}
