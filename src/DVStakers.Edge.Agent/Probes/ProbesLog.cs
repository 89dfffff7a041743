using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Probes;

/// <summary>What probes and head streams say. A node's state is not said here: the state loop says it once it holds.</summary>
internal static partial class ProbesLog
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "{Stack}: not answered, judged without it: {Problem}")]
    public static partial void PartNotRead(this ILogger log, string stack, string problem);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Stack}: reading failed: {Problem}")]
    public static partial void ReadingFailed(this ILogger log, string stack, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Stack}: the probe itself failed, so this node is not used until a reading succeeds. This is a fault of the agent; please report it")]
    public static partial void ProbeFault(this ILogger log, string stack, Exception e);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Stack}: does not take JSON-RPC batches ({Problem}); its methods are called one by one")]
    public static partial void NoBatches(this ILogger log, string stack, string problem);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Stack}: the stream of head events is open")]
    public static partial void HeadsArrive(this ILogger log, string stack);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Stack}: no head events, opening the stream again; until then its heads are known from its probe, seconds later: {Problem}")]
    public static partial void HeadsLost(this ILogger log, string stack, string problem);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Stack}: a head event could not be read and is left out: {Problem}")]
    public static partial void HeadNotRead(this ILogger log, string stack, string problem);
}
