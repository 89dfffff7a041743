using System.Collections.Immutable;
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

    /// <summary>Readings in a row that spoke against the stack and are not yet enough; each once, by reference: two readings may well be equal.</summary>
    private ImmutableArray<object> Against { get; init; } = [];

    private Recovery? Recovering { get; init; }

    public int Doubts => Against.Length;

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
            return this with { Kind = verdict.Kind, Reason = verdict.Reason, Against = [], Recovering = null };
        return Better(verdict, network, now, config, nothingBetter);
    }

    private Steady Worse(Verdict verdict, DateTimeOffset now, RankingConfig config)
    {
        if (verdict.Hard)
            return Adopt(verdict, now);
        var against = verdict.Evidence is { } reading && !Against.Any(r => ReferenceEquals(r, reading)) ? Against.Add(reading) : Against;
        return against.Length >= config.SoftReadings
            ? Adopt(verdict, now)
            : this with { Against = against, Recovering = null };
    }

    private Steady Better(Verdict verdict, ChainSpec? network, DateTimeOffset now, RankingConfig config, bool nothingBetter)
    {
        if (nothingBetter || network is null)
            return Adopt(verdict, now);
        // Slots in which it was better than its tier, but not good, are no evidence that it is good; nor are those of a clock that was since set back.
        var wall = network.SlotAt(now);
        var recovering = Recovering is { } known && known.Good == verdict.Tier.Qualifies() && known.Since <= wall
            ? known
            : new Recovery(wall, verdict.Tier.Qualifies());
        var slots = wall.Value - recovering.Since.Value;
        if (slots >= (ulong)config.RecoverySlots)
            return Adopt(verdict, now);
        return this with
        {
            Recovering = recovering,
            Against = [],
            Kind = null,
            Reason = $"recovering, {(recovering.Good ? "good" : "better")} for {slots} of {config.RecoverySlots} slots",
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
    private sealed record Recovery(Slot Since, bool Good);
}
