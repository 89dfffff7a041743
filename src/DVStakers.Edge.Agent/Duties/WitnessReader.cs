using System.Globalization;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Duties;
using DVStakers.Edge.Core.Routing;

namespace DVStakers.Edge.Agent.Duties;

/// <summary>Makes facts of what the proxy saw. Pure. Throws FormatException where the bytes are not what the route carries.</summary>
internal static class WitnessReader
{
    public static IEnumerable<Fact> Facts(Witnessed seen) => seen switch
    {
        DutiesAnswered duties => [Of(duties)],
        DataAnswered data => [Of(data)],
        PostAnswered post => Of(post),
        _ => throw new ArgumentOutOfRangeException(nameof(seen), seen, "is nothing that the proxy sees"),
    };

    private static Fact Of(DutiesAnswered seen)
    {
        var path = seen.Path.AsSpan().TrimEnd('/');
        if (!ulong.TryParse(path[(path.LastIndexOf('/') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            throw new FormatException($"{seen.Path} does not end with an epoch");
        var epoch = new Epoch(number);
        return path.Contains("/attester/", StringComparison.Ordinal) ? new AttestersLearnt(epoch, seen.At, DutyAnswers.Attesters(seen.Body))
            : path.Contains("/proposer/", StringComparison.Ordinal) ? new ProposersLearnt(epoch, seen.At, DutyAnswers.Proposers(seen.Body))
            : new SyncCommitteeLearnt(epoch, seen.At, DutyAnswers.SyncCommittee(seen.Body));
    }

    private static DataGiven Of(DataAnswered seen)
    {
        var (path, first, state) = OldPathRule.Judge(seen.Snapshot, seen.Node, seen.Head, seen.Order, seen.Problems);
        return new DataGiven(seen.Kind, seen.Slot, seen.Committee, new Serving(seen.Node, seen.At + seen.Took, seen.Took, Why(seen), path, first, state));
    }

    private static string Why(DataAnswered seen)
    {
        var snapshot = seen.Snapshot;
        if (seen.Node is null)
            return seen.Order.Count == 0 ? $"no stack could answer: {snapshot.ServingReason}"
                : seen.Problems.Count > 0 ? string.Join("; ", seen.Problems)
                : $"none of {string.Join(", ", seen.Order)} answered in time";
        if (seen.Problems.Count > 0)
            return string.Join("; ", seen.Problems);
        return seen.Order is [var one, ..] && one != seen.Node ? $"{one} had not answered yet"
            : seen.Node == snapshot.Serving ? snapshot.ServingReason
            : snapshot.Ranking.FirstOrDefault(r => r.Name == seen.Node)?.Reason ?? "it was the only one left";
    }

    private static List<Fact> Of(PostAnswered seen)
    {
        if (seen.Ssz && (Ends(seen, "/beacon_committee_subscriptions") || Ends(seen, "/contribution_and_proofs")))
            throw new FormatException($"{seen.Path} is read as JSON only");
        if (Ends(seen, "/beacon_committee_subscriptions"))
            return [new AggregatorsLearnt(seen.At, AggregateBodies.Aggregators(seen.Body))];
        var sinceElectra = seen.Version is not ("phase0" or "altair" or "bellatrix" or "capella" or "deneb" or "");
        var failures = Failures.Of(seen.Status, seen.Said, seen.Problem);
        var items = Ends(seen, "/pool/attestations") ? PoolBodies.Attestations(seen.Body, seen.Ssz, single: sinceElectra)
            : Ends(seen, "/pool/sync_committees") ? PoolBodies.SyncMessages(seen.Body, seen.Ssz)
            : Ends(seen, "/aggregate_and_proofs") ? AggregateBodies.Aggregates(seen.Body, seen.Ssz, bits: sinceElectra)
            : Ends(seen, "/contribution_and_proofs") ? AggregateBodies.Contributions(seen.Body)
            : null;
        if (items is not null)
            return [.. items.Select((make, i) => make(Delivery(seen, failures.Against(i))))];
        var (key, _) = BlockStart.Read(seen.Body, seen.Ssz, signed: true) ?? throw new FormatException("the block has no slot and proposer at its beginning");
        return [new BlockSent(key.Slot, key.Proposer, Delivery(seen, failures.Against(0)))];
    }

    private static bool Ends(PostAnswered seen, string end) => seen.Path.EndsWith(end, StringComparison.Ordinal);

    private static Delivery Delivery(PostAnswered seen, string? against) => new(seen.Node, against is null, against is null ? "" : Named(seen.Node, against), seen.At);

    private static string Named(string node, string words) => node.Length == 0 || words.StartsWith(node, StringComparison.Ordinal) ? words : $"{node}: {words}";
}
