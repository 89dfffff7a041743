using System.Threading.Channels;
using DVStakers.Edge.Agent.Probes;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Linux.Clock;
using DVStakers.Edge.Tests.Core;
using DVStakers.Edge.Tests.Linux;
using Microsoft.Extensions.Time.Testing;

namespace DVStakers.Edge.Tests.Agent.Probes;

/// <summary>The host probe over folders in place of /proc and /sys.</summary>
public sealed class HostProbeTests : IDisposable
{
    private const long Gib = 1L << 30;

    private readonly FakeSys sys = new();
    private readonly DirectoryInfo proc = Directory.CreateTempSubdirectory("edge-proc-");

    [Fact]
    public void An_empty_machine_is_read_without_a_fault()
    {
        var reading = Read();
        Assert.Null(reading.Processor);
        Assert.Null(reading.Memory);
        Assert.Null(reading.Throttled);
        Assert.Null(reading.UnderVoltage);
        Assert.Empty(reading.Disks);
        Assert.Empty(reading.Links);
    }

    [Fact]
    public void The_sensor_nearest_its_limit_counts()
    {
        sys.Folder("class/hwmon/hwmon0", "name=coretemp", "temp1_input=61000", "temp1_crit=100000", "temp1_label=Package id 0");
        sys.Folder("class/hwmon/hwmon1", "name=nvme", "temp1_input=71850", "temp1_crit=84850", "temp1_label=Composite");
        sys.Folder("class/hwmon/hwmon2", "name=iwlwifi_1", "temp1_input=99000");
        sys.Folder("class/thermal/thermal_zone0", "type=soc-thermal", "temp=80000", "trip_point_0_type=passive", "trip_point_0_temp=75000", "trip_point_1_type=critical", "trip_point_1_temp=115000");
        sys.Folder("class/thermal/thermal_zone1", "type=acpitz", "temp=27800");
        var reading = Read();
        Assert.Equal(new TemperatureReading("soc-thermal", 80, 115), reading.Processor);
        Assert.Equal(new TemperatureReading("nvme Composite", 71.85, 84.85), reading.Drive);
    }

    [Fact]
    public void Throttling_is_counted_or_seen()
    {
        sys.Folder("class/thermal/cooling_device0", "type=cpufreq-cpu0", "cur_state=2");
        sys.Folder("class/thermal/cooling_device1", "type=Fan", "cur_state=4");
        Assert.Equal(-1, Read().Throttled);
        sys.Folder("devices/system/cpu/cpu0/thermal_throttle", "core_throttle_count=3");
        sys.Folder("devices/system/cpu/cpu1/thermal_throttle", "core_throttle_count=4");
        Assert.Equal(7, Read().Throttled);
    }

    [Fact]
    public void A_raspberry_pi_tells_its_low_voltage()
    {
        var folder = sys.Folder("class/hwmon/hwmon1", "name=rpi_volt", "in0_lcrit_alarm=0");
        Assert.False(Read().UnderVoltage);
        File.WriteAllText(Path.Combine(folder, "in0_lcrit_alarm"), "1\n");
        Assert.True(Read().UnderVoltage);
    }

    [Fact]
    public void Folders_are_watched_on_the_file_systems_that_they_are_on_each_once()
    {
        // As a hardened service sees it: its own mounts are read-only, and one file system is there several times.
        Proc("self/mountinfo", """
            1 0 8:2 / / ro,relatime - ext4 /dev/sda2 rw,errors=remount-ro
            2 1 8:2 /home /home ro,relatime - ext4 /dev/sda2 rw,errors=remount-ro
            3 1 259:1 / /mnt/my\040data rw,noatime shared:5 - ext4 /dev/nvme0n1p1 ro
            4 1 0:22 / /proc rw - proc proc rw
            5 1 0:40 / /mnt/far rw - nfs4 nas:/x rw

            """);
        var reading = Read(new() { Data = ["/home/ethereum", "/mnt/my data/geth", "/mnt/my data/teku", "/mnt/far/x", "/mnt/my dat"] });
        Assert.Equal(["/", "/mnt/my data"], reading.Disks.Select(d => d.Mount));
        Assert.Equal(["/home/ethereum", "/mnt/my dat"], reading.Disks[0].Holds);
        Assert.Equal(["/mnt/my data/geth", "/mnt/my data/teku"], reading.Disks[1].Holds);
        Assert.Equal([false, true], reading.Disks.Select(d => d.ReadOnly));
        Assert.Equal((100 * Gib, 10 * Gib), (reading.Disks[1].Total, reading.Disks[1].Free));
    }

    [Fact]
    public void Memory_and_its_pressure()
    {
        Proc("meminfo", "MemTotal:       16384000 kB\nMemFree:          100000 kB\nMemAvailable:    8192000 kB\nSwapTotal:       2048000 kB\nSwapFree:        1024000 kB\n");
        Assert.Equal(new MemoryReading(16384000L * 1024, 8192000L * 1024, 2048000L * 1024, 1024000L * 1024, null), Read().Memory);
        Proc("pressure/memory", "some avg10=0.00 avg60=12.50 avg300=0.90 total=123\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=1\n");
        Assert.Equal(12.5, Read().Memory!.Pressure);
    }

    [Fact]
    public void Real_links_and_the_one_to_the_internet()
    {
        Link("lo", device: false, "operstate=unknown", "carrier_changes=0");
        Link("docker0", device: false, "operstate=up", "carrier_changes=5");
        Link("eth0", device: true, "operstate=up", "speed=1000", "carrier_changes=3");
        Link("eth1", device: true, "operstate=down", "speed=-1", "carrier_changes=1");
        Link("wlan0", device: true, "operstate=down", "carrier_changes=4");
        Proc("net/route", "Iface\tDestination\tGateway \tFlags\neth0\t00000000\t0100A8C0\t0003\neth0\t0000A8C0\t00000000\t0001\n");
        Assert.Equal([new LinkReading("eth0", true, true, 1000, 3), new LinkReading("wlan0", false, false, null, 4)], Read().Links);
    }

    [Fact]
    public void The_wear_of_an_emmc_is_told_and_that_of_others_is_said_not_to_be_readable()
    {
        sys.Folder("block/mmcblk0/device", "life_time=0x03 0x02");
        sys.Folder("block/nvme0n1/device");
        sys.Folder("block/loop0");
        Assert.Equal([new WearReading("mmcblk0", 30), new WearReading("nvme0n1", null)], Read().Wear);
    }

    [Fact]
    public void The_clock_is_the_kernels_word_or_nothing()
    {
        Assert.True(Read().Clock!.Synchronised);
        Assert.Null(new HostProbe(new(), new HostPlaces { Kernel = sys.Paths, Proc = proc.FullName, Clock = () => null }, Channel.CreateUnbounded<Observation>(), TimeProvider.System).Read().Clock);
    }

    [Fact]
    public async Task A_kernel_that_may_not_be_asked_is_asked_through_systemd_and_seldom()
    {
        var asked = Path.Combine(proc.FullName, "asked");
        var answer = Path.Combine(proc.FullName, "answer");
        var timedatectl = Path.Combine(proc.FullName, "timedatectl");
        File.WriteAllText(timedatectl, $"#!/bin/sh\necho \"$@\" >>{asked}\ncat {answer}\n");
        File.SetUnixFileMode(timedatectl, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var time = new FakeTimeProvider(Snapshots.Now);
        var clock = new ClockService(timedatectl, time);
        var stop = TestContext.Current.CancellationToken;

        File.WriteAllText(answer, "no\n");
        Assert.Equal(new ClockReading(false), await clock.Ask(stop));
        File.WriteAllText(answer, "yes\n");
        Assert.Equal(new ClockReading(false), await clock.Ask(stop));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(new ClockReading(true), await clock.Ask(stop));
        time.Advance(TimeSpan.FromMinutes(29));
        File.WriteAllText(answer, "nonsense\n");
        Assert.Equal(new ClockReading(true), await clock.Ask(stop));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await clock.Ask(stop));
        Assert.Null(await clock.Ask(stop));
        Assert.Equal(Enumerable.Repeat("show --property=NTPSynchronized --value", 3), File.ReadAllLines(asked));
        Assert.Null(await new ClockService("/nowhere/timedatectl", time).Ask(stop));
    }

    [Fact]
    public void This_machine_can_be_read()
    {
        var reading = new HostProbe(new(), new HostPlaces(), Channel.CreateUnbounded<Observation>(), TimeProvider.System).Read();
        Assert.True(reading.Memory?.Total > 0);
        // Where it may be asked at all, a clock is never further off than the kernel's own limit of 16 s while it counts as synchronised.
        Assert.True(KernelClock.Read() is not { Synchronised: true } clock || clock.MaximumError <= TimeSpan.FromSeconds(16));
    }

    public void Dispose()
    {
        sys.Dispose();
        proc.Delete(recursive: true);
    }

    private HostReading Read(MachineConfig? config = null) => new HostProbe(config ?? new() { Data = ["/"] }, new HostPlaces
    {
        Kernel = sys.Paths,
        Proc = proc.FullName,
        Space = _ => (100 * Gib, 10 * Gib),
        Clock = () => new KernelClockState(true, TimeSpan.FromMilliseconds(4)),
    }, Channel.CreateUnbounded<Observation>(), new FakeTimeProvider(Snapshots.Now)).Read();

    private void Proc(string name, string text)
    {
        var path = Path.Combine(proc.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private void Link(string name, bool device, params string[] attributes)
    {
        sys.Folder($"class/net/{name}", attributes);
        if (device)
            sys.Folder($"class/net/{name}/device");
    }
}
