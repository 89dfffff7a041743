using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Core.Routing;

/// <summary>What a 2xx answer is worth, now.</summary>
public enum Worth
{
    /// <summary>It must not be given out.</summary>
    None,

    /// <summary>It may be given out where no better one comes in time.</summary>
    Spare,

    /// <summary>It ends the race.</summary>
    Good,
}

/// <summary>What was asked of attestation_data.</summary>
/// <param name="IsGloas">The slot is of the Gloas fork: the index then says whether the payload was seen.</param>
public readonly record struct AttestationQuestion(Slot Slot, ulong Committee, bool IsGloas)
{
    /// <summary>Since Electra the index says no committee: it is 0, and since Gloas 1 where the payload was seen.</summary>
    public bool IsAnsweredBy(AttestationData data) =>
        data.Slot == Slot && (data.Index == Committee || data.Index == 0 || (data.Index == 1 && IsGloas));

    /// <param name="data">The answer; null where it is no attestation data.</param>
    /// <param name="given">What was given out before for this slot and committee: any other data could be slashed (rule 3).</param>
    /// <param name="mayAttest">The node's tier allows its word (rule 1).</param>
    public Worth WorthOf(AttestationData? data, AttestationData? given, bool mayAttest, Agreement head) =>
        data is null || !IsAnsweredBy(data) || !mayAttest || (given is not null && given != data) ? Worth.None
        : head == Agreement.Stale ? Worth.Spare
        : Worth.Good;
}
