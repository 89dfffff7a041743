using System.Text.Json;
using System.Text.Json.Serialization;

namespace DVStakers.Edge.Core.Backup;

/// <summary>What a backup says of itself (<c>backup.json</c>, the first file in it).</summary>
/// <param name="Version">Of the agent that made it.</param>
/// <param name="Cluster">Null: the box was no member.</param>
/// <param name="Ca">SHA-256 of the cluster's CA certificate.</param>
/// <param name="Roster">Its version.</param>
/// <param name="Gateway">Where the others borrow its nodes; null: it lends none.</param>
/// <param name="CanInvite">The CA's key is in it.</param>
public sealed record BackupManifest(int Schema, DateTimeOffset MadeAt, string Version, string Host, string Box, string? Cluster, string? Ca, long? Roster, string? Gateway, bool CanInvite)
{
    public const int CurrentSchema = 1;
    public const string Name = "backup.json";

    /// <summary>Whose place a box takes with it. Two backups of one member name the same.</summary>
    [JsonIgnore]
    public (string Box, string Ca)? Identity => Ca is null ? null : (Box, Ca);

    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, BackupJson.Default.BackupManifest);

    /// <exception cref="BackupException">It is not one.</exception>
    public static BackupManifest Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return JsonSerializer.Deserialize(utf8, BackupJson.Default.BackupManifest) switch
            {
                { Schema: CurrentSchema } manifest => manifest,
                { Schema: var other } => throw new BackupException($"its content is of schema {other}, and this version knows {CurrentSchema}: install the version of dvstakers-edge that made it, or a newer one"),
                null => throw new BackupException($"its {Name} is null"),
            };
        }
        catch (JsonException e)
        {
            throw new BackupException($"its {Name} makes no sense: {e.Message}", e);
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(BackupManifest))]
internal sealed partial class BackupJson : JsonSerializerContext;
