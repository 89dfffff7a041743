using System.Text.RegularExpressions;
using DVStakers.Edge.FunctionalTests.Mesh;
using DVStakers.Edge.FunctionalTests.Service;

namespace DVStakers.Edge.FunctionalTests.Whole;

/// <summary>One of the program's commands at a terminal of a given width, until it is ended by a signal; <c>script</c> gives the terminal.</summary>
internal sealed partial class Terminal : IAsyncDisposable
{
    private readonly Lines lines;

    private Terminal(Lines lines) => this.lines = lines;

    public static async Task<Terminal> Run(int columns, params string[] command)
    {
        // What was set of the terminal is printed before and after.
        var inner = $"echo pid=$$; exec env -u EDGE_BINARY --default-signal=INT {EdgeProcess.Binary} {string.Join(' ', command)}";
        var terminal = new Terminal(Lines.Of("script", "--quiet", "--flush", "--command",
            $"stty cols {columns} rows 60; echo before=$(stty -g); sh -c '{inner}'; echo code=$?; echo after=$(stty -g)", "/dev/null"));
        terminal.Before = await terminal.Value("before");
        terminal.Id = int.Parse(await terminal.Value("pid"));
        return terminal;
    }

    public string Before { get; private set; } = "";
    public int Id { get; private set; }

    /// <summary>Waits for a line, without what drives the terminal.</summary>
    public async Task<string> Until(string part) => Plain(await lines.Until(line => Plain(line).Contains(part, StringComparison.Ordinal)));

    /// <summary>The last whole screen so far, line by line.</summary>
    public IReadOnlyList<string> Screen => [.. Plain(string.Join('\n', lines.Seen).Split(Clear)[^1]).Split('\n')];

    /// <summary>All so far, as the terminal got it.</summary>
    public string Raw => string.Join('\n', lines.Seen);

    /// <summary>Ends the command by this signal; says its exit code and how the terminal is set then.</summary>
    public async Task<(int Code, string After)> End(string signal)
    {
        using var kill = System.Diagnostics.Process.Start("/bin/sh", ["-c", $"kill -{signal} {Id}"]);
        await kill.WaitForExitAsync();
        return (int.Parse(await Value("code")), await Value("after"));
    }

    public async Task<string> Value(string name)
    {
        var line = Plain(await lines.Until(l => Plain(l).Contains(name + "=", StringComparison.Ordinal)));
        return line[(line.IndexOf(name + "=", StringComparison.Ordinal) + name.Length + 1)..];
    }

    public ValueTask DisposeAsync() => lines.DisposeAsync();

    private const string Clear = "\u001b[H\u001b[2J";

    private static string Plain(string text) => Codes().Replace(text, "").Replace("\r", "", StringComparison.Ordinal);

    [GeneratedRegex("\u001b\\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Codes();
}
