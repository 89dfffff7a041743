using System.Globalization;

namespace DVStakers.Edge.Core.Panel;

/// <summary>
/// A rhythm as the kernel's <c>pattern</c> trigger plays it, for a limited time: whoever wants it to go on must say so again before <see cref="Lease"/> is over,
/// and an agent that died does not. After the last repetition the LED is dark.
/// </summary>
/// <param name="Steps">Brightness and milliseconds.</param>
/// <param name="Repeat">For the file <c>repeat</c>; must be written at each renewal too, because the kernel counts the old number further down where only the pattern is written.</param>
/// <param name="RenewAfter">Whole cycles, so that the rhythm goes on without a stumble when it starts from its beginning.</param>
/// <param name="EndsAfter">When it is dark if nobody renews it.</param>
public sealed record KernelPattern(IReadOnlyList<(int Brightness, int Milliseconds)> Steps, int Repeat, TimeSpan RenewAfter, TimeSpan EndsAfter)
{
    /// <summary>How long the kernel goes on alone, at least.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(20);

    /// <summary>Three renewals may be late or lost before the lease ends.</summary>
    private static readonly TimeSpan Renewal = Lease / 4;

    /// <summary>The end of a light that does not blink: the trigger needs a last step that is dark.</summary>
    private const int DarkEnd = 10;

    /// <param name="brightness">What counts as light, 1 to the LED's own max_brightness.</param>
    public static KernelPattern Of(LedPattern pattern, int brightness)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(brightness, 1);
        // Steady light or darkness has no cycle: one long step takes the lease's place. A rhythm must begin with light and end in darkness for the LED to stay dark at its end.
        if (pattern.Steps is [var only])
            return new(Levels([new(only.On, (int)Lease.TotalMilliseconds), new(false, DarkEnd)], brightness), 1, Renewal, Lease);
        var cycle = pattern.Cycle;
        var repeat = (int)Math.Ceiling(Lease / cycle);
        var renew = Math.Max(1, (int)Math.Round(Renewal / cycle)) * cycle;
        return new(Levels(pattern.Steps, brightness), repeat, renew, repeat * cycle);
    }

    /// <summary>For the file <c>pattern</c>. The kernel fades from each step to the next; a second one of no length makes the edge hard.</summary>
    public string Text => string.Join(' ', Steps.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Brightness} {s.Milliseconds} {s.Brightness} 0")));

    private static List<(int, int)> Levels(IEnumerable<LedStep> steps, int brightness) => [.. steps.Select(s => (s.On ? brightness : 0, s.Milliseconds))];
}
