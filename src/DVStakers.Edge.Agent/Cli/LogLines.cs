using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace DVStakers.Edge.Agent.Cli;

/// <summary>
/// <c>&lt;4&gt;message</c> for the journal (sd-daemon(3): a priority at the start of each line), <c>12:31:07 warning message</c> for a person.
/// A message of several lines stays one in meaning: each line is prefixed. Control characters, which a node's answer may carry, do not reach the terminal.
/// </summary>
internal sealed class LogLines(bool toJournal, TimeProvider time) : ConsoleFormatter(Name)
{
    public new const string Name = "edge";

    public override void Write<TState>(in LogEntry<TState> entry, IExternalScopeProvider? scopes, TextWriter output) =>
        Write(entry.LogLevel, entry.Formatter(entry.State, entry.Exception), entry.Exception, output);

    public void Write(LogLevel level, string message, Exception? exception, TextWriter output)
    {
        var prefix = toJournal ? $"<{Priority(level)}>" : $"{time.GetLocalNow():HH:mm:ss} {Word(level),-7} ";
        foreach (var line in message.AsSpan().TrimEnd().EnumerateLines())
            WriteLine(prefix, line, output);
        if (exception is not null)
            foreach (var line in exception.ToString().AsSpan().EnumerateLines())
                WriteLine(prefix, line, output);
    }

    private static void WriteLine(string prefix, ReadOnlySpan<char> line, TextWriter output)
    {
        output.Write(prefix);
        output.Write(Printable.Of(line.ToString()));
        output.Write('\n');
    }

    private static int Priority(LogLevel level) => level switch
    {
        LogLevel.Critical => 2,
        LogLevel.Error => 3,
        LogLevel.Warning => 4,
        LogLevel.Information => 6,
        _ => 7,
    };

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Critical or LogLevel.Error => "error",
        LogLevel.Warning => "warning",
        LogLevel.Information => "info",
        _ => "debug",
    };
}
