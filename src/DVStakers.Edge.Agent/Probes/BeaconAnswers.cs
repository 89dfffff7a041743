using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Readings;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace DVStakers.Edge.Agent.Probes;

/// <summary>Reads a beacon node's answers. Each method throws JsonException or FormatException for what the Beacon API does not say.</summary>
internal static class BeaconAnswers
{
    public static BeaconShapes.Syncing Syncing(ReadOnlySpan<byte> body) => Data(body, BeaconJson.Default.EnvelopeSyncing);

    public static (Head Head, Root? Parent) Header(ReadOnlySpan<byte> body)
    {
        var answer = Read(body, BeaconJson.Default.HeaderAnswer);
        var message = answer.Data.Header.Message;
        return (new Head(new Slot(message.Slot), RootOf(answer.Data.Root), answer.ExecutionOptimistic), Root.TryParse(message.ParentRoot, out var parent) ? parent : null);
    }

    public static int Peers(ReadOnlySpan<byte> body) => Data(body, BeaconJson.Default.EnvelopePeerCount).Connected;

    public static string Version(ReadOnlySpan<byte> body) => Data(body, BeaconJson.Default.EnvelopeNodeVersion).Version;

    public static (DateTimeOffset Time, Root ValidatorsRoot) Genesis(ReadOnlySpan<byte> body)
    {
        var genesis = Data(body, BeaconJson.Default.EnvelopeGenesis);
        if (genesis.GenesisTime < 0 || genesis.GenesisTime > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
            throw new FormatException($"genesis_time {genesis.GenesisTime} is no time");
        return (DateTimeOffset.FromUnixTimeSeconds(genesis.GenesisTime), RootOf(genesis.GenesisValidatorsRoot));
    }

    public static IReadOnlyDictionary<string, JsonElement> Spec(ReadOnlySpan<byte> body) =>
        Data(body, BeaconJson.Default.EnvelopeDictionaryStringJsonElement);

    public static Head HeadEvent(ReadOnlySpan<byte> data)
    {
        var head = Read(data, BeaconJson.Default.HeadEventData);
        return new Head(new Slot(head.Slot), RootOf(head.Block), head.ExecutionOptimistic);
    }

    // Nullability of a type argument is not checked by the deserializer.
    private static T Data<T>(ReadOnlySpan<byte> body, JsonTypeInfo<BeaconShapes.Envelope<T>> type) where T : class =>
        Read(body, type).Data ?? throw new FormatException("data is null");

    private static T Read<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type) where T : class =>
        JsonSerializer.Deserialize(body, type) ?? throw new FormatException("null");

    private static Root RootOf(string text) =>
        Root.TryParse(text, out var root) ? root : throw new FormatException($"'{text}' is not a root of 32 bytes");
}
