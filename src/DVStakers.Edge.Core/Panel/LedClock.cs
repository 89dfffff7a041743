namespace DVStakers.Edge.Core.Panel;

/// <summary>What a rhythm is doing at a time; for LEDs that the agent itself switches.</summary>
public static class LedClock
{
    /// <param name="into">Since the pattern began.</param>
    /// <returns>Whether the LED is lit now, and for how long still; <see cref="Timeout.InfiniteTimeSpan"/> where nothing will change.</returns>
    public static (bool On, TimeSpan Left) At(LedPattern pattern, TimeSpan into)
    {
        if (pattern.Steps is [var only])
            return (only.On, Timeout.InfiniteTimeSpan);
        var rest = TimeSpan.FromTicks(Math.Max(0, into.Ticks) % pattern.Cycle.Ticks);
        foreach (var step in pattern.Steps)
        {
            var length = TimeSpan.FromMilliseconds(step.Milliseconds);
            if (rest < length)
                return (step.On, length - rest);
            rest -= length;
        }
        throw new InvalidOperationException($"{pattern} is shorter than its cycle");
    }
}
