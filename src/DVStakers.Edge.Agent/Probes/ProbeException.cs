using DVStakers.Edge.Core.Readings;

namespace DVStakers.Edge.Agent.Probes;

/// <summary>A reading failed in a way that is expected of nodes: how far it got, and a sentence with the address for the person who must repair it.</summary>
internal sealed class ProbeException(Reach reach, string problem, Exception? cause = null) : Exception(problem, cause)
{
    public Reach Reach { get; } = reach;
}
