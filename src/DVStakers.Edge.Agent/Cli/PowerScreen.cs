using System.Globalization;
using DVStakers.Edge.Core.Power;

namespace DVStakers.Edge.Agent.Cli;

/// <summary>The power as one screen: what the UPS says and means, or what would happen in an outage. Pure; from 80 columns.</summary>
internal static class PowerScreen
{
    public static string Show(UpsReport report, DateTimeOffset now, int width, Ink ink)
    {
        var screen = new ScreenText(Math.Clamp(width, 80, 120), ink);
        var model = report.Model is { } name && PowerModels.Find(name) is { } found ? found.Title : null;
        screen.Line(ink.Bold("Power") + Printable.Of(model is null ? " · nothing watches it (no power in the configuration)" : $" · {model}"));
        if (model is null)
            return screen.ToString();
        if (PowerModels.Find(report.Model!)!.Link == PowerLink.None)
        {
            screen.Wrapped("  ", 2, "the clients are stopped in order by the panel's button alone");
            return Rest(screen, report, ink);
        }
        var mark = report switch
        {
            { Stopping: true } or { Low: true } => ink.Red("✖ "),
            { Source: "mains" } => ink.Green("● "),
            _ => ink.Yellow("! "),
        };
        var since = report.Since is { } from ? $" for {Verdict.Words(now - from)}" : "";
        screen.Wrapped(mark, 2, report.Source switch { "mains" => $"on mains{since}", "battery" => $"on battery{since}: {report.Reason}", _ => $"not known: {report.Reason}" });
        Row("charge", report.ChargePercent is { } charge ? string.Create(CultureInfo.InvariantCulture, $"{charge:0.#} %") : "the UPS does not tell");
        Row("run time left", report.RunTimeLeftSeconds is { } left ? Verdict.Words(TimeSpan.FromSeconds(left)) : report.Source == "battery" ? "not known yet" : "counted on battery only");
        if (report.Volts is { } volts)
            Row("battery", string.Create(CultureInfo.InvariantCulture, $"{volts:0.00} V{(report.Amperes is { } a ? $", {Math.Abs(a):0.00} A {(a < 0 ? "out" : "in")}" : "")}"));
        Row("last read", report.ReadAt is { } at ? $"{Verdict.Words(now - at)} ago{(report.Trouble is { } trouble ? $", and not to be used: {trouble}" : "")}" : "not yet");
        return Rest(screen, report, ink);

        void Row(string what, string value) => screen.Wrapped(ink.Dim($"  {what,-15}"), 17, value);
    }

    private static string Rest(ScreenText screen, UpsReport report, Ink ink)
    {
        if (report.Stopping)
            screen.Line(ink.Red("  the clients are being stopped in order; the box goes off after that"));
        if (report.Problems.Count > 0)
            screen.Title("What is wrong");
        foreach (var problem in report.Problems)
            screen.Wrapped(ink.Yellow("! "), 2, problem);
        return screen.ToString();
    }

    public static string Plan(PowerPlan plan, int width, Ink ink)
    {
        var screen = new ScreenText(Math.Clamp(width, 80, 120), ink);
        screen.Line(ink.Bold("What would happen in an outage") + Printable.Of($" · {plan.Title}"));
        screen.Wrapped("  ", 2, $"Now: {plan.Verdict}.");
        screen.Title(plan.Begins.Count == 1 ? "The stop begins" : "The stop begins, on battery, whichever comes first");
        foreach (var begin in plan.Begins)
            screen.Wrapped("  ", 2, begin);
        screen.Title("Then, in this order; nobody is ever killed");
        foreach (var step in plan.Steps)
        {
            screen.Wrapped($"  {Clock(step.AtSeconds),6}  ", 10, $"{step.Role}: {step.Client}");
            screen.Wrapped(new string(' ', 10), 10, step.Basis);
            if (step.Warning is { } warning)
                screen.Wrapped(new string(' ', 8) + ink.Yellow("! "), 10, warning);
        }
        screen.Wrapped($"  {Clock(plan.NeededSeconds - Budgets.Rest.TotalSeconds),6}  ", 10, plan.AtTheEnd);
        screen.Wrapped($"  {Clock(plan.NeededSeconds),6}  ", 10, "the power may go");
        screen.Title("When mains are back");
        foreach (var line in plan.OnReturn)
            screen.Wrapped("  ", 2, line);
        foreach (var warning in plan.Warnings)
            screen.Wrapped(ink.Yellow("! "), 2, warning);
        return screen.ToString();
    }

    private static string Clock(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 60}:{(int)seconds % 60:00}");
}
