using DVStakers.Edge.Core.Panel;

namespace DVStakers.Edge.Core.Readings;

/// <summary>How the panel's lamps and its button are.</summary>
public sealed record PanelReading(IReadOnlyList<LampReading> Lamps, ButtonHold Button, string? ButtonTrouble)
{
    public static readonly PanelReading None = new([], ButtonHold.Idle, null);

    public bool Equals(PanelReading? other) =>
        other is not null && Button == other.Button && ButtonTrouble == other.ButtonTrouble && Lamps.SequenceEqual(other.Lamps);

    public override int GetHashCode() => HashCode.Combine(Lamps.Count, Button, ButtonTrouble);
}

/// <param name="Shows">The LED of the panel that it stands for.</param>
/// <param name="Pattern">What it shows, where it can.</param>
/// <param name="Detail">In words: how it is driven, or what stands in the way and what to do.</param>
public sealed record LampReading(string Name, string Shows, string Pattern, LampState State, string Detail);

public enum LampState
{
    /// <summary>It shows what it should.</summary>
    Works,

    /// <summary>There is no such LED, chip or line; it may come late.</summary>
    Missing,

    /// <summary>No permission.</summary>
    Denied,

    /// <summary>Something else has it.</summary>
    Busy,

    /// <summary>The kernel refuses for another reason.</summary>
    Failed,

    /// <summary>Given away for a while, to <c>panel test</c>.</summary>
    Lent,
}
