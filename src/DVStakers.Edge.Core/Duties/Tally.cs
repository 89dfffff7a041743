namespace DVStakers.Edge.Core.Duties;

/// <summary>How many duties of a kind came to which end.</summary>
public sealed record Tally
{
    public static readonly Tally None = new();

    public long Due => Made + Late + WrongHead + WrongTarget + Partial + Missed + Unknown;
    public long Made { get; init; }
    public long Late { get; init; }
    public long WrongHead { get; init; }
    public long WrongTarget { get; init; }

    /// <summary>Sync committee only.</summary>
    public long Partial { get; init; }

    public long Missed { get; init; }

    /// <summary>Nothing tells what became of them.</summary>
    public long Unknown { get; init; }

    /// <summary>Of those made, late or partial: the first stack of the configuration could not have served them right at that moment.</summary>
    public long WouldHaveBeenMissed { get; init; }

    /// <summary>Of these: no fail-over of the client's own would have noticed.</summary>
    public long Unnoticed { get; init; }

    public Tally With(SettledDuty duty)
    {
        var counted = duty.Outcome switch
        {
            DutyOutcome.Made => this with { Made = Made + 1 },
            DutyOutcome.Late => this with { Late = Late + 1 },
            DutyOutcome.WrongHead => this with { WrongHead = WrongHead + 1 },
            DutyOutcome.WrongTarget => this with { WrongTarget = WrongTarget + 1 },
            DutyOutcome.Partial => this with { Partial = Partial + 1 },
            DutyOutcome.Missed => this with { Missed = Missed + 1 },
            DutyOutcome.Unknown => this with { Unknown = Unknown + 1 },
            _ => throw new ArgumentOutOfRangeException(nameof(duty), duty.Outcome, "is not counted"),
        };
        return counted with
        {
            WouldHaveBeenMissed = WouldHaveBeenMissed + (duty.WouldHaveBeenMissed ? 1 : 0),
            Unnoticed = Unnoticed + (duty.Unnoticed ? 1 : 0),
        };
    }
}

/// <summary>The kinds of duties side by side.</summary>
public sealed record Tallies(Tally Attestations, Tally Proposals, Tally Sync, Tally Aggregates, Tally Contributions)
{
    public static readonly Tallies None = new(Tally.None, Tally.None, Tally.None, Tally.None, Tally.None);

    public Tallies With(SettledDuty duty) => duty.Kind switch
    {
        DutyKind.Attestation => this with { Attestations = Attestations.With(duty) },
        DutyKind.Proposal => this with { Proposals = Proposals.With(duty) },
        DutyKind.Sync => this with { Sync = Sync.With(duty) },
        DutyKind.Aggregate => this with { Aggregates = Aggregates.With(duty) },
        DutyKind.Contribution => this with { Contributions = Contributions.With(duty) },
        _ => throw new ArgumentOutOfRangeException(nameof(duty), duty.Kind, "is not counted"),
    };
}
