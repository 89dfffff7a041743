using DVStakers.Edge.Core.Power;

namespace DVStakers.Edge.Core.Configuration;

/// <summary>What the keys of <c>power</c> must be to each other, and to the model.</summary>
public static class PowerRules
{
    public static IEnumerable<ConfigProblem> Check(EdgeConfig config, IReadOnlyDictionary<string, string> origins)
    {
        string At(string name) => origins.GetValueOrDefault("power." + name, "power");
        bool Written(string name) => origins.ContainsKey("power." + name);

        if (config.Power is not { } power)
            yield break;
        if (PowerModels.Find(power.Model) is not { } model)
        {
            // A wrong one was complained of already.
            if (!Written("model"))
                yield return new("power", "power has no model: write which UPS this is (docs/power.md), or leave the section out");
            yield break;
        }
        if (model.Link == PowerLink.I2c && power.Bus is null)
            yield return new(At("model"), $"{model.Name} is on I2C: name its bus (power.bus), as `i2cdetect -l` lists it; no bus is ever searched");
        if (power.Address is { } address && address != model.Address && !model.OtherAddresses.Contains(address))
            yield return new(At("address"), $"{model.Name} is at 0x{model.Address:x2}{(model.OtherAddresses.Count == 0 ? " and nowhere else" : $" to 0x{model.OtherAddresses[^1]:x2}")}: a chip at 0x{address:x2} is another one");
        if (model.NeedsMainsLine && (power.MainsLine is null || power.MainsWhenHigh is null))
            yield return new(At("model"), $"{model.Name} tells the battery alone: name the line that tells the mains (power.mains-line) and its level (power.mains-when)");
        if (power.MainsLine is not null && power.MainsWhenHigh is null && model.Mains is null && !model.NeedsMainsLine)
            yield return new(At("mains-line"), "mains-line without mains-when: what is the line while there are mains, high or low?");
        foreach (var (name, fits) in Particular(model))
            if (Written(name) && !fits)
                yield return new(At(name), $"{name} means nothing for {model.Name}; leave it out");
        if (model.Link == PowerLink.Contacts && power.BatteryLine is null)
            yield return new(At("model"), "dry-contacts needs at least the line of the contact \"on battery\" (power.battery-line)");
        if (power.GpioChip is null && (model.Mains ?? (object?)power.MainsLine ?? power.BatteryLine) is not null)
            yield return new(At("model"), "name the GPIO chip of the lines (power.gpio-chip) by its label, as `gpiodetect` lists it: pinctrl-rp1 on a Pi 5, pinctrl-bcm2711 on a Pi 4, gpio0 to gpio4 on a Rock 5B");
        if (model.Link == PowerLink.Kernel && power.Supply is null)
            yield return new(At("model"), "kernel needs the battery's name (power.supply), as `ls /sys/class/power_supply` lists it");
        if (power is { NutPasswordFile: not null } != power is { NutUsername: not null })
            yield return new(At(power.NutUsername is null ? "nut-password-file" : "nut-username"), "nut-username and nut-password-file go together; write both or neither");
        if (power.Cut && model.Cut is null)
            yield return new(At("cut"), $"{model.Name} cannot be told to take the power away; leave cut out");
        if (power.Cut && !power.PowerOff)
            yield return new(At("cut"), "cut without power-off: the power would be taken from a running box");
        foreach (var twice in power.Clients.GroupBy(c => (c.IsContainer, c.Name)).Where(g => g.Count() > 1))
            yield return new(At(twice.Last().Role.ToString().ToLowerInvariant()), $"{twice.First()} is named twice; each client has one role");
        if (!power.Clients.Any())
            yield return new(At("model"), "no client is named (power.validator, power.consensus, power.execution): at the end of the battery nothing is stopped in order", IsWarning: true);
        else if (power.Execution.Count == 0)
            yield return new(At("model"), "power.execution is missing: the execution client, whose database suffers most, would not be stopped in order", IsWarning: true);
    }

    /// <summary>Keys of one kind of model.</summary>
    private static IEnumerable<(string Name, bool Fits)> Particular(PowerModel model) =>
    [
        ("bus", model.Link == PowerLink.I2c), ("address", model.Link == PowerLink.I2c),
        ("mains-line", model.Link == PowerLink.I2c), ("mains-when", model.Link == PowerLink.I2c),
        ("gpio-chip", model.Link is PowerLink.I2c or PowerLink.Contacts),
        ("battery-line", model.Link == PowerLink.Contacts), ("low-line", model.Link == PowerLink.Contacts),
        ("replace-line", model.Link == PowerLink.Contacts), ("closed-when", model.Link == PowerLink.Contacts),
        ("supply", model.Link == PowerLink.Kernel), ("mains-supply", model.Link == PowerLink.Kernel),
        ("nut-host", model.Link == PowerLink.Nut), ("nut-port", model.Link == PowerLink.Nut), ("nut-ups", model.Link == PowerLink.Nut),
        ("nut-username", model.Link == PowerLink.Nut), ("nut-password-file", model.Link == PowerLink.Nut),
    ];
}
