using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Power;
using DVStakers.Edge.Linux.Gpio;
using DVStakers.Edge.Linux.Kernel;

namespace DVStakers.Edge.Agent.Power;

/// <summary>What the machine's last script needs of the UPS, when every process has ended and the disks are written: whether mains are there, and its own cut, after which there is no power.</summary>
internal static class LastAct
{
    /// <summary>Mains that come back for less are none; nor is there more time.</summary>
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(5);

    /// <summary>Every reading of the next seconds says that there are mains. A NUT server is gone by now, and is not asked.</summary>
    public static async Task<bool> HasMains(PowerConfig power, KernelPaths paths, TimeProvider time, CancellationToken stop)
    {
        if (PowerModels.Find(power.Model) is not { Link: PowerLink.I2c or PowerLink.Contacts or PowerLink.Kernel })
            return false;
        using var ups = Upses.Of(power, paths, time)!;
        var began = time.GetTimestamp();
        while (await ups.Read(stop).ConfigureAwait(false) is { IsGood: true, OnMains: true })
        {
            if (time.GetElapsedTime(began) >= Steady)
                return true;
            await Task.Delay(ups.Every, time, stop).ConfigureAwait(false);
        }
        return false;
    }

    /// <exception cref="DeviceException">The UPS did not take it.</exception>
    public static async Task Do(PowerCut how, PowerConfig power, KernelPaths paths, TimeProvider time, CancellationToken stop)
    {
        switch (how)
        {
            case RegisterCut cut:
                using (var device = Upses.Device(power, PowerModels.Find(power.Model)!, paths))
                    device.WriteByte(cut.Register, cut.Value);
                break;
            case PulseCut cut:
                using (var line = new GpioOutput(paths, GpioLine.Of(power.GpioChip!, cut.Line), new GpioSettings()))
                {
                    line.Set(true);
                    await Task.Delay(cut.High, time, stop).ConfigureAwait(false);
                    line.Set(false);
                }
                break;
        }
    }
}
