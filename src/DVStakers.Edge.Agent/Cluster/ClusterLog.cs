using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Cluster;

internal static partial class ClusterLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "The cluster's roster was changed on this box: version {Version}, {Count} members. Who is not on it is let in no more.")]
    public static partial void RosterRead(this ILogger log, long version, int count);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Peer gateway: a connection from {Address} was not admitted: {Why}.")]
    public static partial void NotAdmitted(this ILogger log, string address, string why);
}
