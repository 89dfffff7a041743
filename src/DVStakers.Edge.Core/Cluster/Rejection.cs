namespace DVStakers.Edge.Core.Cluster;

/// <summary>Why a message of a peer is not believed.</summary>
public enum Rejection
{
    /// <summary>Larger than <see cref="Screen.MostBytes"/>.</summary>
    Oversized,

    /// <summary>Of a box that is not on the roster, or of another cluster.</summary>
    Foreign,
    Unsigned,

    /// <summary>The signature is not that of the box in whose name it comes.</summary>
    Forged,

    /// <summary>The box's certificate is not valid now, or not from the cluster's CA.</summary>
    Expired,

    /// <summary>Signed, and yet not such a message.</summary>
    Malformed,

    /// <summary>Not refused: understood as far as its keys are known here.</summary>
    NewerSchema,

    /// <summary>Older than one that was believed before, by its own boot and sequence.</summary>
    Replayed,

    /// <summary>Too long on its way, by the clock difference that this box is known to have.</summary>
    Old,

    /// <summary>Perhaps a leftover: nothing yet shows that its sender lives.</summary>
    Unproven,
}

public static class RejectionRules
{
    /// <summary>True where somebody has to do something: the others happen by themselves when brokers and boxes come and go.</summary>
    public static bool IsGrave(this Rejection kind) => kind <= Rejection.Malformed;

    public static string Word(this Rejection kind) => kind switch
    {
        Rejection.Oversized => "oversized",
        Rejection.Foreign => "foreign",
        Rejection.Unsigned => "unsigned",
        Rejection.Forged => "forged",
        Rejection.Expired => "certificate not valid",
        Rejection.Malformed => "malformed",
        Rejection.NewerSchema => "newer schema",
        Rejection.Replayed => "replayed",
        Rejection.Old => "old",
        Rejection.Unproven => "unproven",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "has no word"),
    };
}
