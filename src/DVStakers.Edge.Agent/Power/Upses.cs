using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Power;
using DVStakers.Edge.Linux.Gpio;
using DVStakers.Edge.Linux.I2c;
using DVStakers.Edge.Linux.Kernel;

namespace DVStakers.Edge.Agent.Power;

/// <summary>Makes of the configuration what reads the UPS. Nothing is opened before it is read.</summary>
internal static class Upses
{
    /// <summary>Null: there is none.</summary>
    public static IUps? Of(PowerConfig config, KernelPaths paths, TimeProvider time)
    {
        var model = PowerModels.Find(config.Model)!;
        return model.Link switch
        {
            PowerLink.I2c => new ChipUps(Device(config, model, paths), BusName(config.Bus!), model.Chip!, Mains(config, model, paths)),
            PowerLink.Contacts => new ContactsUps(Contact(config, config.BatteryLine, paths)!, Contact(config, config.LowLine, paths), Contact(config, config.ReplaceLine, paths)),
            PowerLink.None => null,
            PowerLink.Kernel => new KernelUps(paths, config.Supply!, config.MainsSupply),
            _ => new NutUps(config.NutHost, config.NutPort, config.NutUps, config.NutUsername, config.NutPasswordFile, time),
        };
    }

    public static I2cDevice Device(PowerConfig config, PowerModel model, KernelPaths paths) =>
        new I2cBus(paths, BusName(config.Bus!)).Device(config.Address ?? model.Address);

    private static string BusName(string bus) => int.TryParse(bus, System.Globalization.NumberStyles.None, null, out var number) ? $"i2c-{number}" : bus;

    private static InputLine? Mains(PowerConfig config, PowerModel model, KernelPaths paths) =>
        (config.MainsLine ?? model.Mains?.Line) is { } line
            ? new InputLine(paths, GpioLine.Of(config.GpioChip!, line), config.MainsWhenHigh ?? model.Mains!.MainsWhenHigh, GpioBias.AsIs)
            : null;

    // A contact that is open leaves its line to the pull.
    private static InputLine? Contact(PowerConfig config, string? line, KernelPaths paths) => line is null ? null
        : new InputLine(paths, GpioLine.Of(config.GpioChip!, line), config.ClosedIsHigh, config.ClosedIsHigh ? GpioBias.PullDown : GpioBias.PullUp);
}
