namespace DVStakers.Edge.Core.State;

/// <summary>What a condition means for the validator. The log level, the LED and the topic follow from it.</summary>
public enum Severity
{
    /// <summary>A change a person would want to know.</summary>
    Info,

    /// <summary>Redundancy is lost; duties are still served.</summary>
    Warning,

    /// <summary>A duty is or will be lost.</summary>
    Error,
}

/// <summary>A kind of problem that a person may see, declared once for log, LED, topic and screen.</summary>
/// <param name="Code">Stable, kebab-case; part of the MQTT schema.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record ConditionKind(string Code, string Title, Severity Severity, string Remedy);

/// <summary>A problem that holds now.</summary>
/// <param name="Subject">The stack it is about, a peer's box, a piece of this box (a mount point, a client's unit, an LED), or <c>agent</c>.</param>
/// <param name="Detail">What was seen.</param>
public sealed record Condition(ConditionKind Kind, string Subject, string Detail, DateTimeOffset Since);
