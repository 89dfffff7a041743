using DVStakers.Edge.Core.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace DVStakers.Edge.Agent.Cli;

/// <summary>Sets the log up: to standard error, in the form that the reader at its other end wants.</summary>
internal static class Logging
{
    /// <param name="toJournal">systemd's journal reads: each line carries its priority, and the journal adds the time.</param>
    public static ILoggerFactory Create(LogLevelName level, bool toJournal, TimeProvider time) => LoggerFactory.Create(builder =>
    {
        builder.SetMinimumLevel(LevelOf(level));
        // A web server's own chatter is not about the validator.
        builder.AddFilter("Microsoft", level == LogLevelName.Debug ? LogLevel.Information : LogLevel.Warning);
        builder.AddConsole(options =>
        {
            options.FormatterName = LogLines.Name;
            options.LogToStandardErrorThreshold = LogLevel.Trace;
            // A journal that stalls loses lines; it must not hold up a duty, and sockets are served by the thread that would wait.
            options.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
        });
        // Not AddConsoleFormatter: that binds options by reflection.
        builder.Services.AddSingleton<ConsoleFormatter>(new LogLines(toJournal, time));
    });

    /// <summary>systemd sets JOURNAL_STREAM for a service whose output goes to the journal; a terminal that was started by one inherits it.</summary>
    public static bool UnderJournal => Console.IsErrorRedirected && Environment.GetEnvironmentVariable("JOURNAL_STREAM") is { Length: > 0 };

    private static LogLevel LevelOf(LogLevelName level) => level switch
    {
        LogLevelName.Error => LogLevel.Error,
        LogLevelName.Warning => LogLevel.Warning,
        LogLevelName.Debug => LogLevel.Debug,
        _ => LogLevel.Information,
    };
}
