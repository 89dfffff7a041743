using DVStakers.Edge.Core.Chain;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Duties;

internal static partial class DutiesLog
{
    /// <summary>The level is by what it means for the validator.</summary>
    [LoggerMessage(Message = "Slot {Slot}, validator {Validator}, {Kind}: {Explanation}.")]
    public static partial void Settled(this ILogger log, LogLevel level, Slot slot, ulong validator, string kind, string explanation);

    [LoggerMessage(Message = "{Count} more duties of these slots came to the same end ({Outcome}); dvstakers-edge duties lists them.")]
    public static partial void More(this ILogger log, LogLevel level, int count, string outcome);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Node} has no {Request} for the ledger: {Problem}.")]
    public static partial void NotRead(this ILogger log, string node, string request, string problem);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The ledger could not read what was seen of {What}: {Problem}. Duties are routed all the same.")]
    public static partial void NotUnderstood(this ILogger log, string what, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The ledger did not keep up: {Count} things that the validator asked or sent are not in its account. Duties are routed all the same.")]
    public static partial void Dropped(this ILogger log, long count);
}
