using System.Text.Json;
using DVStakers.Edge.Core.Duties;

namespace DVStakers.Edge.Core.Messages;

/// <summary>The <c>duties</c> topic (docs/mqtt.md): how many duties of the last epochs came to which end.</summary>
public sealed record DutiesMessage
{
    /// <summary>Goes up when a key changes its meaning or disappears.</summary>
    public const int CurrentSchema = 1;

    /// <summary>An hour of mainnet is 9; a reader who missed more asks the agent itself.</summary>
    private const int MostEpochs = 10;

    public required int Schema { get; init; }

    /// <summary>The whole message in one sentence.</summary>
    public required string Summary { get; init; }

    public required string Cluster { get; init; }
    public required string Box { get; init; }
    public required string BootId { get; init; }
    public required long Boot { get; init; }
    public required long Sequence { get; init; }
    public required DateTimeOffset Time { get; init; }
    public required int TtlSeconds { get; init; }
    public ulong? HeadSlot { get; init; }
    public required int Open { get; init; }
    public required long WitnessesDropped { get; init; }
    public required KindsReport Totals { get; init; }

    /// <summary>Newest first.</summary>
    public required IReadOnlyList<EpochReport> Epochs { get; init; }

    public static DutiesMessage Of(DutyBook book, MessageHeader header)
    {
        var report = DutyReport.Of(book with { Duties = [], Validators = DutyBook.Empty.Validators }, null);
        return new()
        {
            Schema = CurrentSchema,
            Summary = Sentence(report.Totals),
            Cluster = header.Topics.Cluster,
            Box = header.Topics.Box,
            BootId = header.BootId,
            Boot = header.Boot,
            Sequence = header.Sequence,
            Time = book.At ?? default,
            TtlSeconds = header.TtlSeconds,
            HeadSlot = report.HeadSlot,
            Open = report.Open,
            WitnessesDropped = report.WitnessesDropped,
            Totals = report.Totals,
            Epochs = [.. report.Epochs.Take(MostEpochs)],
        };
    }

    /// <summary>True where a message of the second book would tell a reader nothing new.</summary>
    public static bool Same(DutyBook a, DutyBook b) => a.Totals == b.Totals;

    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, MessageJson.Readable.DutiesMessage);

    private static string Sentence(KindsReport totals)
    {
        var all = totals.All;
        var saved = all.WouldHaveBeenMissed > 0 ? $" {all.WouldHaveBeenMissed} would have been missed without the agent, {all.Unnoticed} of them unnoticed." : "";
        return $"{all.Due} duties since the start: {all.Made} made, {all.Late} late, {all.WrongHead + all.WrongTarget} wrong, {all.Missed} missed{(all.Unknown > 0 ? $", {all.Unknown} unknown" : "")}.{saved}";
    }
}
