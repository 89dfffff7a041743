using System.Text.Json;
using DVStakers.Edge.Core.Messages;

namespace DVStakers.Edge.Core.Cluster;

/// <summary>A message that may be worth a signature check.</summary>
/// <param name="Box">In whose name it comes; on the roster, and not ourselves.</param>
/// <param name="Name">The topic's last level.</param>
/// <param name="Json">What is signed.</param>
/// <param name="At">Our clock at the receipt.</param>
/// <param name="Since">Our monotonic clock at the receipt.</param>
public sealed record Delivery(
    string Box, string Name, string Topic, ReadOnlyMemory<byte> Payload, byte[] Json, byte[] Signature, DateTimeOffset At, TimeSpan Since);

/// <summary>
/// What can be said of a message without checking its signature, in the order of what it costs. It sees every message at full rate, so it is a few
/// microseconds; what it lets through is checked at a rate that is bounded for each topic (<see cref="Inbox"/>).
/// </summary>
internal static class Screen
{
    /// <summary>A box with 64 stacks says less.</summary>
    public const int MostBytes = 64 * 1024;

    /// <summary>Boot and sequence stand within the first of a message's bytes; nobody shall make us read on for them.</summary>
    private const int PeekBytes = 1024;

    /// <summary>The delivery, or the refusal, or neither where there is nothing to say: it is our own, or the very one that was believed last.</summary>
    public static (Delivery? Wanted, Refusal? Refused) Of(
        string topic, ReadOnlyMemory<byte> payload, DateTimeOffset at, TimeSpan since, Roster roster, string self, Func<string, (long Boot, long Sequence)?> last)
    {
        // 1. Whose is it?
        if (!Topics.TryParse(topic, out var owner, out var name) || owner.Cluster != roster.Cluster || name is not ("health" or "roster"))
            return (null, new(Refusals.Strangers, Rejection.Foreign, "not a topic of this cluster"));
        if (owner.Box == self)
            return default;
        if (roster.Find(owner.Box) is null)
            return (null, new(Refusals.Strangers, Rejection.Foreign,
                roster.Removed.Any(r => r.Box == owner.Box) ? $"{owner.Box} was removed from the cluster" : $"{owner.Box} is not on the roster"));

        // 2. Is it of the size and the form?
        if (payload.Length > MostBytes)
            return (null, new(owner.Box, Rejection.Oversized, $"more than {MostBytes} bytes"));
        // A roster is passed on as the file that it is, which ends with a line.
        if (!SignedJson.TrySplit(name == "roster" ? payload.Span.TrimEnd("\n"u8) : payload.Span, out var json, out var signature))
            return (null, new(owner.Box, Rejection.Unsigned, "it carries no signature"));

        // 3. Does it claim to be newer than what is known? Whatever its signature: if not, it will not be believed.
        if (name == "health" && last(owner.Box) is { } known && Order(json) is { } claimed && claimed.CompareTo(known) <= 0)
            return claimed == known ? default : (null, new(owner.Box, Rejection.Replayed, Replayed(claimed, known)));
        return (new(owner.Box, name, topic, payload, json, signature, at, since), null);
    }

    public static string Replayed((long Boot, long Sequence) claimed, (long Boot, long Sequence) known) =>
        $"boot {claimed.Boot}, sequence {claimed.Sequence} is older than boot {known.Boot}, sequence {known.Sequence}";

    /// <summary>Boot and sequence where both are there within the first bytes; null where they are not, and the whole has to be read.</summary>
    private static (long Boot, long Sequence)? Order(ReadOnlySpan<byte> json)
    {
        try
        {
            long? boot = null, sequence = null;
            var reader = new Utf8JsonReader(json[..Math.Min(json.Length, PeekBytes)], isFinalBlock: false, default);
            while ((boot is null || sequence is null) && reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
                    continue;
                if (reader.ValueTextEquals("boot"u8))
                    boot = Next(ref reader);
                else if (reader.ValueTextEquals("sequence"u8))
                    sequence = Next(ref reader);
            }
            return boot is { } b && sequence is { } s ? (b, s) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static long? Next(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) ? number : null;
}
