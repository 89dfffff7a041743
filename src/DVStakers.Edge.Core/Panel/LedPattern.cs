namespace DVStakers.Edge.Core.Panel;

/// <summary>Light or dark for a time.</summary>
public readonly record struct LedStep(bool On, int Milliseconds);

/// <summary>A rhythm that repeats. It must be told apart without colour and by a glance of three seconds.</summary>
/// <param name="Word">How a person would call it.</param>
public sealed record LedPattern(string Word, IReadOnlyList<LedStep> Steps)
{
    public static readonly LedPattern Off = new("off", [new(false, 1000)]);
    public static readonly LedPattern Solid = new("solid", [new(true, 1000)]);

    /// <summary>1 Hz.</summary>
    public static readonly LedPattern Slow = new("slow blink", [new(true, 500), new(false, 500)]);

    public static readonly LedPattern TwoFlashes = new("two flashes", [new(true, 200), new(false, 200), new(true, 200), new(false, 1000)]);
    public static readonly LedPattern ThreeFlashes = new("three flashes", [new(true, 200), new(false, 200), new(true, 200), new(false, 200), new(true, 200), new(false, 1000)]);

    /// <summary>One short flash every three seconds.</summary>
    public static readonly LedPattern Blip = new("blip", [new(true, 100), new(false, 2900)]);

    /// <summary>4 Hz.</summary>
    public static readonly LedPattern Fast = new("fast blink", [new(true, 125), new(false, 125)]);

    public override string ToString() => Word;
}

/// <summary>One LED now.</summary>
/// <param name="Meaning">What it tells a person, in words.</param>
public sealed record Led(string Name, LedPattern Pattern, string Meaning);

/// <summary>The panel: one LED that says everything by rhythm, for a box that has just one, and four that share the work.</summary>
public sealed record LedStates(Led Single, Led Stack, Led Validator, Led Cluster, Led Power)
{
    public IReadOnlyList<Led> All => [Single, Stack, Validator, Cluster, Power];
}
