using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Power;

/// <summary>What is done; what holds are conditions, and the journal says those.</summary>
internal static partial class PowerLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The agent gets no right to stop and start this box's clients, so they will not be stopped in order when the power ends: {Reason}; then sudo systemctl restart dvstakers-edge")]
    public static partial void RightsRefused(this ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What the agent may stop and start cannot be written down: {Reason}")]
    public static partial void RightsNotWritten(this ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "This agent stopped {Clients} in an outage, and the configuration has no section power any more: nobody starts them again, and their duties are lost. Put the section back; or start them by hand, and remove {Directory}/outage.json")]
    public static partial void LeftDown(this ILogger log, string clients, string directory);

    [LoggerMessage(Level = LogLevel.Information, Message = "Watching the power: {Title}, {Place}.")]
    public static partial void Watching(this ILogger log, string title, string place);

    [LoggerMessage(Level = LogLevel.Error, Message = "The battery ends ({Reason}): validator, consensus and execution clients of this box are stopped in this order. Its duties are lost unless another box has them.")]
    public static partial void StopBegins(this ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "An orderly shutdown ({Reason}): validator, consensus and execution clients of this box are stopped in this order, then it goes off. Its duties are lost unless another box has them.")]
    public static partial void ShutdownBegins(this ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stopping {Client}, so that it loses nothing when the power goes.")]
    public static partial void StoppingClient(this ILogger log, string client);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Client} has stopped, after {Seconds:0.0} s.")]
    public static partial void ClientStopped(this ILogger log, string client, double seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "Starting {Client}, which this agent had stopped.")]
    public static partial void StartingClient(this ILogger log, string client);

    [LoggerMessage(Level = LogLevel.Information, Message = "What was stopped is started again ({Reason}): execution, consensus and validator clients in this order.")]
    public static partial void Returning(this ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The outage is over: {What}.")]
    public static partial void Over(this ILogger log, string what);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Switching the box off: its clients are down.")]
    public static partial void PoweringOff(this ILogger log);

    [LoggerMessage(Level = LogLevel.Error, Message = "{What}: {Problem}. The agent must be allowed to manage these units (docs/power.md).")]
    public static partial void CommandFailed(this ILogger log, string what, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "{File} cannot be written ({Problem}): if the box goes off now, the agent will not know which clients it must start again. They are stopped all the same.")]
    public static partial void NotRecorded(this ILogger log, string file, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "{File} makes no sense ({Problem}): look whether every client runs, and start those that do not; then delete the file.")]
    public static partial void RecordUnreadable(this ILogger log, string file, string problem);
}
