namespace DVStakers.Edge.Core.Panel;

/// <summary>What every LED shows while the panel's button is held, and for a moment after: it comes before all else, so that a person knows when to let go and what came of it.</summary>
public static class Acknowledgement
{
    /// <summary>Let go now, and the box is drained (or put back).</summary>
    public static readonly LedPattern Drain = new("flicker", [new(true, 60), new(false, 60)]);

    /// <summary>Let go now, and an orderly shutdown is asked for.</summary>
    public static readonly LedPattern Shutdown = new("long flicker", [new(true, 400), new(false, 60), new(true, 60), new(false, 60)]);

    /// <summary>It was done.</summary>
    public static readonly LedPattern Done = LedPattern.Solid;

    /// <summary>It was refused; the journal says why.</summary>
    public static readonly LedPattern Refused = LedPattern.Off;

    /// <summary>How long the last two are shown.</summary>
    public static readonly TimeSpan Shown = TimeSpan.FromSeconds(2);

    /// <summary>Null: the button says nothing.</summary>
    public static LedPattern? Of(ButtonHold hold) => hold switch
    {
        ButtonHold.DrainNext => Drain,
        ButtonHold.ShutdownNext => Shutdown,
        _ => null,
    };
}
