using DVStakers.Edge.Core.Panel;

namespace DVStakers.Edge.Core.Configuration;

/// <summary>The keys of <c>panel</c>.</summary>
internal static class PanelKeys
{
    public const string Section = "panel";
    public const string LedsName = "leds";
    public const string Leds = Section + "." + LedsName;

    private const string LineAllowed = "a pin of the board's header (pin 11), a line's name, or a line's number on its chip";

    private static readonly (string, Board)[] Boards = [.. Board.All.Select(b => (b.Name, b))];

    // The enum's own order, in words.
    private static readonly (string, PanelRole)[] Roles =
        [("single", PanelRole.Single), ("stack", PanelRole.Stack), ("validator", PanelRole.Validator), ("cluster", PanelRole.Cluster), ("power", PanelRole.Power)];

    private static readonly (string, LedColour?)[] Colours =
        [("red", LedColour.Red), ("yellow", LedColour.Yellow), ("green", LedColour.Green), ("blue", LedColour.Blue), ("white", LedColour.White)];

    public static readonly IReadOnlyList<ConfigKey<EdgeConfig>> Top =
    [
        ConfigKeys.Choice<EdgeConfig, Board>(Section + ".board", Boards, "Which board this is: what its own LED is called, and where the pins of its header are.",
            (c, v) => c with { Panel = Of(c) with { Board = v } }, c => Of(c).Board),
        ConfigKeys.Switch<EdgeConfig>(Section + ".flash-on-duty", "A short dark moment of the validator's LED for attestations sent, while all is well.",
            (c, v) => c with { Panel = Of(c) with { FlashOnDuty = v } }, c => Of(c).FlashOnDuty),
        ConfigKeys.Text<EdgeConfig>(Section + ".button-line", LineAllowed, "A button: held for 3 s it drains the box or puts it back, for 10 s it shuts it down in order (docs/panel.md).", IsLine,
            (c, v) => c with { Panel = Of(c) with { ButtonLine = v } }, c => Of(c).ButtonLine),
        ConfigKeys.Text<EdgeConfig>(Section + ".button-chip", "the label of a GPIO chip", "The button's chip, where its line is no pin.", v => v.Length > 0,
            (c, v) => c with { Panel = Of(c) with { ButtonChip = v } }, c => Of(c).ButtonChip),
        ConfigKeys.Switch<EdgeConfig>(Section + ".button-active-low", "Pressed, it pulls the line to ground; the chip's own pull-up is switched on.",
            (c, v) => c with { Panel = Of(c) with { ButtonActiveLow = v } }, c => Of(c).ButtonActiveLow),
    ];

    /// <summary>The keys of one item of <c>panel.leds</c>.</summary>
    public static readonly IReadOnlyList<ConfigKey<LedConfig>> Led =
    [
        ConfigKeys.Choice<LedConfig, PanelRole>("shows", Roles, "What this LED tells. `single`: everything, by rhythm.",
            (l, v) => l with { Shows = v }, l => l.Shows),
        ConfigKeys.Text<LedConfig>("led", "a name in /sys/class/leds", "An LED that the kernel has as one. Either this or `line`.", v => v.Length is > 0 and <= 63 && !v.Contains('/') && v[0] != '.',
            (l, v) => l with { Led = v }, l => l.Led),
        ConfigKeys.Text<LedConfig>("line", LineAllowed, "An LED at a GPIO line.", IsLine,
            (l, v) => l with { Line = v }, l => l.Line),
        ConfigKeys.Text<LedConfig>("chip", "the label of a GPIO chip", "The line's chip, where the line is no pin.", v => v.Length > 0,
            (l, v) => l with { Chip = v }, l => l.Chip),
        ConfigKeys.Switch<LedConfig>("active-low", "It lights when the line is low.",
            (l, v) => l with { ActiveLow = v }, l => l.ActiveLow),
        ConfigKeys.Switch<LedConfig>("open-drain", "The line only pulls to ground, for an LED at another voltage behind a transistor or a driver that wants it.",
            (l, v) => l with { OpenDrain = v }, l => l.OpenDrain),
        ConfigKeys.Choice<LedConfig, LedColour?>("colour", Colours, "Where several LEDs tell the same: this one lights when its colour says it. A lone LED needs none.",
            (l, v) => l with { Colour = v }, l => l.Colour),
    ];

    public static PanelConfig Of(EdgeConfig config) => config.Panel ?? new PanelConfig();

    private static bool IsLine(string text) => text.Length is > 0 and <= 31;
}
