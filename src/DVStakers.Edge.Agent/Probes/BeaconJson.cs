using System.Text.Json;
using System.Text.Json.Serialization;

namespace DVStakers.Edge.Agent.Probes;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(BeaconShapes.Envelope<BeaconShapes.Syncing>))]
[JsonSerializable(typeof(BeaconShapes.HeaderAnswer))]
[JsonSerializable(typeof(BeaconShapes.Envelope<BeaconShapes.PeerCount>))]
[JsonSerializable(typeof(BeaconShapes.Envelope<BeaconShapes.NodeVersion>))]
[JsonSerializable(typeof(BeaconShapes.Envelope<BeaconShapes.Genesis>))]
[JsonSerializable(typeof(BeaconShapes.Envelope<Dictionary<string, JsonElement>>))]
[JsonSerializable(typeof(BeaconShapes.HeadEventData))]
internal sealed partial class BeaconJson : JsonSerializerContext;

/// <summary>The parts of Beacon API answers that a probe reads. What has a default here is absent in some client or version.</summary>
internal static class BeaconShapes
{
    public sealed record Envelope<T>(T? Data) where T : class;

    public sealed record Syncing(bool IsSyncing, bool IsOptimistic = false, bool? ElOffline = null);

    public sealed record HeaderAnswer(HeaderData Data, bool ExecutionOptimistic = false);
    public sealed record HeaderData(string Root, SignedHeader Header);
    public sealed record SignedHeader(HeaderMessage Message);
    public sealed record HeaderMessage(ulong Slot, string? ParentRoot = null);

    public sealed record PeerCount(int Connected);
    public sealed record NodeVersion(string Version);
    public sealed record Genesis(long GenesisTime, string GenesisValidatorsRoot);

    public sealed record HeadEventData(ulong Slot, string Block, bool ExecutionOptimistic = false);
}
