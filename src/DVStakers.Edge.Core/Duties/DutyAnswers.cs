using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Core.Duties;

/// <summary>Reads a node's answers about duties (Beacon API, JSON). Throws FormatException for anything else.</summary>
public static class DutyAnswers
{
    public static IReadOnlyList<AttesterDuty> Attesters(ReadOnlySpan<byte> body) => ApiJson.Read<IReadOnlyList<AttesterDuty>>(body, static root =>
        [.. root.Member("data").EnumerateArray().Select(d => new AttesterDuty(
            new Slot(d.Number("slot")), d.Number("validator_index"), d.Number("committee_index"), d.Number("validator_committee_index")))]);

    public static IReadOnlyList<ProposerDuty> Proposers(ReadOnlySpan<byte> body) => ApiJson.Read<IReadOnlyList<ProposerDuty>>(body, static root =>
        [.. root.Member("data").EnumerateArray().Select(d => new ProposerDuty(new Slot(d.Number("slot")), d.Number("validator_index")))]);

    public static IReadOnlyList<SyncDuty> SyncCommittee(ReadOnlySpan<byte> body) => ApiJson.Read<IReadOnlyList<SyncDuty>>(body, static root =>
        [.. root.Member("data").EnumerateArray().Select(d => new SyncDuty(
            d.Number("validator_index"), [.. d.Member("validator_sync_committee_indices").EnumerateArray().Select(i => checked((int)ApiJson.Number(i)))]))]);

    /// <summary>/eth/v1/beacon/states/{state}/committees?slot=: how many members each committee of one slot has, in the order of their indices.</summary>
    public static IReadOnlyList<int> CommitteeSizes(ReadOnlySpan<byte> body, Slot slot) => ApiJson.Read<IReadOnlyList<int>>(body, root =>
        [.. root.Member("data").EnumerateArray().Where(c => c.Number("slot") == slot.Value)
            .OrderBy(c => c.Number("index")).Select(c => c.Member("validators").GetArrayLength())]);
}
