using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace DVStakers.Edge.Core.Power;

/// <summary>How far an outage has come.</summary>
public enum OutagePhase
{
    /// <summary>There is none, or the battery has time.</summary>
    None,

    /// <summary>Clients are being stopped, role after role.</summary>
    Stopping,

    /// <summary>They are down, and the box is on.</summary>
    Stopped,

    /// <summary>The box was told to go off.</summary>
    PoweringOff,

    /// <summary>What was stopped is started again.</summary>
    Returning,
}

public enum ClientStage
{
    /// <summary>It ran when the stop began, and has not been told yet.</summary>
    Pending,

    /// <summary>It did not run when the stop began: somebody else's decision, and not ours to undo.</summary>
    NotRunning,

    /// <summary>Told to stop, by us.</summary>
    Stopping,

    /// <summary>Down, by us: to be started again.</summary>
    Stopped,

    /// <summary>Told to start.</summary>
    Starting,

    /// <summary>It runs again; from here on it is nobody's business but its own.</summary>
    Started,
}

/// <param name="Since">When it came to this stage.</param>
/// <param name="Tried">When it was last told to stop or start.</param>
/// <param name="Problem">What went wrong, in words.</param>
public sealed record ClientState(ClientUnit Unit, ClientStage Stage, DateTimeOffset Since, DateTimeOffset? Tried = null, string? Problem = null)
{
    public ClientState To(ClientStage stage, DateTimeOffset now) => this with { Stage = stage, Since = now };
}

/// <summary>
/// An outage, or a shutdown that somebody asked for, as far as this box acts on it. It is written to disk before what it says is done, so that whoever comes after (the agent started anew, or the next boot) goes on from there:
/// what the agent stopped is started again, and nothing else.
/// </summary>
public sealed record Outage
{
    public static readonly Outage None = new();

    public OutagePhase Phase { get; init; }

    /// <summary>When it came to this phase.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>When the stop began.</summary>
    public DateTimeOffset? Began { get; init; }

    /// <summary>Why it began, in words.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Somebody asked for it at the box: it goes off whatever the power is, and no mains bring it back before.</summary>
    public bool ByPerson { get; init; }

    /// <summary>The kernel's id of the boot in which this was written.</summary>
    public string Boot { get; init; } = "";

    public ImmutableArray<ClientState> Clients { get; init; } = [];

    [JsonIgnore]
    public bool IsStopping => Phase is OutagePhase.Stopping or OutagePhase.Stopped or OutagePhase.PoweringOff;

    [JsonIgnore]
    public IEnumerable<string> Problems => Clients.Where(c => c.Problem is not null).Select(c => $"{c.Unit}: {c.Problem}");

    /// <summary>What this agent stopped and has not seen up again.</summary>
    [JsonIgnore]
    public IEnumerable<ClientUnit> Down => Clients.Where(c => c.Stage is ClientStage.Stopping or ClientStage.Stopped or ClientStage.Starting).Select(c => c.Unit);

    public Outage To(OutagePhase phase, DateTimeOffset now) => this with { Phase = phase, Since = now };

    /// <summary>The clock was set by so much: nothing has lasted the longer for it.</summary>
    public Outage Later(TimeSpan by) => Phase == OutagePhase.None ? this : this with
    {
        Since = Since + by,
        Began = Began + by,
        Clients = [.. Clients.Select(c => c with { Since = c.Since + by, Tried = c.Tried + by })],
    };

    public bool Equals(Outage? other) => other is not null && Phase == other.Phase && Since == other.Since && Began == other.Began && Reason == other.Reason && ByPerson == other.ByPerson && Boot == other.Boot
        && Clients.AsSpan().SequenceEqual(other.Clients.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Phase, Since, Began, Clients.Length);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Outage))]
public sealed partial class OutageJson : JsonSerializerContext;
