using DVStakers.Edge.Core.Power;

namespace DVStakers.Edge.Agent.Power;

/// <summary>Something that tells what feeds the box.</summary>
internal interface IUps : IDisposable
{
    /// <summary>In words, for the log: what is read, and where.</summary>
    string Place { get; }

    TimeSpan Every { get; }

    /// <summary>One look. What fails is a silent reading with its reason, not an exception.</summary>
    Task<PowerReading> Read(CancellationToken stop);
}
