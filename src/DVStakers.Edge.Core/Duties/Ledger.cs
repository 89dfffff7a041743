using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Core.Duties;

/// <summary>
/// Links what a validator had to do, what it was given, what it sent, and what the blocks have of it; and settles each duty once. One thread uses it.
/// A duty is the agent's to account for when the client learnt it here before its deadline. Everything is bounded, in number and by age.
/// </summary>
public sealed class Ledger
{
    public const int MostDuties = 32768;
    public const int MostValidators = 16384;

    private readonly ChainSpec spec;
    private readonly Evidence evidence = new();
    private readonly Aggregations aggregations;
    private readonly HashSet<ulong> own = [];
    private readonly Dictionary<(ulong Validator, Epoch), Known<AttesterDuty>> attesters = [];
    private readonly Dictionary<Slot, Known<ProposerDuty>> proposers = [];
    private readonly Dictionary<(ulong Validator, ulong Period), Known<SyncDuty>> committee = [];
    private readonly Dictionary<Slot, IReadOnlyList<int>> sizes = [];
    private readonly HashSet<Slot> wanted = [];
    private Slot? settledSync;
    private long dropped;

    public Ledger(ChainSpec spec)
    {
        this.spec = spec;
        aggregations = new Aggregations(spec, evidence);
    }

    public CanonicalChain Chain { get; } = new();

    /// <summary>Facts and duties that there was no room for: the account is not complete.</summary>
    public long Dropped => dropped + evidence.Dropped + aggregations.Dropped;

    /// <summary>That at least one node took.</summary>
    public long AttestationsSent => evidence.Attestations;

    public int Open => attesters.Values.Count(IsOpen) + proposers.Values.Count(IsOpen) + aggregations.Open;

    /// <summary>Everything that is remembered, chain and all; for tests of its bounds.</summary>
    public int Size => evidence.Count + aggregations.Count + own.Count + attesters.Count + proposers.Count + committee.Count + sizes.Count + wanted.Count + Chain.Count;

    /// <summary>Slots whose blocks can be read only with the sizes of that slot's committees (since Electra several committees share one list of bits).</summary>
    public IReadOnlyCollection<Slot> SizesWanted => wanted;

    public void Take(Fact fact)
    {
        switch (fact)
        {
            case AttestersLearnt f: Learn(f); break;
            case ProposersLearnt f: Learn(f); break;
            case SyncCommitteeLearnt f: Learn(f); break;
            case DataGiven f: evidence.Take(f); break;
            case AttestationSent f: evidence.Take(f); break;
            case SingleAttestationSent f: evidence.Take(f); break;
            case SyncMessageSent f: evidence.Take(f); break;
            case BlockSent f: evidence.Take(f); break;
            case AggregatorsLearnt f: aggregations.Take(f); break;
            case AggregateSent f: aggregations.Take(f); break;
            default: throw new ArgumentOutOfRangeException(nameof(fact), fact, "is no fact of the ledger");
        }
    }

    public void TakeSizes(Slot slot, IReadOnlyList<int> committees)
    {
        sizes[slot] = committees;
        wanted.Remove(slot);
    }

    /// <summary>The oldest slot with a duty that is not settled; null where there is none.</summary>
    public Slot? OldestOpen(DateTimeOffset now)
    {
        var wall = spec.SlotAt(now);
        var open = attesters.Values.Where(IsOpen).Select(d => d.Duty.Slot)
            .Concat(proposers.Values.Where(IsOpen).Select(d => d.Duty.Slot))
            .Where(s => s <= wall);
        Slot? oldest = NextSync;
        foreach (var slot in open)
            if (oldest is null || slot < oldest)
                oldest = slot;
        return oldest;
    }

    /// <summary>The duties that can be settled now, by the chain as it is known; each comes once. Forgets what is too old to matter.</summary>
    public IReadOnlyList<SettledDuty> Settle(DateTimeOffset now)
    {
        List<SettledDuty> settled = [];
        var wall = spec.SlotAt(now);

        // 1. Attestations.
        foreach (var (key, known) in attesters.Where(d => !d.Value.Settled).OrderBy(d => d.Value.Duty.Slot).ThenBy(d => d.Key.Validator).ToList())
        {
            var duty = known.Duty;
            var became = Judgement.Attestation(duty, spec, Chain, sizes.GetValueOrDefault(duty.Slot), out var needsSizes);
            if (needsSizes)
                wanted.Add(duty.Slot);
            if (became is null && !IsHopeless(Judgement.LastChance(spec, duty.Slot), wall))
                continue;
            attesters[key] = known with { Settled = true };
            var submission = evidence.SentFor(duty);
            if (IsOurs(known))
                settled.Add(Complete(became ?? Unknown(DutyKind.Attestation, duty.Slot, duty.Validator), evidence.GivenFor(duty), submission));
        }

        // 2. Proposals.
        foreach (var (slot, known) in proposers.Where(d => !d.Value.Settled && own.Contains(d.Value.Duty.Validator)).OrderBy(d => d.Key).ToList())
        {
            var became = Judgement.Proposal(known.Duty, Chain);
            if (became is null && !IsHopeless(slot, wall))
                continue;
            proposers[slot] = known with { Settled = true };
            var (serving, submission) = (evidence.GivenFor(DutyKind.Proposal, slot), evidence.SentFor(DutyKind.Proposal, slot, known.Duty.Validator));
            if (IsOurs(known))
                settled.Add(Complete(became ?? Unknown(DutyKind.Proposal, slot, known.Duty.Validator), serving, submission));
        }

        // 3. Sync committee messages, slot by slot.
        SettleSync(settled, wall);

        // 4. Aggregates and contributions.
        settled.AddRange(aggregations.Settle(wall, IsStill).Select(a => Complete(a.Duty, a.Serving, a.Submission)));

        Forget(wall);
        return settled;
    }

    private void SettleSync(List<SettledDuty> settled, Slot wall)
    {
        while (NextSync is { } slot && slot <= wall)
        {
            var hopeless = IsHopeless(slot.Next, wall);
            // The committee that signs in a slot is that of the next slot's block.
            var period = PeriodOf(spec.EpochOf(slot.Next));
            List<SettledDuty> ofSlot = [];
            foreach (var ((validator, _), known) in committee.Where(c => c.Key.Period == period && c.Value.Since <= spec.AttestationDeadline(slot)).OrderBy(c => c.Key.Validator))
            {
                var sent = evidence.SentFor(DutyKind.Sync, slot, validator);
                var became = Judgement.Sync(slot, known.Duty, Chain, sent, out var isDuty);
                if (became is null && isDuty && !hopeless)
                    return;
                if (isDuty)
                    ofSlot.Add(Complete(became ?? Unknown(DutyKind.Sync, slot, validator) with { Seats = known.Duty.Seats.Count }, evidence.GivenFor(DutyKind.Sync, slot), sent));
            }
            settled.AddRange(ofSlot);
            settledSync = slot;
        }
    }

    private void Learn(AttestersLearnt fact)
    {
        foreach (var duty in fact.Duties)
        {
            Own(duty.Validator);
            Put(attesters, (duty.Validator, spec.EpochOf(duty.Slot)), duty, fact.At);
        }
    }

    private void Learn(ProposersLearnt fact)
    {
        foreach (var duty in fact.Duties)
            Put(proposers, duty.Slot, duty, fact.At);
    }

    private void Learn(SyncCommitteeLearnt fact)
    {
        foreach (var duty in fact.Duties)
        {
            Own(duty.Validator);
            Put(committee, (duty.Validator, PeriodOf(fact.Epoch)), duty, fact.At);
        }
    }

    /// <summary>The latest word counts, since a reorganisation may give other duties; the same word again changes nothing.</summary>
    private void Put<TKey, TDuty>(Dictionary<TKey, Known<TDuty>> duties, TKey key, TDuty duty, DateTimeOffset at) where TKey : notnull
    {
        if (!duties.TryGetValue(key, out var known))
        {
            if (duties.Count < MostDuties)
                duties[key] = new(duty, at, at, Settled: false);
            else
                dropped++;
        }
        else if (Same(known.Duty, duty))
            duties[key] = known with { Since = at < known.Since ? at : known.Since, Told = at > known.Told ? at : known.Told };
        else if (!known.Settled && at >= known.Told)
            duties[key] = new(duty, at, at, Settled: false);
    }

    private static bool Same<TDuty>(TDuty a, TDuty b) =>
        a is SyncDuty one && b is SyncDuty other ? one.Validator == other.Validator && one.Seats.SequenceEqual(other.Seats) : EqualityComparer<TDuty>.Default.Equals(a, b);

    private void Own(ulong validator)
    {
        if (own.Count < MostValidators)
            own.Add(validator);
        else if (!own.Contains(validator))
            dropped++;
    }

    private SettledDuty Complete(SettledDuty duty, Serving? serving, Submission? submission) => duty with
    {
        Serving = serving, Submission = submission, SentAfter = submission?.At - spec.StartOf(duty.Slot),
    };

    private SettledDuty Unknown(DutyKind kind, Slot slot, ulong validator) => new()
    {
        Kind = kind, Slot = slot, Validator = validator, Outcome = DutyOutcome.Unknown, LastChance = Judgement.LastChance(spec, slot),
    };

    /// <summary>After a reorganisation a validator may be in another committee than the one it was to aggregate for.</summary>
    private bool IsStill(AggregatorDuty duty) =>
        !attesters.TryGetValue((duty.Validator, spec.EpochOf(duty.Slot)), out var known) || (known.Duty.Slot, known.Duty.Committee) == (duty.Slot, duty.Committee);

    private bool IsOpen(Known<AttesterDuty> known) => !known.Settled && IsOurs(known);

    private bool IsOpen(Known<ProposerDuty> known) => !known.Settled && own.Contains(known.Duty.Validator) && IsOurs(known);

    private bool IsOurs(Known<AttesterDuty> known) => known.Since <= spec.AttestationDeadline(known.Duty.Slot) || evidence.SentFor(known.Duty) is not null;

    /// <summary>Nobody proposes in slot 0.</summary>
    private bool IsOurs(Known<ProposerDuty> known) =>
        known.Duty.Slot.Value > 0 && (known.Since <= spec.StartOf(known.Duty.Slot) || evidence.GivenFor(DutyKind.Proposal, known.Duty.Slot) is not null);

    /// <summary>The first slot whose sync committee messages are not settled; null without any seat.</summary>
    private Slot? NextSync
    {
        get
        {
            if (committee.Count == 0)
                return null;
            var from = spec.SlotAt(committee.Values.Min(d => d.Since));
            return settledSync is { } settled && settled.Next > from ? settled.Next : from;
        }
    }

    /// <summary>An epoch after its last chance nobody waits for its blocks any more.</summary>
    private bool IsHopeless(Slot last, Slot wall) => wall.Value > last.Value + spec.SlotsPerEpoch;

    private ulong PeriodOf(Epoch epoch) => epoch.Value / spec.EpochsPerSyncCommitteePeriod;

    private void Forget(Slot wall)
    {
        const ulong Epochs = 5;
        var epoch = spec.EpochOf(wall).Value;
        if (epoch < Epochs)
            return;
        var before = new Slot((epoch - Epochs) * spec.SlotsPerEpoch);
        evidence.Forget(before);
        aggregations.Forget(before);
        Chain.Forget(before);
        foreach (var key in attesters.Where(d => d.Value.Duty.Slot < before).Select(d => d.Key).ToList())
            attesters.Remove(key);
        foreach (var slot in proposers.Keys.Where(s => s < before).ToList())
            proposers.Remove(slot);
        foreach (var slot in sizes.Keys.Concat(wanted).Where(s => s < before).ToList())
        {
            sizes.Remove(slot);
            wanted.Remove(slot);
        }
        foreach (var key in committee.Keys.Where(k => k.Period < PeriodOf(spec.EpochOf(before))).ToList())
            committee.Remove(key);
    }

    /// <param name="Since">When the client first learnt it.</param>
    /// <param name="Told">When it was last told.</param>
    private readonly record struct Known<TDuty>(TDuty Duty, DateTimeOffset Since, DateTimeOffset Told, bool Settled);
}
