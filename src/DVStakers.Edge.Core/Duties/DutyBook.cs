using System.Collections.Immutable;
using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Core.Duties;

/// <summary>The account of the duties that are settled, at one moment. Immutable; published by one reference swap. Bounded: the oldest go first.</summary>
public sealed record DutyBook
{
    public const int MostDuties = 4096;
    public const int MostEpochs = 64;
    public const int MostValidators = 4096;

    public static readonly DutyBook Empty = new();

    /// <summary>Null before the first duty was learnt.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The newest block that was read.</summary>
    public Slot? HeadSlot { get; init; }

    /// <summary>Duties that are known and not settled.</summary>
    public int Open { get; init; }

    /// <summary>What the ledger did not keep up with, or had no room for: if it is not 0 the account is not complete.</summary>
    public long Dropped { get; init; }

    /// <summary>Attestations that at least one node took, since the agent started; sooner than they are settled.</summary>
    public long AttestationsSent { get; init; }

    /// <summary>Since the agent started.</summary>
    public Tallies Totals { get; init; } = Tallies.None;

    /// <summary>By the duty's own slot.</summary>
    public ImmutableSortedDictionary<ulong, Tallies> Epochs { get; init; } = ImmutableSortedDictionary<ulong, Tallies>.Empty;

    /// <summary>Since the agent started.</summary>
    public ImmutableSortedDictionary<ulong, Tallies> Validators { get; init; } = ImmutableSortedDictionary<ulong, Tallies>.Empty;

    /// <summary>Newest last.</summary>
    public ImmutableList<SettledDuty> Duties { get; init; } = [];

    public DutyBook With(IReadOnlyList<SettledDuty> settled, ChainSpec spec)
    {
        var (totals, epochs, validators) = (Totals, Epochs, Validators);
        foreach (var duty in settled)
        {
            totals = totals.With(duty);
            var epoch = spec.EpochOf(duty.Slot).Value;
            epochs = epochs.SetItem(epoch, epochs.GetValueOrDefault(epoch, Tallies.None).With(duty));
            if (validators.Count < MostValidators || validators.ContainsKey(duty.Validator))
                validators = validators.SetItem(duty.Validator, validators.GetValueOrDefault(duty.Validator, Tallies.None).With(duty));
        }
        while (epochs.Count > MostEpochs)
            epochs = epochs.Remove(epochs.Keys.First());
        var duties = Duties.AddRange(settled);
        return this with
        {
            Totals = totals, Epochs = epochs, Validators = validators,
            Duties = duties.Count > MostDuties ? duties.RemoveRange(0, duties.Count - MostDuties) : duties,
        };
    }
}
