using System.Collections.Immutable;

namespace DVStakers.Edge.Core.Panel;

/// <summary>What a person asks for with the button, at the moment of letting go.</summary>
public enum ButtonAction
{
    None,

    /// <summary>Take the box out of use, or put it back if it is out.</summary>
    Drain,

    /// <summary>An orderly shutdown.</summary>
    Shutdown,
}

/// <summary>How the button is now.</summary>
public enum ButtonHold
{
    Idle,

    /// <summary>Not for long enough to mean anything.</summary>
    Pressed,

    /// <summary>Let go, it drains.</summary>
    DrainNext,

    /// <summary>Let go, it asks for a shutdown.</summary>
    ShutdownNext,

    /// <summary>Longer than any person holds it, or since before the agent looked: it means nothing until it was let go.</summary>
    Stuck,

    /// <summary>It changes more often than a hand does: it means nothing until it was quiet.</summary>
    Noisy,
}

/// <summary>
/// From the line's levels to what a person wants, pure. Only a press that began under our eyes, was seen to last, and ended within reason does anything; and it
/// does so when it ends, so that a line that is stuck, open or bouncing never does.
/// </summary>
public sealed record ButtonMemory
{
    public static readonly TimeSpan DrainAfter = TimeSpan.FromSeconds(3);
    public static readonly TimeSpan ShutdownAfter = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan StuckAfter = TimeSpan.FromSeconds(20);

    /// <summary>This many changes within <see cref="Quiet"/> are no hand's.</summary>
    public const int MostChanges = 8;

    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    /// <summary>A press that was not looked at for longer than this is not known to have lasted.</summary>
    public static readonly TimeSpan LongestBlink = TimeSpan.FromSeconds(1);

    private bool pressed;
    private TimeSpan seenAt;
    private TimeSpan? since;
    private ImmutableQueue<TimeSpan> changes = [];

    private ButtonMemory()
    {
    }

    public ButtonHold Hold { get; private init; }

    /// <param name="at">By a clock that never jumps.</param>
    public static ButtonMemory Start(bool pressed, TimeSpan at) => new() { pressed = pressed, seenAt = at, Hold = pressed ? ButtonHold.Stuck : ButtonHold.Idle };

    /// <summary>Takes the level at one moment; call it at every edge, and at least twice a second while pressed.</summary>
    public (ButtonMemory Now, ButtonAction Action) Next(bool level, TimeSpan at)
    {
        var recent = level == pressed ? changes : changes.Enqueue(at);
        while (!recent.IsEmpty && at - recent.Peek() > Quiet)
            recent = recent.Dequeue();
        ButtonMemory With(TimeSpan? from, ButtonHold hold) => new() { pressed = level, seenAt = at, since = from, changes = recent, Hold = hold };

        if (recent.Count() >= MostChanges || (Hold is ButtonHold.Noisy && (level || !recent.IsEmpty)))
            return (With(null, ButtonHold.Noisy), ButtonAction.None);
        if (!level)
            return (With(null, ButtonHold.Idle), pressed && since is { } began && at - seenAt <= LongestBlink ? Meaning(at - began) : ButtonAction.None);
        if (!pressed || (since is not null && at - seenAt > LongestBlink))
            return (With(at, ButtonHold.Pressed), ButtonAction.None);
        if (since is not { } start)
            return (With(null, ButtonHold.Stuck), ButtonAction.None);
        var hold = Held(at - start);
        return (With(hold is ButtonHold.Stuck ? null : start, hold), ButtonAction.None);
    }

    private static ButtonHold Held(TimeSpan length) =>
        length >= StuckAfter ? ButtonHold.Stuck : length >= ShutdownAfter ? ButtonHold.ShutdownNext : length >= DrainAfter ? ButtonHold.DrainNext : ButtonHold.Pressed;

    private static ButtonAction Meaning(TimeSpan length) => Held(length) switch
    {
        ButtonHold.DrainNext => ButtonAction.Drain,
        ButtonHold.ShutdownNext => ButtonAction.Shutdown,
        _ => ButtonAction.None,
    };
}
