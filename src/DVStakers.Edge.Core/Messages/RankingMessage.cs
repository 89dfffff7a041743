using System.Text.Json;
using System.Text.Json.Serialization;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Core.Messages;

/// <summary>The <c>ranking</c> topic (docs/mqtt.md): who serves, and every stack's place with its reason.</summary>
public sealed record RankingMessage
{
    /// <summary>Goes up when a key changes its meaning or disappears.</summary>
    public const int CurrentSchema = 1;

    public required int Schema { get; init; }
    public required string Cluster { get; init; }
    public required string Box { get; init; }
    public required string BootId { get; init; }
    public required long Boot { get; init; }
    public required long Sequence { get; init; }
    public required DateTimeOffset Time { get; init; }
    public required int TtlSeconds { get; init; }
    public required bool Ready { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? Serving { get; init; }

    public required string ServingReason { get; init; }
    public required IReadOnlyList<PlaceEntry> Places { get; init; }

    public static RankingMessage Of(Snapshot snapshot, MessageHeader header) => new()
    {
        Schema = CurrentSchema,
        Cluster = header.Topics.Cluster,
        Box = header.Topics.Box,
        BootId = header.BootId,
        Boot = header.Boot,
        Sequence = header.Sequence,
        Time = snapshot.At,
        TtlSeconds = header.TtlSeconds,
        Ready = snapshot.Ready,
        Serving = snapshot.Serving,
        ServingReason = snapshot.ServingReason,
        Places = [.. snapshot.Ranking.Select(r => new PlaceEntry(r.Place, r.Name, Words.Of(r.Tier), r.Reason))],
    };

    /// <summary>True where a message of the second snapshot would tell a reader nothing new.</summary>
    public static bool Same(Snapshot a, Snapshot b) =>
        a.Serving == b.Serving && a.ServingReason == b.ServingReason && a.Ready == b.Ready && a.Ranking.SequenceEqual(b.Ranking);

    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, MessageJson.Readable.RankingMessage);
}

/// <param name="Place">1 is best.</param>
/// <param name="Tier">A row of the tier table, in lower case.</param>
public sealed record PlaceEntry(int Place, string Name, string Tier, string Reason);
