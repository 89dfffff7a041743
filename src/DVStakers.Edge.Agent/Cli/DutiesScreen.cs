using System.Globalization;
using DVStakers.Edge.Core.Duties;

namespace DVStakers.Edge.Agent.Cli;

/// <summary>The account of the duties as one screen: the sums, then the last epochs, then each duty that was not simply made. Pure; from 80 columns.</summary>
internal sealed class DutiesScreen
{
    /// <summary>What is not simply made; older ones are in the JSON.</summary>
    private const int MostLines = 20;

    private readonly ScreenText screen;
    private readonly Ink ink;

    private DutiesScreen(int width, Ink ink)
    {
        screen = new ScreenText(Math.Clamp(width, 80, 120), ink);
        this.ink = ink;
    }

    /// <param name="epochs">How many epochs to show.</param>
    /// <param name="validator">Only this one's sums and duties.</param>
    public static string Render(DutyReport report, int epochs, ulong? validator, int width, Ink ink)
    {
        var screen = new DutiesScreen(width, ink);
        screen.Header(report);
        screen.Sums(report, validator);
        if (validator is null)
            screen.Epochs(report, epochs);
        screen.Duties(report, validator);
        return screen.screen.ToString();
    }

    private void Header(DutyReport report)
    {
        var network = report.Network is { } name ? $" · {name}" : "";
        var head = report.HeadSlot is { } slot ? $" · blocks read to slot {slot}" : "";
        screen.Line(ink.Bold("Duties") + Printable.Of($"{network}{head} · {report.Open} under way"));
        if (report.WitnessesDropped > 0)
            screen.Line(ink.Yellow($"! {report.WitnessesDropped} things that the validators did are not in this account: the ledger did not keep up"));
    }

    private void Sums(DutyReport report, ulong? validator)
    {
        screen.Title(validator is { } one ? $"Validator {one} since the agent started" : "Since the agent started");
        var entry = report.Validators.FirstOrDefault(v => v.ValidatorIndex == validator);
        if (validator is null ? report.Epochs.Count == 0 : entry is null)
        {
            screen.Line(validator is null ? "  no duty is settled yet; the first is, two slots after it was due" : "  no duty of this validator is settled yet");
            return;
        }
        Columns("");
        var kinds = entry ?? report.Totals;
        Row("attestations", kinds.Attestations);
        Row("proposals", kinds.Proposals);
        Row("sync committee", kinds.Sync);
        Row("aggregates", kinds.Aggregates);
        Row("contributions", kinds.Contributions);
        var all = kinds.All;
        if (all.WouldHaveBeenMissed > 0)
            screen.Line($"  {ink.Bold($"{all.WouldHaveBeenMissed}")} of them would have been missed: the first stack could not serve them;");
        if (all.WouldHaveBeenMissed > 0)
            screen.Line($"  for {ink.Bold($"{all.Unnoticed}")} of these no fail-over of the validator's own would have noticed it");
    }

    private void Epochs(DutyReport report, int most)
    {
        if (report.Epochs.Count == 0)
            return;
        screen.Title("Last epochs, all kinds");
        Columns("epoch");
        foreach (var epoch in report.Epochs.Take(most))
            Row(epoch.Epoch.ToString(CultureInfo.InvariantCulture), epoch.All);
    }

    private void Duties(DutyReport report, ulong? validator)
    {
        screen.Title("What was not simply made, newest first");
        var shown = report.Duties.Where(d => (validator is null || d.ValidatorIndex == validator) && (d.Outcome != "made" || d.WouldHaveBeenMissed)).ToList();
        if (shown.Count == 0)
            screen.Line("  nothing");
        foreach (var duty in shown.Take(MostLines))
        {
            var mark = duty.Outcome switch { "missed" => ink.Red("✖ "), "made" => ink.Green("● "), "unknown" => ink.Dim("? "), _ => ink.Yellow("! ") };
            screen.Wrapped(mark, 2, $"slot {duty.Slot}, validator {duty.ValidatorIndex}, {duty.Kind}: {duty.Explanation}");
        }
        if (shown.Count > MostLines)
            screen.Line(ink.Dim($"  and {shown.Count - MostLines} more: dvstakers-edge duties --json"));
    }

    private void Columns(string first) => screen.Line(ink.Dim($"  {first,-14}{"due",7}{"made",7}{"late",6}{"wrong",7}{"part",6}{"missed",8}{"unknown",9}{"saved",7}"));

    private void Row(string name, TallyReport t) => screen.Line($"  {name,-14}{t.Due,7}{t.Made,7}{Tinted(t.Late, 6, ink.Yellow)}{Tinted(t.WrongHead + t.WrongTarget, 7, ink.Yellow)}"
        + $"{Tinted(t.Partial, 6, ink.Yellow)}{Tinted(t.Missed, 8, ink.Red)}{Tinted(t.Unknown, 9, ink.Yellow)}{Tinted(t.WouldHaveBeenMissed, 7, ink.Green)}");

    private static string Tinted(long number, int room, Func<string, string> tint)
    {
        var text = number.ToString(CultureInfo.InvariantCulture).PadLeft(room);
        return number == 0 ? text : tint(text);
    }
}
