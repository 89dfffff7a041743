using System.Buffers.Binary;
using System.Numerics;
using System.Text.Json;
using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Core.Duties;

/// <summary>
/// Reads what a client posts as an aggregator: its subscriptions, and aggregates and contributions with their proofs; one delegate for each item, as in
/// <see cref="PoolBodies"/>. Throws FormatException for anything else.
/// </summary>
public static class AggregateBodies
{
    /// <summary>/eth/v1/validator/beacon_committee_subscriptions: those in which the validator was chosen to aggregate.</summary>
    public static IReadOnlyList<AggregatorDuty> Aggregators(ReadOnlySpan<byte> body) => ApiJson.Read<IReadOnlyList<AggregatorDuty>>(body, static root =>
        [.. root.EnumerateArray().Where(s => s.Member("is_aggregator").GetBoolean())
            .Select(s => new AggregatorDuty(DutyKind.Aggregate, new Slot(s.Number("slot")), s.Number("validator_index"), s.Number("committee_index")))]);

    /// <param name="bits">For SSZ, which does not tell: since Electra the committee is a bit, before it is a number.</param>
    public static IReadOnlyList<Func<Delivery, Fact>> Aggregates(ReadOnlySpan<byte> body, bool ssz, bool bits) => ssz
        ? OfSsz(body, bits)
        : ApiJson.Read<IReadOnlyList<Func<Delivery, Fact>>>(body, static root => [.. root.EnumerateArray().Select(item =>
        {
            var message = item.Member("message");
            var aggregate = message.Member("aggregate");
            var data = aggregate.Member("data");
            var committee = aggregate.TryGetProperty("committee_bits", out _) ? Committee(aggregate.Bytes("committee_bits")) : data.Number("index");
            return Sent(DutyKind.Aggregate, data.Number("slot"), message.Number("aggregator_index"), committee);
        })]);

    /// <summary>The API knows these in JSON only.</summary>
    public static IReadOnlyList<Func<Delivery, Fact>> Contributions(ReadOnlySpan<byte> body) => ApiJson.Read<IReadOnlyList<Func<Delivery, Fact>>>(body, static root =>
        [.. root.EnumerateArray().Select(item =>
        {
            var message = item.Member("message");
            var contribution = message.Member("contribution");
            return Sent(DutyKind.Contribution, contribution.Number("slot"), message.Number("aggregator_index"), contribution.Number("subcommittee_index"));
        })]);

    /// <summary>
    /// A list of offsets, and of what they lead to: offset of the message, signature; in the message aggregator_index, offset of the aggregate,
    /// selection_proof; in the aggregate offset of its bits, AttestationData (which begins with slot and index), signature, and since Electra committee_bits.
    /// </summary>
    private static List<Func<Delivery, Fact>> OfSsz(ReadOnlySpan<byte> body, bool bits)
    {
        const int CommitteeBits = 4 + 128 + 96;
        List<Func<Delivery, Fact>> found = [];
        if (body.IsEmpty)
            return found;
        var first = Offset(body);
        if (first == 0 || first % 4 != 0)
            throw new FormatException("the list does not begin with offsets");
        for (var i = 0; i < first / 4; i++)
        {
            var item = From(body, Offset(body[(i * 4)..]));
            var message = From(item, Offset(item));
            var aggregate = From(message, Offset(From(message, 8)));
            if (aggregate.Length < CommitteeBits + (bits ? 8 : 0))
                throw new FormatException($"aggregate {i} is cut");
            var committee = bits ? Committee(aggregate.Slice(CommitteeBits, 8)) : ApiJson.Uint64(aggregate, 12);
            found.Add(Sent(DutyKind.Aggregate, ApiJson.Uint64(aggregate, 4), ApiJson.Uint64(message, 0), committee));
        }
        return found;
    }

    private static Func<Delivery, Fact> Sent(DutyKind kind, ulong slot, ulong validator, ulong committee)
    {
        var duty = new AggregatorDuty(kind, new Slot(slot), validator, committee);
        return d => new AggregateSent(duty, d);
    }

    private static ulong Committee(ReadOnlySpan<byte> bits) =>
        bits.Length == 8 && BinaryPrimitives.ReadUInt64LittleEndian(bits) is var set && BitOperations.PopCount(set) == 1
            ? (ulong)BitOperations.TrailingZeroCount(set)
            : throw new FormatException("an aggregate of one committee has one bit of committee_bits set");

    private static int Offset(ReadOnlySpan<byte> at) =>
        at.Length >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(at) is var offset and <= int.MaxValue ? (int)offset : throw new FormatException("an offset is cut");

    private static ReadOnlySpan<byte> From(ReadOnlySpan<byte> bytes, int offset) =>
        offset <= bytes.Length ? bytes[offset..] : throw new FormatException("an offset is beyond the end");
}
