using System.Globalization;

namespace DVStakers.Edge.Core.Panel;

/// <summary>A GPIO line as the kernel knows it.</summary>
/// <param name="Chip">The chip's label.</param>
/// <param name="Line">The line's name, or its offset where it is a number.</param>
public sealed record LineAddress(string Chip, string Line);

/// <summary>What is particular to a board, as data.</summary>
/// <param name="Name">As <c>panel.board</c> has it.</param>
/// <param name="OnBoard">Names of the LED that the board itself has and that may be used, by kernel; the first that is there counts.</param>
/// <param name="Chip">The label of the chip that a line is on where none is written; null: it must be written.</param>
/// <param name="Header">Pins that may drive an LED or read a button.</param>
/// <param name="Reserved">Pins that may not, and what they are.</param>
public sealed record Board(string Name, IReadOnlyList<string> OnBoard, string? Chip, IReadOnlyDictionary<int, LineAddress> Header, IReadOnlyDictionary<int, string> Reserved)
{
    private const string V33 = "3.3 V", V5 = "5 V", Ground = "ground", Console = "the serial console's, on which the boot loader listens", Bus = "an I2C bus's", Eeprom = "the identification EEPROM's";

    /// <summary>Radxa Rock 5B. Banks are chips <c>gpio0</c> to <c>gpio4</c>; the lines have no names.</summary>
    public static readonly Board Rock5B = new("rock-5b", ["blue:status", "status"], null,
        Banks((7, 3, 19), (11, 3, 17), (12, 3, 13), (13, 3, 15), (15, 3, 16), (16, 3, 4), (18, 4, 20), (19, 1, 10), (21, 1, 9), (23, 1, 11), (24, 1, 12), (26, 1, 13),
            (29, 1, 31), (31, 1, 15), (32, 3, 18), (33, 3, 7), (35, 3, 14), (36, 3, 9), (38, 3, 10), (40, 3, 11)),
        new Dictionary<int, string>
        {
            [1] = V33, [2] = V5, [3] = Bus, [4] = V5, [5] = Bus, [6] = Ground, [8] = Console, [9] = Ground, [10] = Console, [14] = Ground, [17] = V33, [20] = Ground,
            [22] = "an analogue input that takes 1.8 V at most", [25] = Ground, [27] = Bus, [28] = Bus, [30] = Ground, [34] = Ground, [37] = "not a GPIO", [39] = Ground,
        });

    /// <summary>Raspberry Pi 5: one chip, whose lines have names.</summary>
    public static readonly Board RaspberryPi5 = new("raspberry-pi-5", ["ACT"], "pinctrl-rp1",
        Names("pinctrl-rp1", (7, 4), (11, 17), (12, 18), (13, 27), (15, 22), (16, 23), (18, 24), (19, 10), (21, 9), (22, 25), (23, 11), (24, 8), (26, 7),
            (29, 5), (31, 6), (32, 12), (33, 13), (35, 19), (36, 16), (37, 26), (38, 20), (40, 21)),
        new Dictionary<int, string>
        {
            [1] = V33, [2] = V5, [3] = Bus, [4] = V5, [5] = Bus, [6] = Ground, [8] = Console, [9] = Ground, [10] = Console, [14] = Ground, [17] = V33, [20] = Ground,
            [25] = Ground, [27] = Eeprom, [28] = Eeprom, [30] = Ground, [34] = Ground, [39] = Ground,
        });

    /// <summary>Its own LEDs are the kernel's only with a module from elsewhere.</summary>
    public static readonly Board Nuc = new("nuc", [], null, new Dictionary<int, LineAddress>(), new Dictionary<int, string>());

    public static readonly Board Generic = new("generic", [], null, new Dictionary<int, LineAddress>(), new Dictionary<int, string>());

    public static readonly IReadOnlyList<Board> All = [Rock5B, RaspberryPi5, Nuc, Generic];

    private static Dictionary<int, LineAddress> Banks(params (int Pin, int Bank, int Line)[] pins) =>
        pins.ToDictionary(p => p.Pin, p => new LineAddress($"gpio{p.Bank}", p.Line.ToString(CultureInfo.InvariantCulture)));

    private static Dictionary<int, LineAddress> Names(string chip, params (int Pin, int Number)[] pins) =>
        pins.ToDictionary(p => p.Pin, p => new LineAddress(chip, $"GPIO{p.Number}"));
}
