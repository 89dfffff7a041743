using System.Text.Json.Serialization;

namespace DVStakers.Edge.Core.Power;

/// <summary>What a client is to the validator's duties, in the order in which clients stop; they start in the reverse one.</summary>
public enum ClientRole
{
    /// <summary>First: it stops signing and writes its slashing protection.</summary>
    Validator,
    Consensus,

    /// <summary>Last: it needs longest, and its database suffers most from being cut off.</summary>
    Execution,
}

/// <summary>A client that runs on this box, as systemd or Docker knows it.</summary>
public sealed record ClientUnit(ClientRole Role, bool IsContainer, string Name)
{
    private const string Docker = "docker:";

    /// <summary>Null where the text is no name of a unit or container. <c>docker:NAME</c> is a container; everything else a unit of systemd.</summary>
    public static ClientUnit? Parse(ClientRole role, string text)
    {
        var container = text.StartsWith(Docker, StringComparison.Ordinal);
        var name = container ? text[Docker.Length..] : text;
        // Never anything that a command could take for an option.
        if (name.Length is 0 or > 200 || !char.IsAsciiLetterOrDigit(name[0]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '@' or ':'))
            return null;
        return new(role, container, container || name.Contains('.', StringComparison.Ordinal) ? name : name + ".service");
    }

    /// <summary>As the configuration writes it.</summary>
    [JsonIgnore]
    public string Text => IsContainer ? Docker + Name : Name;

    public override string ToString() => Text;
}

/// <summary>What a client does now.</summary>
public enum Activity
{
    /// <summary>Nobody could be asked.</summary>
    Unknown,
    Running,

    /// <summary>It was told to start, or will be started again by systemd, and is not up.</summary>
    Starting,

    /// <summary>It was told to stop and has not ended.</summary>
    Ending,
    Down,
}

/// <summary>What is known of a client now.</summary>
/// <param name="UnderWay">A command to it has not returned.</param>
/// <param name="Error">What the last command to it said where it failed.</param>
/// <param name="KilledAfter">When systemd would kill it after it was told to stop; null: never, or not known.</param>
/// <param name="LastStop">How long its last stop took, where that is known.</param>
public sealed record ClientFacts(Activity Activity, bool UnderWay = false, string? Error = null, TimeSpan? KilledAfter = null, TimeSpan? LastStop = null);
