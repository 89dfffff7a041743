namespace DVStakers.Edge.Core.Clients;

/// <summary>What <c>el_offline: true</c> of /eth/v1/node/syncing is worth, where no execution client is configured that could confirm it.</summary>
public enum FlagTrust
{
    /// <summary>It is believed at the second reading in a row.</summary>
    Twice,

    /// <summary>It is known to err: it is believed when the head does not follow either.</summary>
    WithHead,
}

/// <summary>What is particular to a beacon node client. Facts about clients are here and nowhere else.</summary>
/// <param name="Prefix">How its /eth/v1/node/version begins, in lower case.</param>
/// <param name="RestPort">Where its Beacon API is by default.</param>
/// <param name="ElOffline">What its el_offline is worth.</param>
/// <param name="ElOfflineErrs">When that flag is wrong, in words for a person; null where no such case is known.</param>
/// <param name="OwnDistance">What its sync_distance hides, so that the distance is always computed from its head; null where it is right.</param>
/// <param name="SignsOptimistic">It answers attestation_data although its head is not verified. The proxy does not let that through (rule 1).</param>
/// <param name="HealthWithoutExecution">What its /eth/v1/node/health says while its execution client is gone: why no load balancer's check finds that.</param>
/// <param name="KnownWords">How it says that it has something already, in lower case; a success (rule 9).</param>
public sealed record ClientProfile(
    string Name, string Prefix, int RestPort, FlagTrust ElOffline, string? ElOfflineErrs, string? OwnDistance,
    bool SignsOptimistic, int HealthWithoutExecution, IReadOnlyList<string> KnownWords)
{
    /// <summary>The profile of a client that says it is this version; null for one that is not known, which is treated with the caution that suits all.</summary>
    public static ClientProfile? Of(string? version) =>
        version is null ? null : All.FirstOrDefault(c => version.StartsWith(c.Prefix, StringComparison.OrdinalIgnoreCase));

    public static readonly IReadOnlyList<ClientProfile> All =
    [
        new("Lighthouse", "lighthouse", 5052, FlagTrust.WithHead, "one payload that could not be checked raises it", null,
            SignsOptimistic: false, HealthWithoutExecution: 503, ["messageknown", "supersetknown", "priorattestationknown", "alreadyknown"]),
        new("Teku", "teku", 5051, FlagTrust.Twice, "it stays down for the first half minute", "0 whenever it believes that it is in sync",
            SignsOptimistic: false, HealthWithoutExecution: 200, ["already seen", "already known", "duplicate"]),
        new("Prysm", "prysm", 3500, FlagTrust.WithHead, "it is up while the execution client only syncs, and not always when that stops", null,
            SignsOptimistic: true, HealthWithoutExecution: 200, ["already seen", "already known", "duplicate", "block is already"]),
        new("Nimbus", "nimbus", 5052, FlagTrust.WithHead, "older versions raise it for nothing", null,
            SignsOptimistic: false, HealthWithoutExecution: 200, ["already seen", "already known", "duplicate"]),
        new("Lodestar", "lodestar", 9596, FlagTrust.Twice, "older versions do not have it", "0 up to 32 slots behind",
            SignsOptimistic: false, HealthWithoutExecution: 206, ["already_known", "message_known", "duplicate"]),
        new("Grandine", "grandine", 5052, FlagTrust.Twice, null, "0 whenever it believes that it is in sync",
            SignsOptimistic: false, HealthWithoutExecution: 200, ["already been seen", "already known", "duplicate"]),
    ];
}
