using System.Buffers.Binary;
using System.Text.Json;
using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Core.Routing;

/// <summary>What a validator signs (consensus-specs, phase0: AttestationData). Read to judge an answer, never to rewrite it.</summary>
public sealed record AttestationData(Slot Slot, ulong Index, Root Head, Epoch SourceEpoch, Root Source, Epoch TargetEpoch, Root Target)
{
    /// <summary>8 + 8 + 32 + (8 + 32) + (8 + 32) bytes.</summary>
    public const int SszLength = 128;

    /// <summary>Reads an answer in either encoding; null where it is not AttestationData.</summary>
    public static AttestationData? Read(ReadOnlySpan<byte> body, bool ssz) => ssz ? FromSsz(body) : FromJson(body);

    private static AttestationData? FromSsz(ReadOnlySpan<byte> body)
    {
        if (body.Length != SszLength)
            return null;
        return new AttestationData(
            new Slot(BinaryPrimitives.ReadUInt64LittleEndian(body)),
            BinaryPrimitives.ReadUInt64LittleEndian(body[8..]),
            Root.FromBytes(body[16..48]),
            new Epoch(BinaryPrimitives.ReadUInt64LittleEndian(body[48..])),
            Root.FromBytes(body[56..88]),
            new Epoch(BinaryPrimitives.ReadUInt64LittleEndian(body[88..])),
            Root.FromBytes(body[96..128]));
    }

    /// <summary>One pass without a document: this is on the way of every attestation. The whole body must be JSON, or a connection that broke off would pass for an answer.</summary>
    private static AttestationData? FromJson(ReadOnlySpan<byte> body)
    {
        ulong? slot = null, index = null, sourceEpoch = null, targetEpoch = null;
        Root? head = null, source = null, target = null;
        try
        {
            var reader = new Utf8JsonReader(body);
            var part = Part.Envelope;
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.EndObject)
                    part = reader.CurrentDepth == 2 ? Part.Data : Part.Envelope;
                if (reader.TokenType != JsonTokenType.PropertyName)
                    continue;
                if (part == Part.Envelope && reader.ValueTextEquals("data"u8))
                    part = Enter(ref reader, Part.Data);
                else if (part == Part.Data && reader.ValueTextEquals("slot"u8))
                    slot = Number(ref reader);
                else if (part == Part.Data && reader.ValueTextEquals("index"u8))
                    index = Number(ref reader);
                else if (part == Part.Data && reader.ValueTextEquals("beacon_block_root"u8))
                    head = Hash(ref reader);
                else if (part == Part.Data && reader.ValueTextEquals("source"u8))
                    part = Enter(ref reader, Part.Source);
                else if (part == Part.Data && reader.ValueTextEquals("target"u8))
                    part = Enter(ref reader, Part.Target);
                else if (part == Part.Source && reader.ValueTextEquals("epoch"u8))
                    sourceEpoch = Number(ref reader);
                else if (part == Part.Source && reader.ValueTextEquals("root"u8))
                    source = Hash(ref reader);
                else if (part == Part.Target && reader.ValueTextEquals("epoch"u8))
                    targetEpoch = Number(ref reader);
                else if (part == Part.Target && reader.ValueTextEquals("root"u8))
                    target = Hash(ref reader);
                else
                    reader.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
        return slot is { } s && index is { } i && head is { } h && sourceEpoch is { } se && source is { } sr && targetEpoch is { } te && target is { } tr
            ? new AttestationData(new Slot(s), i, h, new Epoch(se), sr, new Epoch(te), tr)
            : null;
    }

    private enum Part
    {
        Envelope,
        Data,
        Source,
        Target,
    }

    private static Part Enter(ref Utf8JsonReader reader, Part part) =>
        reader.Read() && reader.TokenType == JsonTokenType.StartObject ? part : throw new FormatException($"{part} is no object");

    private static ulong Number(ref Utf8JsonReader reader)
    {
        Span<char> text = stackalloc char[20];
        return ulong.TryParse(text[..Text(ref reader, text)], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new FormatException("no number");
    }

    private static Root Hash(ref Utf8JsonReader reader)
    {
        Span<char> text = stackalloc char[66];
        return Root.TryParse(text[..Text(ref reader, text)], out var root) ? root : throw new FormatException("no root");
    }

    private static int Text(ref Utf8JsonReader reader, scoped Span<char> text)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length > text.Length)
            throw new FormatException("no text of that length");
        return reader.CopyString(text);
    }
}
