namespace DVStakers.Edge.Core.Messages;

/// <summary>Who speaks, and for how long the word holds.</summary>
/// <param name="AgentVersion">The agent's version, such as 0.1.0.</param>
/// <param name="BootId">New at every start of the agent.</param>
/// <param name="Boot">Higher at every start of the agent; with <see cref="Sequence"/> it tells a reader, without any clock, which of two messages is newer.</param>
/// <param name="Sequence">1 for the first message since the start, then one more for each, whatever its topic.</param>
/// <param name="TimeToLive">How long a reader may believe it after receiving it.</param>
public sealed record MessageHeader(Topics Topics, string AgentVersion, string BootId, long Boot, long Sequence, TimeSpan TimeToLive)
{
    public int TtlSeconds => (int)TimeToLive.TotalSeconds;
}
