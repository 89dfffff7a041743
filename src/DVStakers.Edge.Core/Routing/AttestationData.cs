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

    private static AttestationData? FromJson(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var json = JsonDocument.ParseValue(ref reader);
            if (!json.RootElement.TryGetProperty("data", out var data)
                || !Number(data, "slot", out var slot) || !Number(data, "index", out var index)
                || !Hash(data, "beacon_block_root", out var head)
                || !data.TryGetProperty("source", out var source) || !Number(source, "epoch", out var sourceEpoch) || !Hash(source, "root", out var sourceRoot)
                || !data.TryGetProperty("target", out var target) || !Number(target, "epoch", out var targetEpoch) || !Hash(target, "root", out var targetRoot))
                return null;
            return new AttestationData(new Slot(slot), index, head, new Epoch(sourceEpoch), sourceRoot, new Epoch(targetEpoch), targetRoot);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool Number(JsonElement parent, string name, out ulong value)
    {
        value = 0;
        return parent.TryGetProperty(name, out var element) && element.ValueKind == JsonValueKind.String
            && ulong.TryParse(element.GetString(), System.Globalization.CultureInfo.InvariantCulture, out value);
    }

    private static bool Hash(JsonElement parent, string name, out Root root)
    {
        root = default;
        return parent.TryGetProperty(name, out var element) && element.ValueKind == JsonValueKind.String && Root.TryParse(element.GetString(), out root);
    }
}
