using System.Globalization;
using DVStakers.Edge.Core.Power;

namespace DVStakers.Edge.Core.Configuration;

/// <summary>The keys of <c>power</c>.</summary>
internal static class PowerKeys
{
    private const string UnitsAllowed = "names with commas between them; docker:NAME for a container";
    private const string LineAllowed = "the name of a GPIO line, such as GPIO6 (`gpioinfo` lists them)";

    private static readonly Dictionary<string, bool> Switch = new() { ["yes"] = true, ["no"] = false, ["true"] = true, ["false"] = false };
    private static readonly Dictionary<string, bool> Level = new() { ["high"] = true, ["low"] = false };

    public static PowerConfig Of(EdgeConfig config) => config.Power ?? new PowerConfig();

    public static readonly IReadOnlyList<ConfigKey<EdgeConfig>> All =
    [
        new("power.model", $"one of {string.Join(", ", PowerModels.All.Select(m => m.Name))}", "The UPS (docs/power.md). Without a model nothing watches the power.", false,
            (c, v) => PowerModels.Find(v) is null ? null : Set(c, p => p with { Model = v }), c => Of(c).Model is { Length: > 0 } model ? model : null,
            [.. PowerModels.All.Select(m => m.Name)]),
        Text("bus", "a bus number, i2c-N or an adapter's name (`i2cdetect -l` lists them)", "I2C bus that the UPS is on. It must be named: no bus is ever searched, for other chips answer at a UPS's usual address.",
            (p, v) => p with { Bus = v }, p => p.Bus),
        new("power.address", "a 7-bit address such as 0x42", "I2C address, where a jumper of the board changed it.", false,
            (c, v) => AddressOf(v) is { } address ? Set(c, p => p with { Address = address }) : null, c => Of(c).Address is { } a ? $"0x{a:x2}" : null),
        Text("gpio-chip", "a GPIO chip's label (`gpiodetect` lists them), such as pinctrl-rp1", "GPIO chip of the lines below. By its label: the chips' numbers change from boot to boot.", (p, v) => p with { GpioChip = v }, p => p.GpioChip),
        Text("mains-line", LineAllowed, "Line that tells whether there are mains, where the model does not know it.", (p, v) => p with { MainsLine = v }, p => p.MainsLine),
        Choice("mains-when", "high or low", "What that line is while there are mains.", Level, (p, v) => p with { MainsWhenHigh = v }, p => p.MainsWhenHigh),
        Text("battery-line", LineAllowed, "Dry contacts: line of the contact \"on battery\".", (p, v) => p with { BatteryLine = v }, p => p.BatteryLine),
        Text("low-line", LineAllowed, "Dry contacts: line of the contact \"battery low\".", (p, v) => p with { LowLine = v }, p => p.LowLine),
        Text("replace-line", LineAllowed, "Dry contacts: line of the contact \"replace battery\".", (p, v) => p with { ReplaceLine = v }, p => p.ReplaceLine),
        Choice("closed-when", "high or low", "Dry contacts: what a line is while its contact is closed. Low: an open collector that pulls it to ground.", Level, (p, v) => p with { ClosedIsHigh = v }, p => p.ClosedIsHigh),
        Text("supply", "a name in /sys/class/power_supply", "Model kernel: the battery.", (p, v) => p with { Supply = v }, p => p.Supply),
        Text("mains-supply", "a name in /sys/class/power_supply", "Model kernel: the mains adapter. Left out: the battery's own status tells.", (p, v) => p with { MainsSupply = v }, p => p.MainsSupply),
        new("power.nut-host", "a host name or an IP address", "Model nut: the server.", false,
            (c, v) => Uri.CheckHostName(v) == UriHostNameType.Unknown ? null : Set(c, p => p with { NutHost = v }), c => Of(c).NutHost),
        Number("nut-port", 1, 65535, "Its TCP port.", (p, v) => p with { NutPort = v }, p => p.NutPort),
        new("power.nut-ups", ConfigKeys.NameAllowed, "Name of the UPS there (`upsc -l` lists them).", false,
            (c, v) => ConfigKeys.IsName(v) ? Set(c, p => p with { NutUps = v }) : null, c => Of(c).NutUps),
        Text("nut-username", "a name", "For a server that wants one. The agent never logs in as a monitor: it would hold up upsmon's shutdown.", (p, v) => p with { NutUsername = v }, p => p.NutUsername),
        Text("nut-password-file", "the path of a file", "File with the password in its first line.", (p, v) => p with { NutPasswordFile = v }, p => p.NutPasswordFile),
        Number("stop-below-minutes", 2, 240, "Run time left at which the clients are stopped; earlier where they need longer.", (p, v) => p with { StopBelowMinutes = v }, p => p.StopBelowMinutes),
        Number("stop-below-percent", 5, 95, "State of charge at which the clients are stopped.", (p, v) => p with { StopBelowPercent = v }, p => p.StopBelowPercent),
        new("power.stop-after-minutes", "a whole number from 1 to 1440", "Time on battery after which they are stopped, whatever is left. Left out: 5 where the UPS tells neither charge nor run time, else no such limit.", false,
            (c, v) => IntOf(v, 1, 1440) is { } n ? Set(c, p => p with { StopAfterMinutes = n }) : null, c => Of(c).StopAfterMinutes?.ToString(CultureInfo.InvariantCulture)),
        Choice("power-off", "yes or no", "Switch the box off when the clients are down. Left out: yes, except with NUT, where upsmon does that, and without a UPS.", Switch, (p, v) => p with { PowerOffWritten = v }, p => p.PowerOffWritten),
        Choice("cut", "yes or no", "Let the UPS take the power away after that, where the model can (docs/power.md).", Switch, (p, v) => p with { Cut = v }, p => p.Cut),
        Units("validator", "Validator clients and DVT clients of this box: they are stopped first.", ClientRole.Validator, (p, v) => p with { Validator = v }, p => p.Validator),
        Units("consensus", "Its beacon nodes: they are stopped next.", ClientRole.Consensus, (p, v) => p with { Consensus = v }, p => p.Consensus),
        Units("execution", "Its execution clients: they are stopped last.", ClientRole.Execution, (p, v) => p with { Execution = v }, p => p.Execution),
        Number("validator-seconds", 5, 300, "Time to stop, after which the next are told. Nobody is ever killed.", (p, v) => p with { ValidatorSeconds = v }, p => p.ValidatorSeconds),
        Number("consensus-seconds", 10, 600, "The same of beacon nodes.", (p, v) => p with { ConsensusSeconds = v }, p => p.ConsensusSeconds),
        Number("execution-seconds", 30, 1200, "The same of execution clients.", (p, v) => p with { ExecutionSeconds = v }, p => p.ExecutionSeconds),
    ];

    private static EdgeConfig Set(EdgeConfig config, Func<PowerConfig, PowerConfig> set) => config with { Power = set(Of(config)) };

    private static ConfigKey<EdgeConfig> Text(string name, string allowed, string meaning, Func<PowerConfig, string, PowerConfig> set, Func<PowerConfig, string?> show) =>
        new("power." + name, allowed, meaning, false, (c, v) => v.Length == 0 || (v.Contains('/', StringComparison.Ordinal) && !allowed.Contains("path", StringComparison.Ordinal)) ? null : Set(c, p => set(p, v)), c => show(Of(c)));

    private static ConfigKey<EdgeConfig> Number(string name, int from, int to, string meaning, Func<PowerConfig, int, PowerConfig> set, Func<PowerConfig, int> show) =>
        new("power." + name, $"a whole number from {from} to {to}", meaning, false, (c, v) => IntOf(v, from, to) is { } n ? Set(c, p => set(p, n)) : null,
            c => show(Of(c)).ToString(CultureInfo.InvariantCulture));

    private static ConfigKey<EdgeConfig> Choice(string name, string allowed, string meaning, Dictionary<string, bool> values, Func<PowerConfig, bool, PowerConfig> set, Func<PowerConfig, bool?> show) =>
        new("power." + name, allowed, meaning, false, (c, v) => values.TryGetValue(v, out var value) ? Set(c, p => set(p, value)) : null,
            c => show(Of(c)) is { } shown ? values.First(w => w.Value == shown).Key : null);

    private static ConfigKey<EdgeConfig> Units(string name, string meaning, ClientRole role, Func<PowerConfig, IReadOnlyList<ClientUnit>, PowerConfig> set, Func<PowerConfig, IReadOnlyList<ClientUnit>> show) =>
        new("power." + name, UnitsAllowed, meaning, false, (c, v) =>
        {
            var units = v.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(n => ClientUnit.Parse(role, n)).ToList();
            return units.Count == 0 || units.Contains(null) ? null : Set(c, p => set(p, [.. units.OfType<ClientUnit>()]));
        }, c => show(Of(c)) is { Count: > 0 } units ? string.Join(", ", units) : null);

    private static int? IntOf(string text, int from, int to) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) && n >= from && n <= to ? n : null;

    private static byte? AddressOf(string text) =>
        (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? byte.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var address)
            : byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out address)) && address is >= 0x08 and <= 0x77 ? address : null;
}
