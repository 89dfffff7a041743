using System.Text.Json.Serialization;

namespace DVStakers.Edge.Core.Duties;

/// <summary>The account of the duties as JSON (GET /duties, <c>dvstakers-edge duties --json</c>). Words are lower-case; keys are snake_case; an absent value is null.</summary>
public sealed record DutyReport
{
    /// <summary>Goes up when a key is removed or changes its meaning; new keys do not change it.</summary>
    public int Schema { get; init; } = 1;

    /// <summary>The time of the last look; null before the first.</summary>
    public DateTimeOffset? At { get; init; }

    public string? Network { get; init; }

    /// <summary>The newest block that was read.</summary>
    public ulong? HeadSlot { get; init; }

    /// <summary>Duties that are known and not settled.</summary>
    public required int Open { get; init; }

    /// <summary>If it is not 0 the account is not complete.</summary>
    public required long WitnessesDropped { get; init; }

    /// <summary>Since the agent started, as are <see cref="Validators"/>.</summary>
    public required KindsReport Totals { get; init; }

    /// <summary>Newest first.</summary>
    public required IReadOnlyList<EpochReport> Epochs { get; init; }

    public required IReadOnlyList<ValidatorReport> Validators { get; init; }

    /// <summary>Newest first.</summary>
    public required IReadOnlyList<DutyEntry> Duties { get; init; }

    public static DutyReport Of(DutyBook book, string? network) => new()
    {
        At = book.At,
        Network = network,
        HeadSlot = book.HeadSlot?.Value,
        Open = book.Open,
        WitnessesDropped = book.Dropped,
        Totals = KindsReport.Of(book.Totals),
        Epochs = [.. book.Epochs.Reverse().Select(e => EpochReport.Of(e.Key, e.Value))],
        Validators = [.. book.Validators.Select(v => ValidatorReport.Of(v.Key, v.Value))],
        Duties = [.. book.Duties.Reverse().Select(DutyEntry.Of)],
    };
}

public record KindsReport(TallyReport Attestations, TallyReport Proposals, TallyReport Sync, TallyReport Aggregates, TallyReport Contributions)
{
    [JsonIgnore]
    public TallyReport All => Attestations.Plus(Proposals).Plus(Sync).Plus(Aggregates).Plus(Contributions);

    public static KindsReport Of(Tallies t) =>
        new(TallyReport.Of(t.Attestations), TallyReport.Of(t.Proposals), TallyReport.Of(t.Sync), TallyReport.Of(t.Aggregates), TallyReport.Of(t.Contributions));
}

public sealed record EpochReport(ulong Epoch, TallyReport Attestations, TallyReport Proposals, TallyReport Sync, TallyReport Aggregates, TallyReport Contributions)
    : KindsReport(Attestations, Proposals, Sync, Aggregates, Contributions)
{
    public static EpochReport Of(ulong epoch, Tallies t)
    {
        var (attestations, proposals, sync, aggregates, contributions) = Of(t);
        return new(epoch, attestations, proposals, sync, aggregates, contributions);
    }
}

public sealed record ValidatorReport(ulong ValidatorIndex, TallyReport Attestations, TallyReport Proposals, TallyReport Sync, TallyReport Aggregates, TallyReport Contributions)
    : KindsReport(Attestations, Proposals, Sync, Aggregates, Contributions)
{
    public static ValidatorReport Of(ulong validator, Tallies t)
    {
        var (attestations, proposals, sync, aggregates, contributions) = Of(t);
        return new(validator, attestations, proposals, sync, aggregates, contributions);
    }
}

/// <summary>See <see cref="Tally"/>. The first is the sum of those up to <see cref="Unknown"/>.</summary>
public sealed record TallyReport(
    long Due, long Made, long Late, long WrongHead, long WrongTarget, long Partial, long Missed, long Unknown, long WouldHaveBeenMissed, long Unnoticed)
{
    public static TallyReport Of(Tally t) => new(t.Due, t.Made, t.Late, t.WrongHead, t.WrongTarget, t.Partial, t.Missed, t.Unknown, t.WouldHaveBeenMissed, t.Unnoticed);

    public TallyReport Plus(TallyReport o) => new(
        Due + o.Due, Made + o.Made, Late + o.Late, WrongHead + o.WrongHead, WrongTarget + o.WrongTarget, Partial + o.Partial, Missed + o.Missed,
        Unknown + o.Unknown, WouldHaveBeenMissed + o.WouldHaveBeenMissed, Unnoticed + o.Unnoticed);
}

/// <summary>One settled duty; docs/duties.md describes each key.</summary>
public sealed record DutyEntry
{
    public required string Kind { get; init; }
    public required ulong Slot { get; init; }
    public required ulong ValidatorIndex { get; init; }
    public required string Outcome { get; init; }
    public ulong? Distance { get; init; }
    public bool? RightHead { get; init; }
    public bool? RightSource { get; init; }
    public bool? RightTarget { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Seats { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? SeatsFilled { get; init; }

    public string? ServedBy { get; init; }
    public long? SubmittedMs { get; init; }
    public required IReadOnlyList<string> AcceptedBy { get; init; }
    public required bool WouldHaveBeenMissed { get; init; }
    public string? OldPath { get; init; }
    public required string Explanation { get; init; }

    public static DutyEntry Of(SettledDuty duty) => new()
    {
        Kind = DutyWords.Of(duty.Kind),
        Slot = duty.Slot.Value,
        ValidatorIndex = duty.Validator,
        Outcome = DutyWords.Of(duty.Outcome),
        Distance = duty.Distance,
        RightHead = duty.RightHead,
        RightSource = duty.RightSource,
        RightTarget = duty.RightTarget,
        Seats = duty.Kind == DutyKind.Sync ? duty.Seats : null,
        SeatsFilled = duty.Kind == DutyKind.Sync ? duty.SeatsFilled : null,
        ServedBy = duty.Serving?.Node,
        SubmittedMs = duty.SentAfter is { } after ? (long)Math.Round(after.TotalMilliseconds) : null,
        AcceptedBy = duty.Submission?.AcceptedBy ?? [],
        WouldHaveBeenMissed = duty.WouldHaveBeenMissed,
        OldPath = duty.Serving is { Node: not null } serving ? DutyWords.Of(serving.OldPath) : null,
        Explanation = Duties.Explanation.Of(duty),
    };
}

/// <summary>The enums as words of the schema. Written out, so that renaming a member in the code cannot change what others read.</summary>
public static class DutyWords
{
    public static string Of(DutyKind kind) => kind switch
    {
        DutyKind.Attestation => "attestation",
        DutyKind.Proposal => "proposal",
        DutyKind.Sync => "sync",
        DutyKind.Aggregate => "aggregate",
        DutyKind.Contribution => "contribution",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "has no word"),
    };

    public static string Of(DutyOutcome outcome) => outcome switch
    {
        DutyOutcome.Made => "made",
        DutyOutcome.Late => "late",
        DutyOutcome.WrongHead => "wrong_head",
        DutyOutcome.WrongTarget => "wrong_target",
        DutyOutcome.Partial => "partial",
        DutyOutcome.Missed => "missed",
        DutyOutcome.Unknown => "unknown",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "has no word"),
    };

    public static string Of(OldPath path) => path switch
    {
        OldPath.Fine => "fine",
        OldPath.Slow => "slow",
        OldPath.Failed => "failed",
        OldPath.Stale => "stale",
        _ => throw new ArgumentOutOfRangeException(nameof(path), path, "has no word"),
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DutyReport))]
public sealed partial class DutyReportJson : JsonSerializerContext;
