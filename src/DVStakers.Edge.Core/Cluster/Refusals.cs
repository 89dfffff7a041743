using System.Collections.Immutable;

namespace DVStakers.Edge.Core.Cluster;

/// <summary>One reason, said once or many times.</summary>
/// <param name="Box">In whose name it came; <see cref="Refusals.Strangers"/> where nobody of the roster is named.</param>
/// <param name="Why">In words, of the last one.</param>
public sealed record Refusal(string Box, Rejection Kind, string Why, long Count = 1);

/// <summary>What was refused in the name of one box since the agent started.</summary>
public sealed record Refusals
{
    /// <summary>Stands for every name that is not on the roster: a flood of invented ones must not fill the memory.</summary>
    public const string Strangers = "others";

    /// <summary>For so long after the last grave one a person is told.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(5);

    public static readonly Refusals None = new();

    public ImmutableSortedDictionary<Rejection, long> Counts { get; private init; } = ImmutableSortedDictionary<Rejection, long>.Empty;

    /// <summary>The last one's reason, in words; empty while there is none.</summary>
    public string LastReason { get; private init; } = "";

    /// <summary>Monotonic time of the last grave one.</summary>
    private TimeSpan? GraveAt { get; init; }

    /// <summary>Without those that were understood all the same.</summary>
    public long Total => Counts.Where(c => c.Key != Rejection.NewerSchema).Sum(c => c.Value);

    public Refusals With(Refusal refusal, TimeSpan now) => this with
    {
        Counts = Counts.SetItem(refusal.Kind, Counts.GetValueOrDefault(refusal.Kind) + refusal.Count),
        LastReason = refusal.Why,
        GraveAt = refusal.Kind.IsGrave() ? now : GraveAt,
    };

    /// <summary>When this stops to be something that a person has to be told; null: it is not now.</summary>
    public TimeSpan? GraveUntil(TimeSpan now) => GraveAt + Recent is { } until && until > now ? until : null;

    /// <summary>Such as <c>3 forged, 1 replayed</c>.</summary>
    public override string ToString() => string.Join(", ", Counts.Select(c => $"{c.Value} {c.Key.Word()}"));
}
