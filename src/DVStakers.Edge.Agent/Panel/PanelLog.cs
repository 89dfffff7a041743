using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Panel;

/// <summary>What the panel says. What is wrong with a lamp is a condition, and the journal says it.</summary>
internal static partial class PanelLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "LED {Name} is not put back as it was: {Problem}")]
    public static partial void LedNotRestored(this ILogger log, string name, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Path}: what drove the LEDs before is not kept, so they are not put back if the agent is killed: {Problem}")]
    public static partial void TriggersNotKept(this ILogger log, string path, string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "Button: this box is drained for {Hours} h; hold it again for 3 s to put it back.")]
    public static partial void ButtonDrained(this ILogger log, int hours);

    [LoggerMessage(Level = LogLevel.Information, Message = "Button: nothing is drained any more.")]
    public static partial void ButtonUndrained(this ILogger log);

    [LoggerMessage(Level = LogLevel.Information, Message = "Button: an orderly shutdown; the next start of the box starts its clients again.")]
    public static partial void ButtonShutsDown(this ILogger log);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Button: refused: {Why}.")]
    public static partial void ButtonRefused(this ILogger log, string why);
}
