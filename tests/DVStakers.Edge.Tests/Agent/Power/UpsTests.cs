using System.Threading.Channels;
using DVStakers.Edge.Agent.Power;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Power;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Linux.I2c;
using DVStakers.Edge.Linux.Kernel;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DVStakers.Edge.Tests.Agent.Power;

public sealed class UpsTests : IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("ups-");
    private readonly KernelPaths paths;

    public UpsTests() => paths = new KernelPaths { Sys = Path.Combine(root.FullName, "sys"), Dev = Path.Combine(root.FullName, "dev") };

    public void Dispose() => root.Delete(recursive: true);

    private void Supply(string name, string file, string text)
    {
        var folder = Path.Combine(paths.Sys, "class/power_supply", name);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, file), text + "\n");
    }

    [Fact]
    public async Task A_battery_of_the_kernel_from_its_files()
    {
        using var ups = Upses.Of(new PowerConfig { Model = "kernel", Supply = "BAT0", MainsSupply = "AC" }, paths, TimeProvider.System)!;
        Assert.Contains("BAT0", (await ups.Read(CancellationToken.None)).Problem, StringComparison.Ordinal);

        Supply("BAT0", "status", "Discharging");
        Supply("BAT0", "capacity", "64");
        Supply("BAT0", "voltage_now", "11900000");
        Supply("BAT0", "current_now", "1500000");
        Supply("AC", "online", "0");
        var reading = await ups.Read(CancellationToken.None);
        Assert.Equal((false, 64d, 11.9, -1.5), (reading.OnMains, reading.ChargePercent, reading.Volts, reading.Amperes));

        Supply("AC", "online", "1");
        Assert.True((await ups.Read(CancellationToken.None)).OnMains);
        Directory.Delete(Path.Combine(paths.Sys, "class/power_supply/BAT0"), recursive: true);
        Assert.False((await ups.Read(CancellationToken.None)).IsGood);
    }

    [Theory]
    [InlineData("ina226-1s", false)]
    [InlineData("waveshare-cm4-base", true)]
    public void A_monitor_that_a_kernel_driver_owns_by_what_the_driver_shows(string model, bool mains)
    {
        var folder = Directory.CreateDirectory(Path.Combine(paths.Sys, "bus/i2c/devices/7-0043/hwmon/hwmon3"));
        File.WriteAllText(Path.Combine(folder.FullName, "in0_input"), "-12\n");
        File.WriteAllText(Path.Combine(folder.FullName, "in1_input"), model == "ina226-1s" ? "3600\n" : "7200\n");
        File.WriteAllText(Path.Combine(folder.FullName, "curr1_input"), "-1200\n");
        using var device = new I2cBus(paths, "i2c-7").Device(0x43);
        var values = device.OfDriver()!;
        var reading = PowerModels.Find(model)!.Chip!.OfDriver(values.Volts, values.Amperes, values.CapacityPercent)!;
        Assert.Equal((mains, 50d, mains ? 1.2 : -1.2), (reading.OnMains, Math.Round(reading.ChargePercent!.Value, 3), reading.Amperes));
    }

    [Fact]
    public void A_gauge_that_a_kernel_driver_owns_by_what_the_driver_shows()
    {
        using var device = new I2cBus(paths, "i2c-7").Device(0x36);
        Assert.Null(device.OfDriver());
        var folder = Directory.CreateDirectory(Path.Combine(paths.Sys, "bus/i2c/devices/7-0036/power_supply/battery"));
        var chip = PowerModels.Find("geekworm-x728")!.Chip!;
        // The driver has not read it yet.
        Assert.Null(chip.OfDriver(device.OfDriver()!.Volts, null, null));
        File.WriteAllText(Path.Combine(folder.FullName, "voltage_now"), "3840000\n");
        File.WriteAllText(Path.Combine(folder.FullName, "capacity"), "73\n");
        var values = device.OfDriver()!;
        var reading = chip.OfDriver(values.Volts, values.Amperes, values.CapacityPercent)!;
        Assert.Equal((73d, 3.84, (bool?)null), (reading.ChargePercent, reading.Volts, reading.OnMains));
        // Drivers of other chips are not known.
        Assert.Null(PowerModels.Find("pijuice")!.Chip!.OfDriver(3.8, 1, 50));
    }

    [Theory]
    [InlineData("waveshare-ups-hat-e", "i2c-7")]
    [InlineData("geekworm-x728", "1")]
    public async Task A_bus_or_chip_that_is_not_there_is_silence_with_a_reason(string model, string bus)
    {
        using var ups = Upses.Of(new PowerConfig { Model = model, Bus = bus, GpioChip = "gpio4" }, paths, TimeProvider.System)!;
        var reading = await ups.Read(CancellationToken.None);
        Assert.Equal((false, false), (reading.IsGood, reading.Answered));
        Assert.Contains("i2c-", reading.Problem, StringComparison.Ordinal);
        using var contacts = Upses.Of(new PowerConfig { Model = "dry-contacts", GpioChip = "gpio4", BatteryLine = "19" }, paths, TimeProvider.System)!;
        Assert.Contains("gpio4", (await contacts.Read(CancellationToken.None)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_driver_with_a_fault_of_its_own_is_a_reading_too()
    {
        var channel = Channel.CreateUnbounded<Observation>();
        using var stop = new CancellationTokenSource();
        var probe = new PowerProbe(new Faulty(), channel.Writer, new FakeTimeProvider()).Run(stop.Token);
        var seen = Assert.IsType<UpsRead>(await channel.Reader.ReadAsync(stop.Token));
        Assert.Contains("a fault", seen.Reading.Problem, StringComparison.Ordinal);
        await stop.CancelAsync();
        await probe;
    }

    [Fact]
    public void The_record_of_an_outage_is_whole_or_named_as_broken()
    {
        var files = new OutageFiles(Path.Combine(root.FullName, "state"), NullLogger.Instance);
        Assert.Equal(Outage.None, files.Read());
        files.Write(Outage.None);
        Assert.Null(files.Problem);
        var unit = ClientUnit.Parse(ClientRole.Execution, "docker:geth-1")!;
        var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var outage = new Outage { Phase = OutagePhase.Stopping, Since = now, Began = now, Reason = "low", Boot = "b", Clients = [new(unit, ClientStage.Stopping, now, now, "it hangs")] };
        files.Write(outage);
        Assert.Equal(outage, files.Read());
        files.Write(Outage.None);
        Assert.Equal(Outage.None, files.Read());
        File.WriteAllText(Path.Combine(root.FullName, "state/outage.json"), "{ half");
        Assert.Equal(Outage.None, files.Read());
        // A folder that is a file cannot hold it; the stop goes on all the same.
        var nowhere = new OutageFiles(Path.Combine(root.FullName, "state/outage.json"), NullLogger.Instance);
        nowhere.Write(outage);
        Assert.NotNull(nowhere.Problem);
    }

    [Fact]
    public void The_kernel_tells_the_boot_and_whether_there_is_a_way_out()
    {
        void Proc(string file, string text)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root.FullName, file))!);
            File.WriteAllText(Path.Combine(root.FullName, file), text);
        }
        Proc("sys/kernel/random/boot_id", "8a5c\n");
        var boot = new BootFacts(root.FullName);
        Assert.Equal("8a5c", boot.Id);
        Assert.False(boot.HasNetwork());
        Proc("net/route", "Iface\tDestination\tGateway\neth0\t0000A8C0\t00000000\n");
        Proc("net/ipv6_route", $"{new string('0', 32)} 00 {new string('0', 32)} 00 {new string('0', 32)} ffffffff 00000001 00000000 00200200       lo\n");
        Assert.False(boot.HasNetwork());
        // Starlink: IPv6 alone.
        Proc("net/ipv6_route", $"{new string('0', 32)} 00 {new string('0', 32)} 00 fe80{new string('0', 28)} 00000400 00000001 00000000 00000003     eth0\n");
        Assert.True(boot.HasNetwork());
        Proc("net/ipv6_route", "");
        Proc("net/route", "Iface\tDestination\tGateway\neth0\t00000000\t0100A8C0\n");
        Assert.True(boot.HasNetwork());
    }

    [Fact]
    public void Without_a_UPS_nothing_is_read() => Assert.Null(Upses.Of(new PowerConfig { Model = "none" }, paths, TimeProvider.System));

    [Theory]
    [InlineData("mains", true)]
    [InlineData("battery", false)]
    public async Task At_the_last_moment_the_kernels_supplies_tell_of_mains(string state, bool mains)
    {
        var time = new FakeTimeProvider();
        Supply("BAT0", "capacity", "20");
        Supply("BAT0", "status", state == "mains" ? "Charging" : "Discharging");
        var asked = LastAct.HasMains(new PowerConfig { Model = "kernel", Supply = "BAT0" }, paths, time, CancellationToken.None);
        while (!asked.IsCompleted)
            time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(mains, await asked);
    }

    private sealed class Faulty : IUps
    {
        public string Place => "nowhere";
        public TimeSpan Every => TimeSpan.FromSeconds(1);
        public Task<PowerReading> Read(CancellationToken stop) => throw new InvalidOperationException("a fault");

        public void Dispose()
        {
        }
    }
}
