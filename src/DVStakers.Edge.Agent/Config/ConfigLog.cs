using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Config;

internal static partial class ConfigLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "configuration: {Source}")]
    public static partial void ConfigurationRead(this ILogger logger, string source);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Membership}")]
    public static partial void Member(this ILogger logger, string membership);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What is drained is not known, so what held before goes on: {Problem}")]
    public static partial void DrainNotRead(this ILogger logger, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "configuration: {Problem}")]
    public static partial void ConfigurationWarning(this ILogger logger, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "the configuration has {Count} error(s), so the agent does not start; the validator uses its own fallback\n{Problems}")]
    public static partial void ConfigurationRefused(this ILogger logger, int count, string problems);

    [LoggerMessage(Level = LogLevel.Information, Message = "no stacks are configured, so this machine's usual ports are looked at")]
    public static partial void Looking(this ILogger logger);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Note}")]
    public static partial void Found(this ILogger logger, string note);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Note}. Looking again every {Seconds} s")]
    public static partial void NothingFound(this ILogger logger, string note, int seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "more was found on this machine, so the agent starts anew with it; the validator may have to repeat a request")]
    public static partial void StartingAnew(this ILogger logger);

    [LoggerMessage(Level = LogLevel.Error, Message = "Another agent of this box runs already: it holds {File} (who: fuser -v {File}). This one does not start; the validator keeps the other. To stop that one: systemctl stop dvstakers-edge. A second one on purpose needs a STATE_DIRECTORY and a box name of its own")]
    public static partial void AnotherRuns(this ILogger logger, string file);
}
