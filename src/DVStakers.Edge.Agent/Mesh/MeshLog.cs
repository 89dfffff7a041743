using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Mesh;

/// <summary>Outages are not here: they are conditions, and the journal says those.</summary>
internal static partial class MeshLog
{
    [LoggerMessage(LogLevel.Information, "Connected to the MQTT broker at {Address}: this box can be watched at dvstakers/{Cluster}/{Box}/#.")]
    public static partial void Connected(this ILogger log, string address, string cluster, string box);

    [LoggerMessage(LogLevel.Debug, "The connection to the MQTT broker at {Address} ended after {Held}: {Why}.")]
    public static partial void ConnectionEnded(this ILogger log, string address, string why, TimeSpan held);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} messages of peers came faster than they could be taken and are lost. What holds of them comes again; somebody may be flooding the broker.")]
    public static partial void MessagesLost(this ILogger log, long count);

    [LoggerMessage(Message = "Of {Box}, {Kind}: {Why}. It is counted in the status, and named again in an hour at the earliest; duties go on.")]
    public static partial void Refused(this ILogger log, LogLevel level, string box, string kind, string why);

    [LoggerMessage(Level = LogLevel.Information, Message = "Nothing can be kept in {Directory} ({Problem}): the boot number comes from the clock, and after a restart a recorded message of a peer could be believed once more. systemd makes it with StateDirectory=dvstakers-edge.")]
    public static partial void StateNotKept(this ILogger log, string directory, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} cannot be read ({Problem}) and begins anew: what the peers said before could be believed once more.")]
    public static partial void StateNotRead(this ILogger log, string file, string problem);
}
