using System.Buffers.Binary;
using System.Text.Json;
using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Core.Routing;

/// <summary>Which block it is: what links a signed blinded block to the node that made it.</summary>
public readonly record struct BlockKey(Slot Slot, ulong Proposer);

/// <summary>What a block begins with (consensus-specs, phase0: BeaconBlock): slot, proposer_index, parent_root.</summary>
/// <param name="Parent">Null where it could not be read.</param>
public readonly record struct BlockStart(BlockKey Key, Root? Parent)
{
    /// <summary>An offset of 4 bytes, and the signature of 96.</summary>
    private const int SignedBlockAt = 100;

    /// <summary>
    /// Reads it from the beginning of a block, unsigned (as produced, alone or with its blobs) or signed (as submitted); null where it is not there.
    /// </summary>
    public static BlockStart? Read(ReadOnlySpan<byte> start, bool ssz, bool signed)
    {
        if (!ssz)
            return FromJson(start);
        var at = signed ? SignedBlockAt : ContentsOffset(start);
        return start.Length >= at + 16
            ? new BlockStart(
                new(new Slot(BinaryPrimitives.ReadUInt64LittleEndian(start[at..])), BinaryPrimitives.ReadUInt64LittleEndian(start[(at + 8)..])),
                start.Length >= at + 48 ? Root.FromBytes(start.Slice(at + 16, 32)) : null)
            : null;
    }

    /// <summary>
    /// A block with its blobs begins with offsets, three (Deneb: block, proofs, blobs) or four (Gloas: and the envelope), of which the first says where the block is.
    /// No slot looks like that: its upper half would be larger than its lower.
    /// </summary>
    private static int ContentsOffset(ReadOnlySpan<byte> start)
    {
        if (start.Length < 8)
            return 0;
        var (first, second) = (BinaryPrimitives.ReadUInt32LittleEndian(start), BinaryPrimitives.ReadUInt32LittleEndian(start[4..]));
        return first is 12 or 16 && second > first ? (int)first : 0;
    }

    /// <summary>The outermost of each name are the block's own; its body is skipped, which may hold other blocks' headers.</summary>
    private static BlockStart? FromJson(ReadOnlySpan<byte> start)
    {
        (string? Text, int Depth) slot = (null, int.MaxValue), proposer = slot, parent = slot;
        try
        {
            var reader = new Utf8JsonReader(start, isFinalBlock: false, default);
            while (!(slot.Depth < int.MaxValue && slot.Depth == proposer.Depth && slot.Depth == parent.Depth) && reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName)
                    continue;
                if (reader.ValueTextEquals("slot"u8))
                    Take(ref reader, ref slot);
                else if (reader.ValueTextEquals("proposer_index"u8))
                    Take(ref reader, ref proposer);
                else if (reader.ValueTextEquals("parent_root"u8))
                    Take(ref reader, ref parent);
                else if (reader.ValueTextEquals("body"u8) && !(reader.Read() && reader.TrySkip()))
                    break;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // What came before the place where it makes no sense still counts.
        }
        return slot.Depth == proposer.Depth && ulong.TryParse(slot.Text, out var s) && ulong.TryParse(proposer.Text, out var p)
            ? new BlockStart(new(new Slot(s), p), parent.Depth == slot.Depth && Root.TryParse(parent.Text, out var root) ? root : null)
            : null;

        static void Take(ref Utf8JsonReader reader, ref (string? Text, int Depth) known)
        {
            var depth = reader.CurrentDepth;
            if (reader.Read() && reader.TokenType == JsonTokenType.String && depth < known.Depth)
                known = (reader.GetString(), depth);
        }
    }
}
