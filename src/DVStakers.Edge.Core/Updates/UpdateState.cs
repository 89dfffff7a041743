using System.Text.Json;
using System.Text.Json.Serialization;

namespace DVStakers.Edge.Core.Updates;

/// <summary>How far an update has come. Each is on the disk before what it names begins.</summary>
public enum UpdatePhase
{
    /// <summary>The new version is being put in; on the disk may be the old one, the new one, or a part of each.</summary>
    Install,

    /// <summary>The new version is there whole, and must show that it is good.</summary>
    Judge,

    /// <summary>It was good. What is left is to tidy up.</summary>
    Keep,

    /// <summary>It was not: the old version is being put back.</summary>
    Return,

    /// <summary>The old version is there whole again, and is being started.</summary>
    Returned,
}

/// <summary>What the agent did before the update, which the new version must do as well.</summary>
public enum AgentStandard
{
    /// <summary>It was stopped by a person, and stays stopped.</summary>
    Off,

    /// <summary>It should have run, and did not: the new version cannot be worse.</summary>
    Down,

    /// <summary>It was READY, but routed nothing, for want of a node.</summary>
    Ready,

    /// <summary>A request through its proxy came to a node.</summary>
    Routing,
}

/// <summary>All that an update must know after a power cut (<c>state</c>).</summary>
public sealed record UpdateState
{
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;
    public required UpdatePhase Phase { get; init; }

    /// <summary>The version that was installed.</summary>
    public required string From { get; init; }
    public required string To { get; init; }
    public required AgentStandard Before { get; init; }
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The kernel's boot_id when it began: another one means that the box started meanwhile.</summary>
    public required string Boot { get; init; }

    /// <summary>How often the updater was started to install or judge; each but the first after a cut.</summary>
    public int Starts { get; init; }

    /// <summary>Why the new version is not kept; null as long as it may be.</summary>
    public string? Reason { get; init; }

    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, UpdateJson.Default.UpdateState);

    /// <exception cref="JsonException">It is not that file.</exception>
    public static UpdateState Parse(ReadOnlySpan<byte> utf8) => JsonSerializer.Deserialize(utf8, UpdateJson.Default.UpdateState) switch
    {
        null => throw new JsonException("it is null"),
        { Schema: CurrentSchema } state => state,
        { Schema: var other } => throw new JsonException($"its schema is {other}, and {CurrentSchema} is known here"),
    };
}

/// <summary>How the last update ended (<c>last.json</c>).</summary>
/// <param name="Kept">The new version is in use; else the old one, and the reason says why.</param>
/// <param name="Agent">How the agent was then, in words.</param>
public sealed record UpdateOutcome(string From, string To, bool Kept, string? Reason, string Agent, DateTimeOffset At)
{
    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, UpdateJson.Default.UpdateOutcome);

    /// <exception cref="JsonException">It is not that file.</exception>
    public static UpdateOutcome Parse(ReadOnlySpan<byte> utf8) => JsonSerializer.Deserialize(utf8, UpdateJson.Default.UpdateOutcome) ?? throw new JsonException("it is null");
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    WriteIndented = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(UpdateState))]
[JsonSerializable(typeof(UpdateOutcome))]
internal sealed partial class UpdateJson : JsonSerializerContext;
