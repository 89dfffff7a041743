using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Readings;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace DVStakers.Edge.Agent.Probes;

/// <summary>Reads a beacon node's answers. Each method throws JsonException or FormatException for what the Beacon API does not say.</summary>
internal static class BeaconAnswers
{
    public static BeaconShapes.Syncing Syncing(ReadOnlySpan<byte> body) => Read(body, BeaconJson.Default.EnvelopeSyncing).Data;

    public static Head Header(ReadOnlySpan<byte> body)
    {
        var answer = Read(body, BeaconJson.Default.HeaderAnswer);
        return new Head(new Slot(answer.Data.Header.Message.Slot), RootOf(answer.Data.Root), answer.ExecutionOptimistic);
    }

    public static int Peers(ReadOnlySpan<byte> body) => Read(body, BeaconJson.Default.EnvelopePeerCount).Data.Connected;

    public static string Version(ReadOnlySpan<byte> body) => Read(body, BeaconJson.Default.EnvelopeNodeVersion).Data.Version;

    public static (DateTimeOffset Time, Root ValidatorsRoot) Genesis(ReadOnlySpan<byte> body)
    {
        var genesis = Read(body, BeaconJson.Default.EnvelopeGenesis).Data;
        if (genesis.GenesisTime < 0 || genesis.GenesisTime > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
            throw new FormatException($"genesis_time {genesis.GenesisTime} is no time");
        return (DateTimeOffset.FromUnixTimeSeconds(genesis.GenesisTime), RootOf(genesis.GenesisValidatorsRoot));
    }

    public static IReadOnlyDictionary<string, JsonElement> Spec(ReadOnlySpan<byte> body) =>
        Read(body, BeaconJson.Default.EnvelopeDictionaryStringJsonElement).Data;

    public static Head HeadEvent(ReadOnlySpan<byte> data)
    {
        var head = Read(data, BeaconJson.Default.HeadEventData);
        return new Head(new Slot(head.Slot), RootOf(head.Block), head.ExecutionOptimistic);
    }

    private static T Read<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type) where T : class =>
        JsonSerializer.Deserialize(body, type) ?? throw new FormatException("null");

    private static Root RootOf(string text) =>
        Root.TryParse(text, out var root) ? root : throw new FormatException($"'{text}' is not a root of 32 bytes");
}
