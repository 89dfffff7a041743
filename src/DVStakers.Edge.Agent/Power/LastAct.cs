using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Power;
using DVStakers.Edge.Linux.Gpio;
using DVStakers.Edge.Linux.Kernel;

namespace DVStakers.Edge.Agent.Power;

/// <summary>The UPS's own cut: after it there is no power. Done by the machine's last script, when every process has ended and the disks are written.</summary>
internal static class LastAct
{
    /// <summary>Null: nothing speaks against it.</summary>
    /// <param name="boot">The kernel's id of this boot.</param>
    public static string? Refusal(PowerConfig power, Outage outage, string boot) =>
        PowerModels.Find(power.Model)?.Cut is null ? $"{power.Model} cannot do that"
        : !power.Cut ? "the configuration does not ask for it (power.cut: yes)"
        : outage.Phase != OutagePhase.PoweringOff ? "this agent has not switched the box off"
        : boot.Length == 0 || outage.Boot != boot ? "the agent switched the box off in another boot"
        : null;

    /// <exception cref="DeviceException">The UPS did not take it.</exception>
    public static async Task Do(PowerConfig power, KernelPaths paths, TimeProvider time, CancellationToken stop)
    {
        var model = PowerModels.Find(power.Model)!;
        switch (model.Cut)
        {
            case RegisterCut cut:
                using (var device = Upses.Device(power, model, paths))
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
