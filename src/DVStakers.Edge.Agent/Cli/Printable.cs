namespace DVStakers.Edge.Agent.Cli;

/// <summary>Text that came from elsewhere, made safe to print: an escape sequence in a node's version must not drive somebody's terminal.</summary>
internal static class Printable
{
    /// <summary>The same of several lines, which stay lines.</summary>
    public static string Lines(string text) => string.Join('\n', text.Split('\n').Select(Of));

    public static string Of(string text)
    {
        foreach (var c in text)
            if (char.IsControl(c))
                return string.Create(text.Length, text, static (span, t) =>
                {
                    for (var i = 0; i < t.Length; i++)
                        span[i] = !char.IsControl(t[i]) ? t[i] : t[i] is '\t' or '\n' or '\r' ? ' ' : '?';
                });
        return text;
    }
}
