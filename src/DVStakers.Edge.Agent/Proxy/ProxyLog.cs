using DVStakers.Edge.Core.Chain;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Proxy;

internal static partial class ProxyLog
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "Slot {Slot}: attestation data from {Node}, head {Head}.")]
    public static partial void AttestationServed(this ILogger log, Slot slot, string node, string head);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Slot {Slot}: no node answered with the expected head {Expected} in time, so {Node}'s older head {Head} was given out: the attestation counts, but its head vote may be wrong.")]
    public static partial void StaleServed(this ILogger log, Slot slot, string node, string head, string expected);

    [LoggerMessage(Level = LogLevel.Information, Message = "Block produced by {Node} ({Request}, blinded: {Blinded}); no other node is asked for this one.")]
    public static partial void BlockProduced(this ILogger log, string request, string node, bool blinded);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Block of {Dropped} not given out: that of {Kept} is on the head or worth more. The validator signs one.")]
    public static partial void BlockDropped(this ILogger log, string dropped, string kept);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Method} {Request}: {Problem}; served by {Node} instead.")]
    public static partial void FailedOver(this ILogger log, string method, string request, string problem, string node);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Request} could not be served, so what the validator wanted it for is lost unless its own fallback has it: {Problem}.")]
    public static partial void NotServed(this ILogger log, string method, string request, string problem);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Request}: taken by {Node} first, sent to {Count} nodes.")]
    public static partial void Submitted(this ILogger log, string request, string node, int count);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Request}: one node did not take it, another did: {Problem}")]
    public static partial void OneRefused(this ILogger log, string request, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Request} was taken by no node, so this duty is lost unless the client's own fallback delivers it: {Problem}")]
    public static partial void NotSubmitted(this ILogger log, string request, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path} refused: {Remedy}.")]
    public static partial void NeverServed(this ILogger log, string method, string path, string remedy);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Method} {Path}: the client went away.")]
    public static partial void ClientGone(this ILogger log, string method, string path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path}: the node's connection broke within a large answer ({Problem}); the client's was closed so that it asks again.")]
    public static partial void BrokenWithinBody(this ILogger log, string method, string path, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path}: the client does not read its large answer and was cut off, so that the node is free for others; the client must ask again.")]
    public static partial void AnswerUnread(this ILogger log, string method, string path);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Event stream of {Node} {Query}: {Change}.")]
    public static partial void StreamChanged(this ILogger log, string node, string query, string change);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Event stream {Request}: the client does not read its events and was cut off; it may connect again, and until then hears of no new head.")]
    public static partial void StreamTooSlow(this ILogger log, string request);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Node} is coming back: it was given the {Count} subscriptions and proposer preparations that it may have missed, and took {Taken}; its aggregates and blocks depend on them.")]
    public static partial void Prepared(this ILogger log, string node, int count, int taken);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Node} refused {Request} with HTTP {Status} when it came back.")]
    public static partial void PreparationRefused(this ILogger log, string node, string request, int status);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Peer gateway: {Box} asked for {Method} {Path}, which is not lent: {Why}.")]
    public static partial void NotLent(this ILogger log, string box, string method, string path, string why);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Peer gateway: {Box} has its share in use; {Method} {Path} was sent on to its next node.")]
    public static partial void NoRoom(this ILogger log, string box, string method, string path);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Node} did not take {Request} when it came back: {Problem}.")]
    public static partial void PreparationFailed(this ILogger log, string node, string request, string problem);
}
