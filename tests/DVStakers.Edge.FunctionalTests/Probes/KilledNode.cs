using DVStakers.Edge.Agent.Probes;
using DVStakers.Edge.Core.Readings;

namespace DVStakers.Edge.FunctionalTests.Probes;

/// <summary>What a probe says of a node that was killed.</summary>
internal static class KilledNode
{
    /// <summary>
    /// A connection that was open, or one that is not made within a second on a busy machine, is silence; a later reading tells that nothing listens there.
    /// </summary>
    /// <param name="read">A reading that fails.</param>
    public static async Task<ProbeException> Failure(Func<Task<ProbeException>> read)
    {
        var failure = await read();
        for (var more = 9; failure.Reach == Reach.Silent && more > 0; more--)
            failure = await read();
        return failure;
    }
}
