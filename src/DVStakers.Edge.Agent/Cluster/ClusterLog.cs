using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Cluster;

internal static partial class ClusterLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "The cluster's roster was changed on this box: version {Version}, {Count} members. Who is not on it is let in no more.")]
    public static partial void RosterRead(this ILogger log, long version, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "Took roster version {Version} over from {Box}: the cluster has {Members} members now.")]
    public static partial void RosterAdopted(this ILogger log, long version, string box, int members);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Roster version {Version}: {Why}. Until it is saved, a restart of the agent brings the older one back, and whom that lets in.")]
    public static partial void RosterNotKept(this ILogger log, long version, string why);

    [LoggerMessage(Message = "A roster that {Box} has is not taken: {Why}.")]
    public static partial void RosterNotTaken(this ILogger log, LogLevel level, string box, string why);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Handed roster version {Version} to {Box}.")]
    public static partial void RosterHanded(this ILogger log, long version, string box);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The roster could not be passed between this box and {Box}, and is tried again: {Why}.")]
    public static partial void RosterNotPassed(this ILogger log, string box, string why);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Peer gateway: a connection from {Address} was not admitted: {Why}.")]
    public static partial void NotAdmitted(this ILogger log, string address, string why);
}
