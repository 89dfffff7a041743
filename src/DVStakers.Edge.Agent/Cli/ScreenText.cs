using System.Text;

namespace DVStakers.Edge.Agent.Cli;

/// <summary>Lines of a screen of one width.</summary>
internal sealed class ScreenText(int width, Ink ink)
{
    private readonly StringBuilder text = new();

    public void Title(string title) => Line(ink.Dim($"── {title} {new string('─', width - title.Length - 4)}"));

    public void Line(string line) => text.Append(line).Append('\n');

    /// <summary>A lead-in of a known printed width, then text in the room that is left, broken between words.</summary>
    public void Wrapped(string lead, int indent, string words)
    {
        var line = new StringBuilder();
        foreach (var word in Printable.Of(words).Split(' ').SelectMany(w => w.Chunk(width - indent).DefaultIfEmpty([])).Select(w => new string(w)))
        {
            if (line.Length > 0 && indent + line.Length + 1 + word.Length > width)
            {
                Line(lead + line);
                lead = new string(' ', indent);
                line.Clear();
            }
            line.Append(line.Length > 0 ? " " : "").Append(word);
        }
        Line((lead + line).TrimEnd());
    }

    public override string ToString() => text.ToString();
}
