using DVStakers.Edge.Core.Ranking;

namespace DVStakers.Edge.Core.State;

/// <summary>One change that a person would want to know, for the journal and the <c>events</c> topic.</summary>
/// <param name="Code">One of <see cref="Transitions"/>' codes; part of the MQTT schema.</param>
/// <param name="Subject">The stack it is about, or <c>agent</c>.</param>
/// <param name="Text">What happened, why, and what it means for the validator.</param>
/// <param name="Condition">The condition's code where one was raised or cleared.</param>
public sealed record Transition(string Code, Severity Severity, string Subject, string Text, string? Condition = null);

/// <summary>What changed between two snapshots, in order of cause and effect: conditions, tiers, who serves, readiness.</summary>
public static class Transitions
{
    public const string ConditionRaised = "condition-raised";
    public const string ConditionCleared = "condition-cleared";
    public const string TierChanged = "tier-changed";
    public const string ServingChanged = "serving-changed";
    public const string Ready = "ready";
    public const string NotReady = "not-ready";

    private const string Agent = "agent";

    public static IReadOnlyList<Transition> Between(Snapshot before, Snapshot after) =>
    [
        .. after.Conditions.Where(c => !Holds(before, c)).Select(Raised),
        .. before.Conditions.Where(c => !Holds(after, c)).Select(c => Cleared(c, after.At)),
        .. after.Stacks.SelectMany(s => Moved(before.Stacks.FirstOrDefault(b => b.Name == s.Name), s,
            explained: after.Conditions.Any(c => c.Subject == s.Name && !Holds(before, c)))),
        .. Serving(before, after),
        .. Readiness(before, after),
    ];

    // The detail of a condition may change with every reading; what it is about may not.
    private static bool Holds(Snapshot snapshot, Condition condition) =>
        snapshot.Conditions.Any(c => c.Kind.Code == condition.Kind.Code && c.Subject == condition.Subject);

    private static Transition Raised(Condition c) =>
        new(ConditionRaised, c.Kind.Severity, c.Subject, $"{About(c)}{Sentence(Rest(c))} {c.Kind.Remedy}", c.Kind.Code);

    private static Transition Cleared(Condition c, DateTimeOffset now) =>
        new(ConditionCleared, Severity.Info, c.Subject, $"Over after {Span(now - c.Since)}: {About(c)}.", c.Kind.Code);

    private static string About(Condition c) => c.Subject == Agent ? c.Kind.Title : $"{c.Kind.Title} ({c.Subject})";

    /// <summary>What the detail adds to the title, which many a detail begins with.</summary>
    private static string Rest(Condition c) => c.Detail.StartsWith(c.Kind.Title, StringComparison.OrdinalIgnoreCase)
        ? c.Detail[c.Kind.Title.Length..]
        : ": " + c.Detail;

    /// <param name="explained">A condition was raised with it, which says why.</param>
    private static IEnumerable<Transition> Moved(StackStatus? before, StackStatus after, bool explained)
    {
        if (before is null || before.Tier == after.Tier)
            yield break;
        // Losing a stack that could serve is lost redundancy; everything else only moves it within what it can or cannot do.
        var severity = before.Tier.Qualifies() && !after.Tier.Qualifies() ? Severity.Warning : Severity.Info;
        yield return new(TierChanged, severity, after.Name,
            $"{after.Name} is now {Name(after.Tier)} (was {Name(before.Tier)}){(explained ? "." : ": " + Sentence(after.Reason))} {Meaning(after.Tier)}");
    }

    private static IEnumerable<Transition> Serving(Snapshot before, Snapshot after)
    {
        if (before.Serving == after.Serving)
            yield break;
        if (after.Serving is not { } name)
        {
            yield return new(ServingChanged, Severity.Error, Agent,
                $"No stack serves the validator any more (it was {before.Serving}): {Sentence(after.ServingReason)} " +
                "Its requests get an error, so that it goes to its own fallback.");
            yield break;
        }
        var qualifies = after.Ranking.Any(r => r.Name == name && r.Tier.Qualifies());
        // After a start the beacon node is often read a moment before its execution client: no stack is out of the question until each was read once.
        var starting = before.Serving is null && !after.Conditions.Any(c => c.Kind == Conditions.NoStack);
        var from = before.Serving is null ? "" : $" instead of {before.Serving}";
        yield return new(ServingChanged, qualifies || starting ? Severity.Info : Severity.Error, name,
            $"{name} serves the validator now{from}: {Sentence(after.ServingReason)} " +
            (qualifies ? "Duties go on." : starting ? "Not everything was read yet." : "It is the last that answers; its attestations may be wrong."));
    }

    private static IEnumerable<Transition> Readiness(Snapshot before, Snapshot after)
    {
        if (before.Ready && !after.Ready)
            yield return new(NotReady, Severity.Error, Agent,
                "Not ready: no stack qualifies, and the proxy says so on /eth/v1/node/health. Duties are at risk until one is back.");
        else if (!before.Ready && after.Ready)
            yield return new(Ready, Severity.Info, Agent,
                $"Ready: {after.Ranking.Count(r => r.Tier.Qualifies())} of {after.Ranking.Count} stacks can serve the validator.");
    }

    private static string Name(Tier tier) => tier.ToString().ToLowerInvariant();

    private static string Meaning(Tier tier) => tier switch
    {
        Tier.Healthy => "It can serve the validator.",
        Tier.Thin => "It can serve the validator, after any healthy one.",
        Tier.Lagging => "It can serve the validator, but may attest to an older head.",
        Tier.Suspect => "It serves the validator only if nothing better answers.",
        Tier.Syncing or Tier.Optimistic => "It does not serve attestations or blocks until it is synced.",
        _ => "It does not serve the validator.",
    };

    private static string Sentence(string text) => text.Length == 0 || text[^1] is '.' or '!' or '?' ? text : text + ".";

    /// <summary>A duration as a person says it: 42 s, 3 min 5 s, 2 h 10 min, 3 d 4 h.</summary>
    private static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 60 } => $"{Math.Max(0, (int)span.TotalSeconds)} s",
        { TotalMinutes: < 60 } => $"{span.Minutes} min {span.Seconds} s",
        { TotalHours: < 24 } => $"{span.Hours} h {span.Minutes} min",
        _ => $"{span.Days} d {span.Hours} h",
    };
}
