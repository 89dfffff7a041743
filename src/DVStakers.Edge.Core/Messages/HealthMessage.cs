using System.Text.Json;
using System.Text.Json.Serialization;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Core.Messages;

/// <summary>The <c>health</c> topic (docs/mqtt.md); <see cref="Cluster.HealthReader"/> reads what another box said. Durations carry their unit in the name. Nothing in it is an address to connect to.</summary>
public sealed record HealthMessage
{
    /// <summary>Goes up when a key changes its meaning or disappears; a new key alone does not change it.</summary>
    public const int CurrentSchema = 1;

    public required int Schema { get; init; }

    /// <summary>The whole message in one sentence.</summary>
    public required string Summary { get; init; }

    public required string Cluster { get; init; }
    public required string Box { get; init; }
    public required string AgentVersion { get; init; }
    public required string BootId { get; init; }
    public required long Boot { get; init; }
    public required long Sequence { get; init; }
    public required DateTimeOffset Time { get; init; }
    public required int TtlSeconds { get; init; }

    public required bool Ready { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? Serving { get; init; }

    public required string ServingReason { get; init; }

    /// <summary>True: this box is about to be taken out of use, and the others prefer each other's nodes. Else absent.</summary>
    public bool? Draining { get; init; }

    /// <summary>What feeds the box; absent where nothing watches it.</summary>
    public PowerEntry? Power { get; init; }

    /// <summary>True: its processors have more to do than they can, and the others prefer each other's nodes. Else absent.</summary>
    public bool? Busy { get; init; }

    /// <summary>The box's hardware; absent until it was looked at.</summary>
    public HostEntry? Host { get; init; }

    /// <summary>Its clients' processes; absent where nobody tells of any.</summary>
    public IReadOnlyList<ProcessEntry>? Clients { get; init; }

    /// <summary>CONFIG_NAME of the network; absent until a node told it.</summary>
    public string? Network { get; init; }

    public HeadEntry? ExpectedHead { get; init; }

    public required IReadOnlyList<StackEntry> Stacks { get; init; }
    public required IReadOnlyList<ConditionEntry> Conditions { get; init; }

    public static HealthMessage Of(Snapshot snapshot, MessageHeader header) => new()
    {
        Schema = CurrentSchema,
        Summary = Sentence(snapshot),
        Cluster = header.Topics.Cluster,
        Box = header.Topics.Box,
        AgentVersion = header.AgentVersion,
        BootId = header.BootId,
        Boot = header.Boot,
        Sequence = header.Sequence,
        Time = snapshot.At,
        TtlSeconds = header.TtlSeconds,
        Ready = snapshot.Ready,
        Serving = snapshot.Serving,
        ServingReason = snapshot.ServingReason,
        Draining = snapshot.Drained.Box ? true : null,
        Power = PowerEntry.Of(snapshot.Power),
        Busy = snapshot.Busy ? true : null,
        Host = HostEntry.Of(snapshot.Machine.Host),
        Clients = ProcessEntry.Of(snapshot.Machine.Clients),
        Network = string.IsNullOrEmpty(snapshot.Spec?.ConfigName) ? null : snapshot.Spec.ConfigName,
        ExpectedHead = HeadEntry.Of(snapshot.ExpectedHead),
        Stacks = [.. snapshot.OwnStacks.Select(StackEntry.Of)],
        Conditions = [.. snapshot.Conditions.Select(ConditionEntry.Of)],
    };

    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, MessageJson.Readable.HealthMessage);

    private static string Sentence(Snapshot snapshot)
    {
        var healthy = snapshot.Stacks.Count(s => s.Tier.Qualifies());
        var stacks = $"{healthy} of {snapshot.Stacks.Count} stacks can serve";
        return (snapshot.Ready, snapshot.Serving) switch
        {
            (true, { } name) => $"Ready: {name} serves the validator, {stacks}.",
            (true, null) => $"Ready, but no stack serves yet: {stacks}.",
            (false, { } name) => $"Not ready: only {name} is left, and its answers may be wrong.",
            (false, null) => "Not ready: no stack can serve the validator.",
        };
    }
}

/// <summary>A condition that holds, with what to do about it.</summary>
public sealed record ConditionEntry(
    string Code, string Title, string Severity, string Subject, string Detail, string Remedy, DateTimeOffset Since)
{
    public static ConditionEntry Of(Condition c) =>
        new(c.Kind.Code, c.Kind.Title, Words.Of(c.Kind.Severity), c.Subject, c.Detail, c.Kind.Remedy, c.Since);
}
