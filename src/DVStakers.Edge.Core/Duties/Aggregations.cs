using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Core.Duties;

/// <summary>
/// The part of the account that no block tells of: aggregates and sync committee contributions. What a node accepted went out to the network, and counts as
/// made. They are known from the client's subscriptions, where these say that it aggregates, and from what it sends.
/// </summary>
internal sealed class Aggregations(ChainSpec spec, Evidence evidence)
{
    private readonly Dictionary<AggregatorDuty, Known> duties = [];

    /// <summary>Duties that there was no room for.</summary>
    public long Dropped { get; private set; }

    public int Open => duties.Values.Count(d => !d.Settled);

    public int Count => duties.Count;

    public void Take(AggregatorsLearnt fact)
    {
        foreach (var duty in fact.Duties)
            Put(duty, fact.At);
    }

    public void Take(AggregateSent fact)
    {
        Put(fact.Duty, fact.Delivery.At);
        evidence.Take(fact);
    }

    /// <summary>A slot after theirs nothing can come any more that would be worth sending.</summary>
    /// <param name="isStill">False where the client was told of other duties since.</param>
    public IEnumerable<(SettledDuty Duty, Serving? Serving, Submission? Submission)> Settle(Slot wall, Func<AggregatorDuty, bool> isStill)
    {
        var ended = duties.Where(d => !d.Value.Settled && d.Key.Slot.Value + 2 <= wall.Value)
            .OrderBy(d => d.Key.Slot).ThenBy(d => d.Key.Validator).ThenBy(d => d.Key.Kind).ThenBy(d => d.Key.Committee).ToList();
        foreach (var (duty, known) in ended)
        {
            duties[duty] = known with { Settled = true };
            var (serving, submission) = (evidence.GivenFor(duty), evidence.SentFor(duty));
            var inTime = known.Since <= spec.StartOf(duty.Slot) + spec.AggregateDueIn(duty.Slot);
            if (submission is not null || (inTime && isStill(duty)))
                yield return (Judgement.Aggregation(duty, serving, submission), serving, submission);
        }
    }

    public void Forget(Slot before)
    {
        foreach (var duty in duties.Keys.Where(d => d.Slot < before).ToList())
            duties.Remove(duty);
    }

    private void Put(AggregatorDuty duty, DateTimeOffset at)
    {
        if (duties.TryGetValue(duty, out var known))
            duties[duty] = known with { Since = at < known.Since ? at : known.Since };
        else if (duties.Count < Ledger.MostDuties)
            duties[duty] = new Known(at, Settled: false);
        else
            Dropped++;
    }

    private readonly record struct Known(DateTimeOffset Since, bool Settled);
}
