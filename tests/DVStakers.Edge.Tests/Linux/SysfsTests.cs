using DVStakers.Edge.Linux.Kernel;
using DVStakers.Edge.Linux.Sysfs;

namespace DVStakers.Edge.Tests.Linux;

public sealed class SysfsTests : IDisposable
{
    private readonly FakeSys sys = new();

    [Fact]
    public void A_machine_without_the_classes_has_none_of_them()
    {
        Assert.Empty(PowerSupplies.ReadAll(sys.Paths));
        Assert.Empty(PowerSupplies.Names(sys.Paths));
        Assert.Empty(HardwareSensors.ReadAll(sys.Paths));
    }

    [Fact]
    public void A_battery_is_read_in_units_of_people()
    {
        sys.Folder("class/power_supply/BAT0", "type=Battery", "status=Discharging", "capacity=37", "capacity_level=Normal", "voltage_now=3812500", "current_now=-1250000",
            "energy_now=18250000", "energy_full=40000000", "charge_now=2400000", "charge_full=5200000", "power_now=4765000", "time_to_empty_now=5400", "temp=315",
            "present=1", "health=Good", "manufacturer=Maxim", "model_name=MAX17048");
        var battery = Assert.Single(PowerSupplies.ReadAll(sys.Paths));
        Assert.Equal(("BAT0", "Battery", "Discharging", "Normal", "Good", "Maxim", "MAX17048"),
            (battery.Name, battery.Type, battery.Status, battery.CapacityLevel, battery.Health, battery.Manufacturer, battery.Model));
        Assert.Equal((37, 3.8125, -1.25, 4.765), (battery.CapacityPercent, battery.Volts, battery.Amperes, battery.Watts));
        Assert.Equal((18.25, 40, 2.4, 5.2), (battery.EnergyWattHours, battery.EnergyFullWattHours, battery.ChargeAmpereHours, battery.ChargeFullAmpereHours));
        Assert.Equal((TimeSpan.FromMinutes(90), 31.5, true), (battery.TimeToEmpty, battery.Celsius, battery.Present));
        Assert.Null(battery.Online);
        Assert.Null(battery.TimeToFull);
        Assert.Empty(battery.Troubles);
    }

    [Fact]
    public void What_makes_no_sense_is_trouble_and_the_rest_is_read()
    {
        sys.Folder("class/power_supply/ups", "type=UPS", "online=1", "capacity=many", "time_to_empty_avg=-1", "status=");
        // A folder in a file's place: reading it fails with a number that is not "absent".
        sys.Folder("class/power_supply/ups/voltage_now");
        var ups = PowerSupplies.Read(sys.Paths, "ups");
        Assert.True(ups.Online);
        Assert.Null(ups.CapacityPercent);
        Assert.Null(ups.TimeToEmpty);
        Assert.Null(ups.Status);
        Assert.Collection(ups.Troubles,
            t => Assert.EndsWith("capacity: 'many' is not a number", t.Message, StringComparison.Ordinal),
            t => Assert.EndsWith("voltage_now", t.Device, StringComparison.Ordinal));
    }

    [Fact]
    public void A_supply_that_is_not_there_may_come()
    {
        var e = Assert.Throws<DeviceException>(() => PowerSupplies.Read(sys.Paths, "BAT1"));
        Assert.Equal(Errno.ENOENT, e.Errno);
        Assert.True(e.MayHeal);
        Assert.Contains("class/power_supply/BAT1: is not there", e.Message);
    }

    [Fact]
    public void Sensors_are_read_with_their_labels_in_order()
    {
        sys.Folder("class/hwmon/hwmon0", "name=nvme", "temp1_input=41850", "temp1_label=Composite", "temp1_max=81850", "temp1_crit=84850", "temp10_input=30000", "temp2_input=-5000");
        sys.Folder("class/hwmon/hwmon1", "name=ina226", "in1_input=12040", "curr1_input=-830", "power1_input=9990000", "fan1_input=1200");
        Assert.Equal(
        [
            new("nvme", "Composite", SensorKind.Celsius, 41.85, 81.85, 84.85),
            new("nvme", "temp2", SensorKind.Celsius, -5, null, null),
            new("nvme", "temp10", SensorKind.Celsius, 30, null, null),
            new("ina226", "curr1", SensorKind.Amperes, -0.83, null, null),
            new("ina226", "in1", SensorKind.Volts, 12.04, null, null),
            new SensorReading("ina226", "power1", SensorKind.Watts, 9.99, null, null),
        ],
        HardwareSensors.ReadAll(sys.Paths));
    }

    public void Dispose() => sys.Dispose();
}
