using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Service;

internal static partial class ServiceLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Ready: validators and DVT clients use {Proxy} as their beacon node; {Line}.")]
    public static partial void Ready(this ILogger log, Uri proxy, string line);

    [LoggerMessage(Level = LogLevel.Error, Message = "No progress: {Problem}. Duties may be lost; systemd restarts the agent if this goes on.")]
    public static partial void NoProgress(this ILogger log, string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopping: validators go on through their own fallback, the raw local nodes.")]
    public static partial void Stopping(this ILogger log);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Listening on {Address} ({Setting}).")]
    public static partial void Listening(this ILogger log, Uri address, string setting);

    [LoggerMessage(Level = LogLevel.Error, Message = "Cannot listen on {Listen} ({Setting}): {Problem}. Another agent or a node may have that port; the validator cannot use this agent.")]
    public static partial void CannotListen(this ILogger log, string listen, string setting, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Part} ended by a fault of its own: {Problem}. The agent stops so that systemd starts it anew.")]
    public static partial void PartFailed(this ILogger log, string part, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Part} ended by a fault of its own and begins again in {Seconds} s; routing goes on. This is a fault of the agent; please report it: {Problem}")]
    public static partial void PartBeginsAgain(this ILogger log, string part, string problem, int seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Part} failed while it stopped: {Problem}")]
    public static partial void PartFailedStopping(this ILogger log, string part, string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Box} lends its node at {Address}: validators may be served by it from now on, behind this box's own nodes.")]
    public static partial void PeerNodeJoined(this ILogger log, string box, Uri address);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Box}'s node at {Address} is not used any more: the roster does not name it.")]
    public static partial void PeerNodeDropped(this ILogger log, string box, Uri address);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Part} did not stop in time and is left behind.")]
    public static partial void PartLate(this ILogger log, string part);
}
