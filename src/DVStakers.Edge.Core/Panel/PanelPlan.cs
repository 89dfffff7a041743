using System.Globalization;
using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Core.Panel;

/// <summary>Where a lamp is.</summary>
public abstract record LampPlace;

/// <summary>An LED that the kernel has as one (<c>/sys/class/leds</c>).</summary>
/// <param name="Names">As different kernels call it; the first that is there counts.</param>
public sealed record KernelLed(IReadOnlyList<string> Names) : LampPlace;

/// <summary>An LED at a GPIO line.</summary>
/// <param name="ActiveLow">It lights when the line is low.</param>
/// <param name="OpenDrain">The line only pulls down; dark, it floats.</param>
public sealed record GpioLed(LineAddress Line, bool ActiveLow, bool OpenDrain) : LampPlace;

/// <summary>One light that a person can see.</summary>
/// <param name="Name">For messages and for <c>panel test</c>.</param>
/// <param name="Colour">Counts only where another lamp shows the same in another colour.</param>
public sealed record Lamp(string Name, PanelRole Shows, LedColour? Colour, LampPlace Place);

/// <summary>Which lamps there are, by the configuration, and what each of them shows. Pure.</summary>
public static class PanelPlan
{
    /// <summary>As written; where no LED is, the board's own shows everything.</summary>
    public static IReadOnlyList<Lamp> Lamps(PanelConfig panel) => panel.Leds.Count > 0
        ? [.. panel.Leds.Select(l => Lamp(l, panel.Board))]
        : panel.Board.OnBoard is { Count: > 0 } names ? [new(names[0], PanelRole.Single, null, new KernelLed(names))] : [];

    /// <summary>Null: no button.</summary>
    public static LineAddress? Button(PanelConfig panel) => panel.ButtonLine is { } line ? Line(line, panel.ButtonChip, panel.Board) : null;

    /// <summary>The pattern of one lamp. Of several colours for one thing those light that say it: green for good, yellow (or red and green together) for waiting, red for the rest.</summary>
    public static LedPattern Shown(Lamp lamp, IReadOnlyList<Lamp> lamps, LedStates states)
    {
        var pattern = Of(lamp.Shows, states).Pattern;
        var colours = lamps.Where(l => l.Shows == lamp.Shows && l.Colour is not null).Select(l => l.Colour!.Value).Distinct().ToList();
        return lamp.Colour is not { } colour || colours.Count < 2 || Lit(pattern, colours).Contains(colour) ? pattern : LedPattern.Off;
    }

    public static Led Of(PanelRole role, LedStates states) => role switch
    {
        PanelRole.Stack => states.Stack,
        PanelRole.Validator => states.Validator,
        PanelRole.Cluster => states.Cluster,
        PanelRole.Power => states.Power,
        _ => states.Single,
    };

    /// <summary>A line as a person writes it: <c>pin 11</c>, <c>GPIO17</c>, or an offset on a chip. Null: it is none of this board.</summary>
    public static LineAddress? Line(string text, string? chip, Board board) => PinOf(text) is { } pin
        ? chip is null ? board.Header.GetValueOrDefault(pin) : null
        : (chip ?? board.Chip) is { } label ? new(label, text) : null;

    /// <summary>The number in <c>pin 11</c>; null: it is no pin.</summary>
    public static int? PinOf(string text) =>
        text.StartsWith("pin", StringComparison.OrdinalIgnoreCase) && int.TryParse(text.AsSpan(3).Trim(" -"), NumberStyles.None, CultureInfo.InvariantCulture, out var pin) ? pin : null;

    private static Lamp Lamp(LedConfig led, Board board) => led.Led is { } name
        ? new(name, led.Shows, led.Colour, new KernelLed([name]))
        : new(led.Chip is null ? led.Line! : $"{led.Chip} {led.Line}", led.Shows, led.Colour,
            new GpioLed(Line(led.Line!, led.Chip, board) ?? throw new ArgumentException($"{led.Line} is no line of {board.Name}", nameof(led)), led.ActiveLow, led.OpenDrain));

    private static IReadOnlyList<LedColour> Lit(LedPattern pattern, List<LedColour> there)
    {
        IReadOnlyList<LedColour>[] choices =
            pattern == LedPattern.Solid ? [[LedColour.Green], [LedColour.Blue], [LedColour.White]]
            : pattern == LedPattern.Slow || pattern == LedPattern.Blip ? [[LedColour.Yellow], [LedColour.Red, LedColour.Green], [LedColour.Blue]]
            : [[LedColour.Red], [LedColour.Yellow]];
        return choices.FirstOrDefault(c => c.All(there.Contains)) ?? there;
    }
}
