using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Updates;

internal static partial class UpdaterLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Update from {From} to {To}: {What}")]
    public static partial void Stage(this ILogger log, string from, string to, string what);

    [LoggerMessage(Level = LogLevel.Information, Message = "Updated from {From} to {To}. The agent is {Agent}.")]
    public static partial void Kept(this ILogger log, string from, string to, string agent);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The update to {To} is undone, and version {From} is back: {Reason}. The agent is {Agent}.")]
    public static partial void Undone(this ILogger log, string to, string from, string? reason, string agent);

    [LoggerMessage(Level = LogLevel.Error, Message = "The update came to no end: {Reason}. The next boot tries again; now: sudo systemctl start dvstakers-edge-update, or install a version by hand: sudo apt install ./dvstakers-edge_VERSION.deb")]
    public static partial void GaveUp(this ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "systemd did not start the agent anew: {Words}")]
    public static partial void NotRestarted(this ILogger log, string words);

    [LoggerMessage(Level = LogLevel.Warning, Message = "dpkg did not install {File}: {Words}")]
    public static partial void NotInstalled(this ILogger log, string file, string words);
}
