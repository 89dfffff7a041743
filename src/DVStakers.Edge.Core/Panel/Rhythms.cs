namespace DVStakers.Edge.Core.Panel;

/// <summary>Every rhythm that a person may see, in the order in which <c>panel test</c> shows them.</summary>
public static class Rhythms
{
    public static readonly IReadOnlyList<LedPattern> All =
    [
        LedPattern.Solid, LedPattern.Slow, LedPattern.TwoFlashes, LedPattern.ThreeFlashes, LedPattern.Blip, LedPattern.Fast,
        Acknowledgement.Drain, Acknowledgement.Shutdown, LedPattern.Off,
    ];
}
