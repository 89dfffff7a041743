using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Core.Duties;

/// <summary>
/// What was given to the client and what it sent, by the slot it is about. Whatever comes is kept under the key that it has itself, and duties look it up
/// when they are settled: so nothing depends on the order in which traffic is seen. Bounded; what does not fit is counted.
/// </summary>
internal sealed class Evidence
{
    public const int MostGiven = 8192;
    public const int MostSent = 65536;

    private readonly Dictionary<(DutyKind, Slot, ulong Committee), Serving> given = [];
    private readonly Dictionary<SentKey, Submission> sent = [];
    private bool singles;

    /// <summary>Facts that there was no room for.</summary>
    public long Dropped { get; private set; }

    /// <summary>Attestations that at least one node took.</summary>
    public long Attestations { get; private set; }

    public int Count => given.Count + sent.Count;

    public void Take(DataGiven fact)
    {
        var key = (fact.Kind, fact.Slot, fact.Committee);
        if (!given.TryGetValue(key, out var known))
        {
            if (HasRoom(given.Count, MostGiven))
                given[key] = fact.Serving;
        }
        // The first answer stays the answer; a refusal is worth telling only where none came.
        else if ((fact.Serving.Node is null, fact.Serving.At).CompareTo((known.Node is null, known.At)) < 0)
            given[key] = fact.Serving;
    }

    public void Take(AttestationSent fact) => Add(new(DutyKind.Attestation, fact.Slot, fact.Committee, fact.Position), fact.Delivery);

    public void Take(SingleAttestationSent fact)
    {
        singles = true;
        Add(new(DutyKind.Attestation, fact.Slot, fact.Validator, null), fact.Delivery);
    }

    public void Take(SyncMessageSent fact) => Add(new(DutyKind.Sync, fact.Slot, fact.Validator, null), fact.Delivery, fact.Head);

    public void Take(BlockSent fact) => Add(new(DutyKind.Proposal, fact.Slot, fact.Validator, null), fact.Delivery);

    public void Take(AggregateSent fact) => Add(new(fact.Duty.Kind, fact.Duty.Slot, fact.Duty.Validator, fact.Duty.Committee), fact.Delivery);

    /// <summary>Since Electra clients may ask for attestation data once for all committees, with index 0.</summary>
    public Serving? GivenFor(AttesterDuty duty) => given.GetValueOrDefault((DutyKind.Attestation, duty.Slot, duty.Committee))
        ?? (singles ? given.GetValueOrDefault((DutyKind.Attestation, duty.Slot, 0ul)) : null);

    /// <summary>Before Electra a client asks for an aggregate without naming the committee.</summary>
    public Serving? GivenFor(AggregatorDuty duty) => given.GetValueOrDefault((duty.Kind, duty.Slot, duty.Committee))
        ?? (duty.Kind == DutyKind.Aggregate ? given.GetValueOrDefault((duty.Kind, duty.Slot, 0ul)) : null);

    public Serving? GivenFor(DutyKind kind, Slot slot) => given.GetValueOrDefault((kind, slot, 0ul));

    public Submission? SentFor(AttesterDuty duty) => sent.GetValueOrDefault(new(DutyKind.Attestation, duty.Slot, duty.Validator, null))
        ?? sent.GetValueOrDefault(new(DutyKind.Attestation, duty.Slot, duty.Committee, duty.Position));

    public Submission? SentFor(AggregatorDuty duty) => sent.GetValueOrDefault(new(duty.Kind, duty.Slot, duty.Validator, duty.Committee));

    public Submission? SentFor(DutyKind kind, Slot slot, ulong validator) => sent.GetValueOrDefault(new(kind, slot, validator, null));

    public void Forget(Slot before)
    {
        foreach (var key in given.Keys.Where(k => k.Item2 < before).ToList())
            given.Remove(key);
        foreach (var key in sent.Keys.Where(k => k.Slot < before).ToList())
            sent.Remove(key);
    }

    private void Add(SentKey key, Delivery delivery, Root? head = null)
    {
        var known = sent.GetValueOrDefault(key);
        if (known is null && !HasRoom(sent.Count, MostSent))
            return;
        sent[key] = known?.With(delivery) ?? Submission.Of(delivery, head);
        if (key.Kind == DutyKind.Attestation && delivery.Accepted && known is not { AcceptedBy.Count: > 0 })
            Attestations++;
    }

    private bool HasRoom(int count, int most)
    {
        if (count < most)
            return true;
        Dropped++;
        return false;
    }

    /// <param name="Of">The validator; before Electra the committee of an attestation, and then there is a position.</param>
    /// <param name="Position">Of an aggregate or contribution: the committee.</param>
    private readonly record struct SentKey(DutyKind Kind, Slot Slot, ulong Of, ulong? Position);
}
