using DVStakers.Edge.Core.Power.Chips;

namespace DVStakers.Edge.Core.Power;

/// <summary>Every model there is. docs/power.md lists them; a test compares.</summary>
public static class PowerModels
{
    private const string Gauge = "charge, voltage";
    private const string GaugeAndLine = "mains, charge, voltage";
    private const string Monitor = "mains by the current's direction, voltage, current, charge by voltage";
    private static readonly byte[] InaAddresses = [.. Enumerable.Range(0x40, 16).Select(a => (byte)a)];

    public static readonly IReadOnlyList<PowerModel> All =
    [
        // Shunts as Waveshare's own programs calibrate for them (0.04096 / (value * amperes a bit)): (B) 4096 at 0.1 mA, so 0.1 ohm; (C) 26868 at 0.1524 mA, so 0.01 ohm.
        // docs/power.md says where; of the CM4 base no program was found, and it is taken to be like (C).
        Ina("waveshare-ups-hat-b", "Waveshare UPS HAT (B), INA219, two cells", 0x42, InaMonitor.Ina219(0.1, 6.0, 8.4, positiveDischarges: false)),
        Ina("waveshare-ups-hat-c", "Waveshare UPS HAT (C), INA219, one cell", 0x43, InaMonitor.Ina219(0.01, 3.0, 4.2, positiveDischarges: false)),
        Ina("waveshare-cm4-base", "Waveshare CM4 UPS base, INA219, two cells", 0x43, InaMonitor.Ina219(0.01, 6.0, 8.4, positiveDischarges: true)),
        Ina("ina226-1s", "INA226 at a one-cell battery, 0.01 ohm", 0x40, InaMonitor.Ina226(0.01, 3.0, 4.2, positiveDischarges: false)),
        Ina("ina226-2s", "INA226 at a two-cell battery, 0.01 ohm", 0x40, InaMonitor.Ina226(0.01, 6.0, 8.4, positiveDischarges: false)),
        Max("max17040", MaxGauge.OneCell), Max("max17041", MaxGauge.TwoCells), Max("max17043", MaxGauge.OneCell),
        Max("max17044", MaxGauge.TwoCells), Max("max17048", MaxGauge.OneCell), Max("max17049", MaxGauge.TwoCells),
        Geekworm("geekworm-x728", "Geekworm X728", mainsWhenHigh: false) with
        {
            Cut = new PulseCut("GPIO26", TimeSpan.FromSeconds(3.5), "GPIO26 high for 3.5 s: the board takes the power away at once"),
        },
        Geekworm("geekworm-x1200", "Geekworm X1200", mainsWhenHigh: true),
        Geekworm("geekworm-x1201", "Geekworm X1201", mainsWhenHigh: true),
        Geekworm("geekworm-x1202", "Geekworm X1202", mainsWhenHigh: true),
        new("waveshare-ups-hat-e", "Waveshare UPS HAT (E)", PowerLink.I2c, "mains, charge, voltage, current, run time left, each cell")
        {
            Chip = new WaveshareE(), Address = 0x2D,
            Cut = new RegisterCut(0x01, 0x55, "the power goes in about 30 s, whatever happens, and comes back with the mains"),
        },
        new("52pi-ep-0136", "52Pi UPS Plus EP-0136", PowerLink.I2c, GaugeAndLine)
        {
            Chip = new Ep0136(), Address = 0x17,
            Cut = new RegisterCut(0x18, 60, "the power goes in 60 s"),
        },
        new("pijuice", "PiJuice", PowerLink.I2c, "mains, charge, voltage, current")
        {
            Chip = new PiJuice(), Address = 0x14,
            Cut = new RegisterCut(0x62, 60, "the power goes in 60 s"),
        },
        new("dry-contacts", "Dry contacts on GPIO (12 V DC UPSes)", PowerLink.Contacts, "mains; low and replace, where those lines are wired"),
        new("kernel", "A battery that the kernel knows (/sys/class/power_supply)", PowerLink.Kernel, "mains, charge; the rest as the driver has it"),
        new("nut", "Any UPS of a NUT server (USB, serial, network)", PowerLink.Nut, "mains, charge, run time left, low, replace"),
        new("none", "No UPS", PowerLink.None, "nothing: the clients are named for the panel's button alone"),
    ];

    public static PowerModel? Find(string name) => All.FirstOrDefault(m => m.Name == name);

    private static PowerModel Ina(string name, string title, byte address, InaMonitor chip) =>
        new(name, title, PowerLink.I2c, Monitor) { Chip = chip, Address = address, OtherAddresses = InaAddresses };

    private static PowerModel Max(string name, MaxGauge chip) =>
        new(name, $"{name.ToUpperInvariant()} gauge, mains on a GPIO line", PowerLink.I2c, Gauge + "; mains by the line that is configured") { Chip = chip, Address = 0x36, NeedsMainsLine = true };

    private static PowerModel Geekworm(string name, string title, bool mainsWhenHigh) =>
        new(name, title, PowerLink.I2c, GaugeAndLine) { Chip = MaxGauge.OneCell, Address = 0x36, Mains = new("GPIO6", mainsWhenHigh) };
}
