using DVStakers.Edge.Core.Panel;

namespace DVStakers.Edge.Core.Configuration;

/// <summary>The rules of <c>panel</c> that span more than one key. Whether an LED or a line is really there is not looked at: it may come later.</summary>
public static class PanelRules
{
    private static readonly string[] OnlyWithLine = ["chip", "active-low", "open-drain"];

    public static IEnumerable<ConfigProblem> Check(EdgeConfig config, IReadOnlyDictionary<string, string> origins)
    {
        if (config.Panel is not { } panel)
            yield break;
        string At(string path) => origins.GetValueOrDefault(path) ?? origins.GetValueOrDefault(path[..Math.Max(0, path.LastIndexOf('.'))], path);

        var used = new Dictionary<string, string>();
        for (var i = 0; i < panel.Leds.Count; i++)
        {
            var (led, path) = (panel.Leds[i], $"{PanelKeys.Leds}[{i}]");
            bool Written(string key) => origins.ContainsKey($"{path}.{key}");
            // What was written and is wrong was said already.
            if (led.Led is null == led.Line is null && (led.Led is not null || (!Written("led") && !Written("line"))))
                yield return new(At(path + (led.Led is null ? "" : ".line")), led.Led is null
                    ? "this LED is nowhere: write 'led' (a name in /sys/class/leds) or 'line' (a pin or GPIO line)"
                    : "an LED is either 'led' or 'line', not both; for two LEDs write two items");
            if (led.Line is null && !Written("line"))
                foreach (var key in OnlyWithLine.Where(Written))
                    yield return new(At($"{path}.{key}"), $"{key} counts only with 'line'; write that too, or leave this out");
            else if (led.Line is not null && Wrong(led.Line, led.Chip, panel.Board) is { } wrong)
                yield return new(At(path + ".line"), wrong);
            var place = led.Led ?? (led.Line is null ? null : PanelPlan.Line(led.Line, led.Chip, panel.Board)?.ToString());
            if (place is not null && !used.TryAdd(place, At(path + ".led")))
                yield return new(At(path + (led.Led is null ? ".line" : ".led")), $"this LED is named twice; the first is at {used[place]}");
        }
        if (panel.ButtonLine is { } button)
        {
            if (Wrong(button, panel.ButtonChip, panel.Board) is { } wrong)
                yield return new(At("panel.button-line"), wrong);
            else if (PanelPlan.Button(panel)?.ToString() is { } line && used.TryGetValue(line, out var first))
                yield return new(At("panel.button-line"), $"this line is an LED already, at {first}");
        }
        else if (panel.ButtonChip is not null)
            yield return new(At("panel.button-chip"), "button-chip without button-line: write the line too");
        if (panel is { Leds.Count: 0, Board.OnBoard.Count: 0 })
            yield return new(At("panel.board"), $"a {panel.Board.Name} board has no LED of its own that is known, and 'leds' names none, so nothing is lit", IsWarning: true);
    }

    /// <summary>Null: nothing is wrong with this line.</summary>
    private static string? Wrong(string line, string? chip, Board board)
    {
        if (PanelPlan.PinOf(line) is not { } pin)
            return PanelPlan.Line(line, chip, board) is null
                ? $"on which chip is line '{line}'? Write 'chip' too (gpioinfo shows the labels){(board.Header.Count > 0 ? ", or a pin of the header, such as pin 11" : "")}"
                : null;
        if (chip is not null)
            return $"a pin of the header needs no chip; write '{line}' alone, or a line of {chip}";
        if (board.Reserved.TryGetValue(pin, out var what))
            return $"pin {pin} is {what}; free are {Pins(board)}";
        return board.Header.ContainsKey(pin) ? null : board.Header.Count == 0
            ? $"the pins of a {board.Name} board are not known; write the board, or 'chip' and 'line'"
            : $"there is no pin {pin}; free are {Pins(board)}";
    }

    private static string Pins(Board board) => string.Join(", ", board.Header.Keys.Order());
}
