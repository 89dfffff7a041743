using DVStakers.Edge.Core.Status;

namespace DVStakers.Edge.Agent.Cli;

/// <summary>What is lit, and what it means. Pure.</summary>
internal static class PanelScreen
{
    /// <param name="there">LEDs of this machine, by name.</param>
    public static string Render(StatusReport report, IReadOnlyList<string> there, int width, Ink ink)
    {
        var screen = new ScreenText(Math.Clamp(width, 80, 120), ink);
        screen.Title("Panel");
        if (report.Lights.Count == 0)
            screen.Wrapped("  ", 2, "No LED is configured (docs/panel.md). This is what one would show:");
        foreach (var light in report.Lights)
        {
            var works = light.State == "works";
            var meaning = report.Panel.FirstOrDefault(l => l.Name == light.Shows)?.Meaning ?? "";
            screen.Wrapped($"  {(works ? ink.Green("●") : ink.Red("○"))} {light.Name.PadRight(14)}  {light.Shows,-9}  {(works ? light.Pattern : light.State),-13}  ", 46, works ? meaning : light.Detail);
        }
        if (report.Lights.Count == 0)
            foreach (var led in report.Panel)
                screen.Wrapped($"    {led.Name,-9}  {led.Pattern,-13}  ", 28, led.Meaning);
        screen.Title("This machine");
        screen.Wrapped("  LEDs  ", 8, there.Count == 0 ? "none that the kernel has as one (/sys/class/leds)" : string.Join(", ", there));
        return screen.ToString();
    }
}
