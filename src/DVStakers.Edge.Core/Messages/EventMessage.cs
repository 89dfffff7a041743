using System.Text.Json;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Core.Messages;

/// <summary>The <c>events</c> topic (docs/mqtt.md): one transition, not retained.</summary>
public sealed record EventMessage(
    int Schema, DateTimeOffset Time, int TtlSeconds, string Cluster, string Box, string BootId, long Boot, long Sequence,
    string Code, string Severity, string Subject, string Text, string? Condition = null)
{
    /// <summary>Goes up when a key changes its meaning or disappears.</summary>
    public const int CurrentSchema = 1;

    public static EventMessage Of(Transition transition, DateTimeOffset at, MessageHeader header) =>
        new(CurrentSchema, at, header.TtlSeconds, header.Topics.Cluster, header.Topics.Box, header.BootId, header.Boot, header.Sequence,
            transition.Code, Words.Of(transition.Severity), transition.Subject, transition.Text, transition.Condition);

    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, MessageJson.Readable.EventMessage);
}
