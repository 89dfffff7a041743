using System.Globalization;
using System.Runtime.CompilerServices;
using DVStakers.Edge.Core.Panel;

namespace DVStakers.Edge.Tests.Core.Panel;

public sealed class PanelDocumentTests
{
    private static readonly string[] Lines = File.ReadAllLines(Document());

    [Fact]
    public void The_table_of_rhythms_is_what_the_kernel_is_told()
    {
        var expected = Rhythms.All.Select(r =>
        {
            var kernel = KernelPattern.Of(r, 255);
            var steps = r.Steps.Count == 1 ? "steady" : string.Join(' ', r.Steps.Select(s => s.Milliseconds));
            return string.Create(CultureInfo.InvariantCulture, $"| {r.Word} | {steps} | `{kernel.Text}` | {kernel.Repeat} |");
        });
        Assert.Equal(expected, Rows("| rhythm | on and off, ms |"));
    }

    [Fact]
    public void The_wiring_names_free_pins_by_their_right_lines()
    {
        var rows = Rows("| what | pin |").Select(r => r.Split('|', StringSplitOptions.TrimEntries)).Where(r => r[1] != "ground").ToList();
        Assert.Equal(5, rows.Count);
        foreach (var row in rows)
        {
            var pin = int.Parse(row[2], CultureInfo.InvariantCulture);
            var (rock, pi) = (Board.Rock5B.Header[pin], Board.RaspberryPi5.Header[pin]);
            Assert.Equal(($"`{rock.Chip}` {rock.Line}", $"`{pi.Chip}` {pi.Line}"), (row[3], row[4]));
            // What UPS boards for a Pi use.
            Assert.DoesNotContain(pi.Line, new[] { "GPIO5", "GPIO6", "GPIO12", "GPIO16", "GPIO26" });
        }
        Assert.Contains($"Free on a Rock 5B: {Pins(Board.Rock5B)}. On a Raspberry Pi 5: {Pins(Board.RaspberryPi5)}.", string.Join('\n', Lines), StringComparison.Ordinal);
    }

    private static string Pins(Board board) => string.Join(", ", board.Header.Keys.Order());

    private static List<string> Rows(string head) =>
        [.. Lines.SkipWhile(l => !l.StartsWith(head, StringComparison.Ordinal)).Skip(2).TakeWhile(l => l.StartsWith('|'))];

    private static string Document([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "..", "docs", "panel.md");
}
