using System.Buffers.Binary;
using System.Text.Json;
using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Core.Routing;

/// <summary>Which block it is: what links a signed blinded block to the node that made it.</summary>
public readonly record struct BlockKey(Slot Slot, ulong Proposer)
{
    /// <summary>
    /// Reads slot and proposer index from the beginning of a block, unsigned (as produced) or signed (as submitted); null where they are not there.
    /// In SSZ an unsigned block begins with both; a signed one has them behind a 4-byte offset and the 96-byte signature.
    /// </summary>
    public static BlockKey? Read(ReadOnlySpan<byte> start, bool ssz, bool signed)
    {
        if (!ssz)
            return FromJson(start);
        var at = signed ? 100 : 0;
        return start.Length >= at + 16
            ? new BlockKey(new Slot(BinaryPrimitives.ReadUInt64LittleEndian(start[at..])), BinaryPrimitives.ReadUInt64LittleEndian(start[(at + 8)..]))
            : null;
    }

    /// <summary>The first "slot" and "proposer_index" are the block's own: everything before them is headers of the envelope.</summary>
    private static BlockKey? FromJson(ReadOnlySpan<byte> start)
    {
        ulong? slot = null, proposer = null;
        try
        {
            var reader = new Utf8JsonReader(start, isFinalBlock: false, default);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName)
                    continue;
                var isSlot = reader.ValueTextEquals("slot"u8);
                if (!isSlot && !reader.ValueTextEquals("proposer_index"u8))
                    continue;
                if (!reader.Read() || reader.TokenType != JsonTokenType.String || !ulong.TryParse(reader.ValueSpan, out var value))
                    return null;
                if (isSlot)
                    slot ??= value;
                else
                    proposer ??= value;
                if (slot is { } s && proposer is { } p)
                    return new BlockKey(new Slot(s), p);
            }
        }
        catch (JsonException)
        {
            return null;
        }
        return null;
    }
}
