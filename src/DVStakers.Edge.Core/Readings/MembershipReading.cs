namespace DVStakers.Edge.Core.Readings;

/// <summary>How this box's membership of its cluster stands.</summary>
/// <param name="NotAfter">Until when its certificate is valid.</param>
/// <param name="Problem">In words: what is wrong with the roster on disk; null where nothing is.</param>
public sealed record MembershipReading(DateTimeOffset NotAfter, string? Problem);
