using System.Collections.Immutable;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Core.Ranking;

/// <summary>
/// A stack's tier with hysteresis both ways: soft evidence counts after some readings in a row, hard evidence at once;
/// back up only with evidence, unless nothing better is there: some good slots in a row, and this epoch's subscriptions and preparations delivered.
/// A stack that fails again within an epoch of its return needs twice as many slots, and twice as many again.
/// </summary>
public sealed record Steady
{
    /// <summary>Eight times the usual slots at most.</summary>
    private const int MostRelapses = 3;

    public required Tier Tier { get; init; }
    public ConditionKind? Kind { get; init; }
    public required string Reason { get; init; }
    public required DateTimeOffset Since { get; init; }

    /// <summary>False until the first verdict that rests on a reading.</summary>
    public bool Settled { get; init; }

    /// <summary>Readings in a row that spoke against the stack and are not yet enough; each once, by reference: two readings may well be equal.</summary>
    private ImmutableArray<object> Against { get; init; } = [];

    private Recovery? Recovering { get; init; }

    /// <summary>How often in a row it failed soon after it had come back.</summary>
    private int Relapses { get; init; }

    /// <summary>It came into its tier from one that does not qualify.</summary>
    private bool CameBack { get; init; }

    public int Doubts => Against.Length;

    /// <summary>Better readings come, and not yet enough of them.</summary>
    public bool IsRecovering => Recovering is not null;

    /// <summary>It has this epoch's subscriptions and preparations since it began to recover.</summary>
    public bool IsPrepared => Recovering is { Prepared: true };

    public Steady Prepared() => Recovering is { } recovery ? this with { Recovering = recovery with { Prepared = true } } : this;

    public static Steady Unknown(DateTimeOffset now) => new() { Tier = Tier.Out, Reason = "not read yet", Since = now };

    /// <param name="nothingBetter">No stack qualifies: a recovered one is taken at once, since waiting would lose duties.</param>
    public Steady Next(Verdict verdict, ChainSpec? network, DateTimeOffset now, RankingConfig config, bool nothingBetter)
    {
        var settled = verdict.Evidence is not null;
        if (!Settled)
            return Adopt(verdict, now) with { Settled = settled };
        if (verdict.Tier > Tier)
            return Worse(verdict, network, now, config);
        if (verdict.Tier == Tier)
            return this with { Kind = verdict.Kind, Reason = verdict.Reason, Against = [], Recovering = null };
        return Better(verdict, network, now, config, nothingBetter);
    }

    private Steady Worse(Verdict verdict, ChainSpec? network, DateTimeOffset now, RankingConfig config)
    {
        if (verdict.Hard)
            return Fall(verdict, network, now);
        var against = verdict.Evidence is { } reading && !Against.Any(r => ReferenceEquals(r, reading)) ? Against.Add(reading) : Against;
        return against.Length >= config.SoftReadings
            ? Fall(verdict, network, now)
            : this with { Against = against, Recovering = null };
    }

    private Steady Fall(Verdict verdict, ChainSpec? network, DateTimeOffset now)
    {
        var fallen = Adopt(verdict, now);
        if (!Tier.Qualifies() || verdict.Tier.Qualifies())
            return fallen with { Relapses = Relapses, CameBack = CameBack };
        var soon = network is not null && now - Since < network.SlotDuration * network.SlotsPerEpoch;
        return fallen with { Relapses = CameBack && soon ? Math.Min(Relapses + 1, MostRelapses) : 0 };
    }

    private Steady Better(Verdict verdict, ChainSpec? network, DateTimeOffset now, RankingConfig config, bool nothingBetter)
    {
        var back = Adopt(verdict, now) with { Relapses = Relapses, CameBack = CameBack || !Tier.Qualifies() };
        if (nothingBetter || network is null)
            return back;
        // Slots in which it was better than its tier, but not good, are no evidence that it is good; nor are those of a clock that was since set back.
        // What it was given then does not count either: a node that is still syncing refuses subscriptions.
        var wall = network.SlotAt(now);
        var known = Recovering is { } r && r.Good == verdict.Tier.Qualifies() ? r : null;
        var recovering = known is not null && known.Since <= wall
            ? known
            : new Recovery(wall, verdict.Tier.Qualifies(), known is { Prepared: true });
        var slots = wall.Value - recovering.Since.Value;
        var needed = (ulong)config.RecoverySlots << Relapses;
        if (slots >= needed && recovering.Prepared)
            return back;
        return this with
        {
            Recovering = recovering,
            Against = [],
            Kind = null,
            Reason = $"recovering, {(recovering.Good ? "good" : "better")} for {slots} of {needed} slots"
                + (Relapses > 0 ? ", more than usual because it failed again soon after its return" : "")
                + (slots >= needed ? "; it waits for this epoch's subscriptions" : ""),
        };
    }

    private static Steady Adopt(Verdict verdict, DateTimeOffset now) => new()
    {
        Tier = verdict.Tier,
        Kind = verdict.Kind,
        Reason = verdict.Reason,
        Since = now,
        Settled = true,
    };

    /// <summary>Since when the verdicts have been better than the tier, and whether they are good enough to serve.</summary>
    private sealed record Recovery(Slot Since, bool Good, bool Prepared);
}
