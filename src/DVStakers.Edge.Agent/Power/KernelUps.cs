using DVStakers.Edge.Core.Power;
using DVStakers.Edge.Linux.Kernel;
using DVStakers.Edge.Linux.Sysfs;

namespace DVStakers.Edge.Agent.Power;

/// <summary>A battery that a driver of the kernel reads.</summary>
/// <param name="mains">Name of the mains adapter; null: the battery's status tells.</param>
internal sealed class KernelUps(KernelPaths paths, string battery, string? mains) : IUps
{
    public string Place => $"/sys/class/power_supply/{battery}{(mains is null ? "" : $" and {mains}")}";

    public TimeSpan Every { get; } = TimeSpan.FromSeconds(2);

    // A driver may ask its chip for each file.
    public Task<PowerReading> Read(CancellationToken stop) => Task.Run(() =>
    {
        try
        {
            var supply = PowerSupplies.Read(paths, battery);
            var online = mains is null ? null : PowerSupplies.Read(paths, mains).Online;
            if (mains is not null && online is null)
                return PowerReading.Nonsense($"{mains} does not say whether it is online; name another power.mains-supply, or none");
            return new SupplyFacts(supply.Present, supply.Status, supply.CapacityPercent, supply.CapacityLevel, supply.Volts, supply.Amperes, supply.TimeToEmpty, supply.Health).Parse(online);
        }
        catch (DeviceException e)
        {
            return PowerReading.Silent(e.Message);
        }
    }, stop);

    public void Dispose()
    {
    }
}
