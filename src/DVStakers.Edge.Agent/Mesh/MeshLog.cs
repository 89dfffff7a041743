using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Mesh;

/// <summary>Outages are not here: they are conditions, and the journal says those.</summary>
internal static partial class MeshLog
{
    [LoggerMessage(LogLevel.Information, "Connected to the MQTT broker at {Address}: this box can be watched at dvstakers/{Cluster}/{Box}/#.")]
    public static partial void Connected(this ILogger log, string address, string cluster, string box);

    [LoggerMessage(LogLevel.Debug, "The connection to the MQTT broker at {Address} ended after {Held}: {Why}.")]
    public static partial void ConnectionEnded(this ILogger log, string address, string why, TimeSpan held);
}
