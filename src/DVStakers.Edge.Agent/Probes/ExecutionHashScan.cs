using DVStakers.Edge.Core.Chain;
using System.Text.Json;

namespace DVStakers.Edge.Agent.Probes;

/// <summary>
/// Finds the execution payload's hash in a beacon block's JSON, piece by piece, so that a full block of many megabytes is never held:
/// <c>data.message.body.execution_payload[_header].block_hash</c>, or since Gloas the hashes in <c>signed_execution_payload_bid.message</c>.
/// Other block hashes in a block (eth1_data has one) are not mistaken for it.
/// </summary>
internal sealed class ExecutionHashScan
{
    private readonly Name[] path = new Name[7];
    private JsonReaderState state;

    /// <summary>The payload's hash; since Gloas that of the payload to which the block commits, revealed or not.</summary>
    public Root? BlockHash { get; private set; }

    /// <summary>Since Gloas: the hash of the last payload before this block's. Null in a block that carries its own payload.</summary>
    public Root? ParentHash { get; private set; }

    /// <summary>There is nothing more to look for.</summary>
    public bool Done { get; private set; }

    private enum Name { Other, Data, Message, Body, Payload, Bid, BlockHash, ParentBlockHash }

    /// <summary>Reads on. The bytes that were not consumed come again, with more behind them.</summary>
    /// <returns>How many bytes were consumed.</returns>
    /// <exception cref="JsonException">This is no JSON.</exception>
    public int Read(ReadOnlySpan<byte> bytes, bool isLast)
    {
        var reader = new Utf8JsonReader(bytes, isLast, state);
        while (!Done && reader.Read())
        {
            var depth = reader.CurrentDepth;
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName when depth < path.Length:
                    path[depth] = NameOf(ref reader);
                    break;
                case JsonTokenType.String:
                    Take(ref reader, depth);
                    break;
                // The end of the object that holds the hashes, or of the block: nothing follows.
                case JsonTokenType.EndObject when depth == 0 || BlockHash is not null:
                    Done = true;
                    break;
            }
        }
        state = reader.CurrentState;
        return (int)reader.BytesConsumed;
    }

    private void Take(ref Utf8JsonReader reader, int depth)
    {
        var isPayload = depth == 5 && path.AsSpan(1, 4).SequenceEqual((ReadOnlySpan<Name>)[Name.Data, Name.Message, Name.Body, Name.Payload]);
        var isBid = depth == 6 && path.AsSpan(1, 5).SequenceEqual((ReadOnlySpan<Name>)[Name.Data, Name.Message, Name.Body, Name.Bid, Name.Message]);
        if (!isPayload && !isBid)
            return;
        if (path[depth] == Name.BlockHash)
            BlockHash = RootOf(ref reader);
        else if (isBid && path[depth] == Name.ParentBlockHash)
            ParentHash = RootOf(ref reader);
        // What follows in a payload is its transactions: megabytes, and not needed.
        Done = isPayload && BlockHash is not null;
    }

    // Zeros stand for "no payload" before the merge.
    private static Root? RootOf(ref Utf8JsonReader reader) =>
        Root.TryParse(reader.GetString(), out var root) && root.ToString() != default(Root).ToString() ? root : null;

    private static Name NameOf(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("data"u8) ? Name.Data
        : reader.ValueTextEquals("message"u8) ? Name.Message
        : reader.ValueTextEquals("body"u8) ? Name.Body
        : reader.ValueTextEquals("execution_payload"u8) || reader.ValueTextEquals("execution_payload_header"u8) ? Name.Payload
        : reader.ValueTextEquals("signed_execution_payload_bid"u8) ? Name.Bid
        : reader.ValueTextEquals("block_hash"u8) ? Name.BlockHash
        : reader.ValueTextEquals("parent_block_hash"u8) ? Name.ParentBlockHash
        : Name.Other;
}
