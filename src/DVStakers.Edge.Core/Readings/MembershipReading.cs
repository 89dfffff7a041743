namespace DVStakers.Edge.Core.Readings;

/// <summary>How this box's membership of its cluster stands.</summary>
/// <param name="NotAfter">Until when its certificate is valid.</param>
/// <param name="Problem">In words: what is wrong with the roster on disk; null where nothing is.</param>
/// <param name="Unused">Boxes that lend, and that the agent does not know of since it started before they joined.</param>
public sealed record MembershipReading(DateTimeOffset NotAfter, string? Problem, IReadOnlyList<string> Unused)
{
    public bool Equals(MembershipReading? other) =>
        other is not null && NotAfter == other.NotAfter && Problem == other.Problem && Unused.SequenceEqual(other.Unused);

    public override int GetHashCode() => HashCode.Combine(NotAfter, Problem, Unused.Count);
}
