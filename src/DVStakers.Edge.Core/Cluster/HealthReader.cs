using System.Text.Json;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Messages;
using DVStakers.Edge.Core.Power;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Core.Cluster;

/// <summary>
/// Reads another box's <c>health</c>. Lenient, since that box may be older or newer: a key that is not there, or says what is not known here, is left out.
/// Only what the message is judged by must be there.
/// </summary>
public static class HealthReader
{
    private const int MostStacks = 64;
    private const int MostSeconds = 300;
    private const int MostWords = 300;
    private const int MostRunTimeSeconds = 366 * 24 * 3600;
    private static readonly JsonDocumentOptions Shallow = new() { MaxDepth = 16 };

    /// <exception cref="FormatException">It is not such a message; in words.</exception>
    public static PeerState Read(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, Shallow);
            return Read(document.RootElement);
        }
        // The second: text that is not UTF-8, found only when it is read.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException($"not such a message: {e.Message}", e);
        }
    }

    private static PeerState Read(JsonElement said) => new()
    {
        Box = Name(said, "box") ?? throw Missing("box"),
        Schema = (int)(Number(said, "schema", 1, int.MaxValue) ?? throw Missing("schema")),
        Boot = Number(said, "boot", 0, long.MaxValue) ?? throw Missing("boot"),
        Sequence = Number(said, "sequence", 1, long.MaxValue) ?? throw Missing("sequence"),
        Time = Of(said, "time", JsonValueKind.String) is { } time && time.TryGetDateTimeOffset(out var at) ? at : throw Missing("time"),
        TimeToLive = TimeSpan.FromSeconds(Math.Min(Number(said, "ttl_seconds", 1, long.MaxValue) ?? throw Missing("ttl_seconds"), MostSeconds)),
        Ready = Flag(said, "ready") ?? throw Missing("ready"),
        Serving = Name(said, "serving"),
        ServingReason = Text(said, "serving_reason") is { } reason ? reason[..Math.Min(reason.Length, MostWords)] : null,
        AgentVersion = Name(said, "agent_version"),
        Network = Text(said, "network"),
        Stacks = [.. Items(said, "stacks").Take(MostStacks).Select(Stack).OfType<PeerStack>()],
        Conditions = Items(said, "conditions").Count(),
        Worst = Items(said, "conditions").Select(c => Words.SeverityOf(Text(c, "severity"))).Max(),
        Draining = Flag(said, "draining") ?? false,
        Power = Of(said, "power", JsonValueKind.Object) is { } power ? Power(power) : null,
        Busy = Flag(said, "busy") ?? false,
    };

    private static PowerStatus Power(JsonElement power) => new()
    {
        Source = Words.SourceOf(Text(power, "source")) ?? PowerSource.Unknown,
        Reason = Text(power, "reason") is { } reason ? reason[..Math.Min(reason.Length, MostWords)] : "",
        Since = Of(power, "since", JsonValueKind.String) is { } since && since.TryGetDateTimeOffset(out var at) ? at : null,
        ChargePercent = Of(power, "charge_percent", JsonValueKind.Number) is { } percent && percent.TryGetDouble(out var charge) && charge is >= 0 and <= 100 ? charge : null,
        RunTimeLeft = Number(power, "run_time_left_seconds", 0, MostRunTimeSeconds) is { } left ? TimeSpan.FromSeconds(left) : null,
        Stopping = Flag(power, "stopping") ?? false,
    };

    private static PeerStack? Stack(JsonElement stack) => Name(stack, "name") is { } name
        ? new(name, Words.TierOf(Text(stack, "tier")), Head(stack), (ulong?)Number(stack, "lag_slots", 0, long.MaxValue), Name(stack, "peer"),
            Version(stack, "beacon"), Version(stack, "execution"))
        : null;

    private static string? Version(JsonElement stack, string client) => Of(stack, client, JsonValueKind.Object) is { } reading ? Text(reading, "version") : null;

    private static Head? Head(JsonElement stack) =>
        Of(stack, "head", JsonValueKind.Object) is { } head && Number(head, "slot", 0, long.MaxValue) is { } slot
            && Root.TryParse(Text(head, "root"), out var root) && Flag(head, "optimistic") is { } optimistic
            ? new(new Slot((ulong)slot), root, optimistic)
            : null;

    private static JsonElement? Of(JsonElement parent, string key, JsonValueKind kind) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(key, out var value) && value.ValueKind == kind ? value : null;

    private static string? Text(JsonElement parent, string key) => Of(parent, key, JsonValueKind.String)?.GetString();

    private static string? Name(JsonElement parent, string key) => Text(parent, key) is { } text && ConfigKeys.IsName(text) ? text : null;

    private static long? Number(JsonElement parent, string key, long from, long to) =>
        Of(parent, key, JsonValueKind.Number) is { } value && value.TryGetInt64(out var number) && number >= from && number <= to ? number : null;

    private static bool? Flag(JsonElement parent, string key) =>
        Of(parent, key, JsonValueKind.True) is not null ? true : Of(parent, key, JsonValueKind.False) is not null ? false : null;

    private static JsonElement.ArrayEnumerator Items(JsonElement parent, string key) =>
        Of(parent, key, JsonValueKind.Array) is { } array ? array.EnumerateArray() : default;

    private static FormatException Missing(string key) => new($"'{key}' is missing or makes no sense");
}
