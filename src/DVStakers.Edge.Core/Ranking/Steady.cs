using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Core.Ranking;

/// <summary>
/// A stack's tier with hysteresis both ways: soft evidence counts after some readings in a row, hard evidence at once;
/// back up only after some good slots in a row, unless nothing better is there.
/// </summary>
public sealed record Steady
{
    public required Tier Tier { get; init; }
    public ConditionKind? Kind { get; init; }
    public required string Reason { get; init; }
    public required DateTimeOffset Since { get; init; }

    /// <summary>False until the first verdict that rests on a reading.</summary>
    public bool Settled { get; init; }

    private int SoftCount { get; init; }
    private object? LastEvidence { get; init; }
    private Slot? BetterSince { get; init; }

    /// <summary>Readings in a row that spoke against the stack and are not yet enough.</summary>
    public int Doubts => SoftCount;

    public static Steady Unknown(DateTimeOffset now) => new() { Tier = Tier.Out, Reason = "not read yet", Since = now };

    /// <param name="nothingBetter">No stack qualifies: a recovered one is taken at once, since waiting would lose duties.</param>
    public Steady Next(Verdict verdict, ChainSpec? network, DateTimeOffset now, RankingConfig config, bool nothingBetter)
    {
        var settled = verdict.Evidence is not null;
        if (!Settled)
            return Adopt(verdict, now) with { Settled = settled };
        if (verdict.Tier > Tier)
            return Worse(verdict, now, config);
        if (verdict.Tier == Tier)
            return this with { Kind = verdict.Kind, Reason = verdict.Reason, SoftCount = 0, LastEvidence = null, BetterSince = null };
        return Better(verdict, network, now, config, nothingBetter);
    }

    private Steady Worse(Verdict verdict, DateTimeOffset now, RankingConfig config)
    {
        if (verdict.Hard)
            return Adopt(verdict, now);
        var count = ReferenceEquals(verdict.Evidence, LastEvidence) ? SoftCount : SoftCount + 1;
        return count >= config.SoftReadings
            ? Adopt(verdict, now)
            : this with { SoftCount = count, LastEvidence = verdict.Evidence, BetterSince = null };
    }

    private Steady Better(Verdict verdict, ChainSpec? network, DateTimeOffset now, RankingConfig config, bool nothingBetter)
    {
        if (nothingBetter || network is null)
            return Adopt(verdict, now);
        var wall = network.SlotAt(now);
        var since = BetterSince ?? wall;
        var good = wall.Value - since.Value;
        if (good >= (ulong)config.RecoverySlots)
            return Adopt(verdict, now);
        return this with
        {
            BetterSince = since,
            SoftCount = 0,
            LastEvidence = null,
            Kind = null,
            Reason = $"recovering, good for {good} of {config.RecoverySlots} slots",
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
}
