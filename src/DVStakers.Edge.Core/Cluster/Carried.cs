using System.Text.Json;
using System.Text.Json.Serialization;

namespace DVStakers.Edge.Core.Cluster;

/// <summary>What a person carries from box to box.</summary>
public enum CarriedKind
{
    Unknown,
    Invitation,
    Request,
    Roster,
}

/// <summary>The files that are carried from box to box, told apart by what is in them and not by their names.</summary>
public static class Carried
{
    /// <summary>Far above any of them: a roster of 64 members has about 100 kB.</summary>
    public const int MostBytes = 1 << 20;

    internal const int CurrentSchema = 1;

    public static CarriedKind KindOf(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8);
            var root = document.RootElement;
            return root.ValueKind != JsonValueKind.Object ? CarriedKind.Unknown
                : root.TryGetProperty("kind", out var kind) && kind.ValueKind == JsonValueKind.String ? kind.GetString() switch
                {
                    Invitation.Place => CarriedKind.Invitation,
                    JoinRequest.Place => CarriedKind.Request,
                    _ => CarriedKind.Unknown,
                }
                : root.TryGetProperty("members", out _) ? CarriedKind.Roster : CarriedKind.Unknown;
        }
        // The second: text that is not UTF-8, or half a character, found only when it is read.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return CarriedKind.Unknown;
        }
    }

    /// <summary>The object without its signature, and the signature.</summary>
    internal static (byte[] Json, byte[] Signature) Split(ReadOnlySpan<byte> utf8) =>
        SignedJson.TrySplit(utf8.TrimEnd(" \t\r\n"u8), out var json, out var signature) ? (json, signature)
            : throw new ClusterFileException("its signature is missing or damaged: it was changed on its way; send it again");

    internal static T Parse<T>(byte[] json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> form, Func<T, int> schema) where T : class
    {
        try
        {
            var parsed = JsonSerializer.Deserialize(json, form) ?? throw new ClusterFileException("it is null");
            return schema(parsed) == CurrentSchema ? parsed
                : throw new ClusterFileException($"schema {schema(parsed)} is not known here, {CurrentSchema} is: update the older of the two boxes");
        }
        catch (JsonException e)
        {
            throw new ClusterFileException($"{e.Path}: {e.Message}");
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Invitation))]
[JsonSerializable(typeof(JoinRequest))]
[JsonSerializable(typeof(PendingInvitation))]
internal sealed partial class CarriedJson : JsonSerializerContext;
