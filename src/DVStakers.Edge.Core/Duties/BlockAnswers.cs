using System.Text.Json;
using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Core.Duties;

/// <summary>Reads what a ledger needs of a block, and skips the rest, which is nearly all of it. Throws FormatException for anything that is not a block.</summary>
public static class BlockAnswers
{
    /// <summary>/eth/v2/beacon/blocks/{root}, of any fork.</summary>
    public static ChainBlock Block(ReadOnlySpan<byte> body, Root root)
    {
        try
        {
            var found = new Parts();
            var reader = new Utf8JsonReader(body);
            Enter(ref reader);
            Object(ref reader, found, Place.Answer);
            return found.Votes is { } votes && found.Parent is { } parent && found.Slot is { } slot && found.Proposer is { } proposer
                ? new ChainBlock(new Slot(slot), root, parent, proposer, votes, found.SyncBits)
                : throw new FormatException("slot, proposer_index, parent_root or attestations are not there");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or OverflowException or ArgumentException)
        {
            throw new FormatException(e.Message, e);
        }
    }

    /// <summary>/eth/v1/beacon/headers/{root}: the block without its votes.</summary>
    public static ChainBlock Header(ReadOnlySpan<byte> body) => ApiJson.Read(body, static root =>
    {
        var data = root.Member("data");
        var message = data.Member("header").Member("message");
        return new ChainBlock(new Slot(message.Number("slot")), data.Root("root"), message.Root("parent_root"), message.Number("proposer_index"), null, []);
    });

    private enum Place
    {
        Answer,
        Signed,
        Message,
        Body,
        SyncAggregate,
    }

    private sealed class Parts
    {
        public ulong? Slot, Proposer;
        public Root? Parent;
        public List<BlockVotes>? Votes;
        public byte[] SyncBits = [];
    }

    private static void Object(ref Utf8JsonReader reader, Parts found, Place place)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            switch (place, name)
            {
                case (Place.Answer, "data"): Object(ref reader, found, Place.Signed); break;
                case (Place.Signed, "message"): Object(ref reader, found, Place.Message); break;
                case (Place.Message, "body"): Object(ref reader, found, Place.Body); break;
                case (Place.Body, "sync_aggregate"): Object(ref reader, found, Place.SyncAggregate); break;
                case (Place.Message, "slot"): found.Slot = ApiJson.Number(Value(ref reader)); break;
                case (Place.Message, "proposer_index"): found.Proposer = ApiJson.Number(Value(ref reader)); break;
                case (Place.Message, "parent_root"): found.Parent = Root.TryParse(reader.GetString(), out var parent) ? parent : throw new FormatException("parent_root is not a root"); break;
                case (Place.SyncAggregate, "sync_committee_bits"): found.SyncBits = Convert.FromHexString(reader.GetString().AsSpan()[2..]); break;
                case (Place.Body, "attestations"):
                    found.Votes = [];
                    while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
                        found.Votes.Add(Votes(Value(ref reader)));
                    break;
                default: reader.Skip(); break;
            }
        }
    }

    private static void Enter(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new FormatException("it is not an object");
    }

    private static JsonElement Value(ref Utf8JsonReader reader) => JsonElement.ParseValue(ref reader);

    private static BlockVotes Votes(JsonElement attestation)
    {
        var data = attestation.Member("data");
        var target = data.Member("target");
        var (voters, length) = attestation.Bitlist("aggregation_bits");
        IReadOnlyList<int> committees = attestation.TryGetProperty("committee_bits", out _)
            ? attestation.Bytes("committee_bits") is var bits ? Bits.Set(bits, bits.Length * 8) : []
            : [checked((int)data.Number("index"))];
        return new BlockVotes(new Slot(data.Number("slot")), committees, voters, length, data.Root("beacon_block_root"), new Epoch(target.Number("epoch")), target.Root("root"));
    }
}
