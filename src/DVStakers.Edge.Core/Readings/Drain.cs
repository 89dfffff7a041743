using System.Collections.Immutable;

namespace DVStakers.Edge.Core.Readings;

/// <summary>What a person takes out of use for a while, before the work on it begins: a box with all its stacks, or some of them. It ranks behind all else that is well, and still serves where nothing else is.</summary>
/// <param name="Box">The whole box.</param>
public sealed record Drain(bool Box, ImmutableHashSet<string> Stacks)
{
    public static readonly Drain None = new(false, []);

    public bool Has(string stack) => Box || Stacks.Contains(stack);
}
