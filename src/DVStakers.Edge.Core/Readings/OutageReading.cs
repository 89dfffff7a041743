namespace DVStakers.Edge.Core.Readings;

/// <param name="IsStopping">Clients are being stopped, or the box goes off.</param>
/// <param name="IsReturning">What was stopped is started again.</param>
/// <param name="Reason">Why the stop began.</param>
/// <param name="Problems">What did not go as it should, in words.</param>
/// <param name="KilledEarly">Clients that systemd would kill before they have had their time, in words.</param>
public sealed record OutageReading(bool IsStopping, bool IsReturning, string Reason, IReadOnlyList<string> Problems, IReadOnlyList<string> KilledEarly)
{
    public static readonly OutageReading None = new(false, false, "", [], []);

    /// <summary>A person asked for it.</summary>
    public bool ByPerson { get; init; }

    public bool Equals(OutageReading? other) => other is not null && IsStopping == other.IsStopping && IsReturning == other.IsReturning && Reason == other.Reason && ByPerson == other.ByPerson
        && Problems.SequenceEqual(other.Problems) && KilledEarly.SequenceEqual(other.KilledEarly);

    public override int GetHashCode() => HashCode.Combine(IsStopping, IsReturning, Reason, Problems.Count, KilledEarly.Count);
}
