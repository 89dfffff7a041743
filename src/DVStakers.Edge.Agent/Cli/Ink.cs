namespace DVStakers.Edge.Agent.Cli;

/// <summary>ANSI colours, or none.</summary>
internal sealed record Ink(bool Colours)
{
    /// <summary>Colours only for a person at a terminal who did not object (no-color.org).</summary>
    public static Ink ForOutput => new(!Console.IsOutputRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb");

    public string Bold(string text) => Wrap("1", text);
    public string Dim(string text) => Wrap("2", text);
    public string Red(string text) => Wrap("31", text);
    public string Green(string text) => Wrap("32", text);
    public string Yellow(string text) => Wrap("33", text);

    private string Wrap(string code, string text) => Colours ? $"\u001b[{code}m{text}\u001b[0m" : text;
}
