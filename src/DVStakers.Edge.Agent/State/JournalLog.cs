using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.State;

internal static partial class JournalLog
{
    [LoggerMessage(EventName = "Transition", Message = "{Text}")]
    public static partial void Transition(this ILogger log, LogLevel level, string text);
}
