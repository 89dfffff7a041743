namespace DVStakers.Edge.Linux.Gpio;

public enum GpioBias
{
    /// <summary>As the board or an overlay has set it.</summary>
    AsIs,
    PullUp,
    PullDown,
    Disabled,
}

public enum GpioDrive
{
    PushPull,

    /// <summary>Pulls to ground, or lets go.</summary>
    OpenDrain,

    /// <summary>Drives high, or lets go.</summary>
    OpenSource,
}

[Flags]
public enum GpioEdges
{
    None = 0,
    Rising = 1,
    Falling = 2,
    Both = Rising | Falling,
}

/// <summary>How lines are requested. All values are logical: with <see cref="ActiveLow"/> "on" is a low level.</summary>
public sealed record GpioSettings
{
    public bool Output { get; init; }
    public bool ActiveLow { get; init; }
    public GpioBias Bias { get; init; }

    /// <summary>Of outputs only.</summary>
    public GpioDrive Drive { get; init; }

    /// <summary>What outputs show from the first moment: bit n is line n of the request.</summary>
    public ulong InitialValues { get; init; }

    /// <summary>Of inputs only. Not every chip can tell edges.</summary>
    public GpioEdges Edges { get; init; }

    /// <summary>A level must hold for this long; inputs only. Zero: none.</summary>
    public TimeSpan Debounce { get; init; }
}

/// <summary>One edge, with the kernel's own time of it.</summary>
/// <param name="Line">Index in the request.</param>
/// <param name="On">The logical level after the edge.</param>
/// <param name="SinceBoot">CLOCK_MONOTONIC.</param>
/// <param name="Number">Counts this request's edges from 1; a gap means that the kernel's buffer was full.</param>
public readonly record struct GpioEdge(int Line, bool On, TimeSpan SinceBoot, uint Number);
