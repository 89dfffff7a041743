using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Cluster;

internal static partial class ClusterLog
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "Peer gateway: a connection from {Address} was not admitted: {Why}.")]
    public static partial void NotAdmitted(this ILogger log, string address, string why);
}
