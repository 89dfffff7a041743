using DVStakers.Edge.Core.Readings;

namespace DVStakers.Edge.Agent.Probes;

/// <summary>Something that can be asked again and again how it is.</summary>
internal interface IProbe
{
    /// <summary>The stack it looks at.</summary>
    string Stack { get; }

    /// <exception cref="ProbeException">It could not be read.</exception>
    Task<Observation> Read(CancellationToken cancel);

    /// <summary>The observation for a <see cref="Read"/> that failed. What was known of the node is forgotten: it may come back as another one.</summary>
    Observation Lost(ProbeException why);
}
