using System.Buffers.Binary;
using System.Text.Json;
using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Core.Duties;

/// <summary>
/// Reads what a client posts to a node's pools, in JSON and SSZ: one delegate for each item, which makes the fact of a node's answer to it.
/// Throws FormatException for anything else.
/// </summary>
public static class PoolBodies
{
    /// <summary>slot, index, beacon_block_root, source, target: AttestationData in SSZ.</summary>
    private const int Data = 128;
    private const int Signature = 96;

    /// <summary>Attestations of before Electra (their bit says who) or since (attester_index does), each by its own shape.</summary>
    /// <param name="single">For SSZ, which does not tell: the shape since Electra.</param>
    public static IReadOnlyList<Func<Delivery, Fact>> Attestations(ReadOnlySpan<byte> body, bool ssz, bool single) => ssz
        ? (single ? SingleSsz(body) : BitsSsz(body))
        : ApiJson.Read<IReadOnlyList<Func<Delivery, Fact>>>(body, static root => [.. root.EnumerateArray().Select(OneAttestation)]);

    public static IReadOnlyList<Func<Delivery, Fact>> SyncMessages(ReadOnlySpan<byte> body, bool ssz)
    {
        const int Size = 8 + 32 + 8 + Signature;
        if (!ssz)
            return ApiJson.Read<IReadOnlyList<Func<Delivery, Fact>>>(body, static root =>
                [.. root.EnumerateArray().Select(m => Sync(m.Number("slot"), m.Root("beacon_block_root"), m.Number("validator_index")))]);
        List<Func<Delivery, Fact>> found = [];
        foreach (var at in Starts(body, Size))
            found.Add(Sync(ApiJson.Uint64(body, at), Root.FromBytes(body.Slice(at + 8, 32)), ApiJson.Uint64(body, at + 40)));
        return found;
    }

    private static Func<Delivery, Fact> Sync(ulong slot, Root head, ulong validator) => d => new SyncMessageSent(new Slot(slot), validator, head, d);

    private static Func<Delivery, Fact> OneAttestation(JsonElement item)
    {
        var data = item.Member("data");
        var slot = new Slot(data.Number("slot"));
        if (item.TryGetProperty("attester_index", out var attester))
            return Single(slot, ApiJson.Number(attester));
        var (bits, length) = item.Bitlist("aggregation_bits");
        return ByBit(slot, data.Number("index"), bits, length);
    }

    private static List<Func<Delivery, Fact>> SingleSsz(ReadOnlySpan<byte> body)
    {
        // committee_index, attester_index, data, signature.
        List<Func<Delivery, Fact>> found = [];
        foreach (var at in Starts(body, 16 + Data + Signature))
            found.Add(Single(new Slot(ApiJson.Uint64(body, at + 16)), ApiJson.Uint64(body, at + 8)));
        return found;
    }

    /// <summary>A list of items of variable size begins with their offsets; each item is an offset to its bits, data, signature, and the bits.</summary>
    private static List<Func<Delivery, Fact>> BitsSsz(ReadOnlySpan<byte> body)
    {
        const int Fixed = 4 + Data + Signature;
        List<Func<Delivery, Fact>> found = [];
        if (body.IsEmpty)
            return found;
        var first = Offset(body, 0);
        if (first == 0 || first % 4 != 0)
            throw new FormatException("the list does not begin with offsets");
        for (var i = 0; i < first / 4; i++)
        {
            var start = Offset(body, i * 4);
            var end = (i + 1) * 4 < first ? Offset(body, (i + 1) * 4) : body.Length;
            if (end - start <= Fixed || end > body.Length)
                throw new FormatException($"attestation {i} is cut");
            var item = body[start..end];
            var bits = item[Fixed..].ToArray();
            found.Add(ByBit(new Slot(ApiJson.Uint64(item, 4)), ApiJson.Uint64(item, 12), bits,
                Bits.ListLength(bits) is >= 0 and var length ? length : throw new FormatException("aggregation_bits has no end mark")));
        }
        return found;
    }

    private static int Offset(ReadOnlySpan<byte> body, int at) =>
        at + 4 <= body.Length && BinaryPrimitives.ReadUInt32LittleEndian(body[at..]) is var offset && offset <= (uint)body.Length
            ? (int)offset
            : throw new FormatException("an offset is beyond the end");

    private static List<int> Starts(ReadOnlySpan<byte> body, int size) =>
        body.Length % size == 0 ? [.. Enumerable.Range(0, body.Length / size).Select(i => i * size)] : throw new FormatException($"{body.Length} bytes are no list of items of {size}");

    private static Func<Delivery, Fact> Single(Slot slot, ulong validator) => d => new SingleAttestationSent(slot, validator, d);

    private static Func<Delivery, Fact> ByBit(Slot slot, ulong committee, byte[] bits, int length) => Bits.Set(bits, length) is [var position]
        ? d => new AttestationSent(slot, committee, (ulong)position, d)
        : throw new FormatException("an attestation of one validator has one bit set");
}
