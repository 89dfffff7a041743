using static DVStakers.Edge.Core.Routing.RouteClass;

namespace DVStakers.Edge.Core.Routing;

/// <summary>A row of the table. In a template <c>*</c> stands for one segment, a last <c>**</c> for any rest; <c>v*</c> for a version.</summary>
/// <param name="Method">GET, POST, or * for any.</param>
/// <param name="Remedy">Where the class is Never: what to do instead.</param>
public sealed record Route(string Method, string Template, RouteClass Class, Due Due, Retry Retry, string? Remedy = null)
{
    public string[] Segments { get; } = Template.Split('/', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>False for the rows that take what no other row does.</summary>
    public bool IsKnown => Template is not ("/eth/**" or "/**");

    public static Route Refused(string method, string template, string remedy) => new(method, template, Never, Due.None, Retry.Never, remedy);
}

/// <summary>
/// Every route of the Beacon API that a validator or DVT client uses, of every version from v1 to v4 and Electra and Gloas included, and what becomes of the rest.
/// The first row that fits counts.
/// </summary>
public static class Routes
{
    private const string Middleware = "it is answered by DVT middleware (Charon, SSV), not by a beacon node: point the validator client at that";
    private const string NotHere = "the proxy serves validators only: ask the node itself";

    public static readonly IReadOnlyList<Route> Table =
    [
        new("GET",  "/eth/v*/node/health",                                  Own,                Due.None,                Retry.Never),
        new("GET",  "/eth/v*/node/syncing",                                 Own,                Due.None,                Retry.Never),
        new("GET",  "/eth/v*/events",                                       Events,             Due.None,                Retry.OnFailure),

        new("GET",  "/eth/v*/validator/attestation_data",                   RouteClass.AttestationData, Due.Aggregates,  Retry.UntilGood),
        new("GET",  "/eth/v*/validator/aggregate_attestation",              Aggregate,          Due.Slot,                Retry.OnFailureOrMissing),
        new("GET",  "/eth/v*/validator/sync_committee_contribution",        Aggregate,          Due.Slot,                Retry.OnFailureOrMissing),
        new("GET",  "/eth/v*/validator/payload_attestation_data",           PayloadAttestation, Due.PayloadAttestations, Retry.UntilGood),
        new("GET",  "/eth/v*/validator/payload_attestation_data/*",         PayloadAttestation, Due.PayloadAttestations, Retry.UntilGood),
        new("GET",  "/eth/v*/validator/blocks/*",                           BlockProduction,    Due.Slot,                Retry.UntilGood),
        new("GET",  "/eth/v*/validator/blinded_blocks/*",                   BlockProduction,    Due.Slot,                Retry.UntilGood),
        new("GET",  "/eth/v*/validator/execution_payload_envelopes/*/*",    Envelope,           Due.Slot,                Retry.OnFailureOrMissing),
        new("GET",  "/eth/v*/validator/execution_payload_bids/*/*",         Envelope,           Due.Slot,                Retry.OnFailureOrMissing),

        new("POST", "/eth/v*/validator/duties/attester/*",                  RouteClass.Duties,  Due.Slot,                Retry.OnFailure),
        new("GET",  "/eth/v*/validator/duties/proposer/*",                  RouteClass.Duties,  Due.Slot,                Retry.OnFailure),
        new("POST", "/eth/v*/validator/duties/sync/*",                      RouteClass.Duties,  Due.Slot,                Retry.OnFailure),
        new("POST", "/eth/v*/validator/duties/ptc/*",                       RouteClass.Duties,  Due.Slot,                Retry.OnFailure),
        new("POST", "/eth/v*/validator/liveness/*",                         Read,               Due.Slot,                Retry.OnFailure),

        new("GET",  "/eth/v*/beacon/blocks/*/root",                         HeadRead,           Due.Slot,                Retry.UntilGood),
        new("GET",  "/eth/v*/beacon/headers",                               HeadRead,           Due.Slot,                Retry.UntilGood),
        new("GET",  "/eth/v*/beacon/headers/*",                             HeadRead,           Due.Slot,                Retry.UntilGood),
        new("GET",  "/eth/v*/beacon/blocks/*",                              Read,               Due.Slot,                Retry.OnFailure),
        new("GET",  "/eth/v*/beacon/blocks/*/attestations",                 Read,               Due.Slot,                Retry.OnFailure),
        new("GET",  "/eth/v*/beacon/blinded_blocks/*",                      Read,               Due.Slot,                Retry.OnFailure),
        new("GET",  "/eth/v*/beacon/blobs/*",                               Read,               Due.Slot,                Retry.OnFailure),
        new("GET",  "/eth/v*/beacon/blob_sidecars/*",                       Read,               Due.Slot,                Retry.OnFailure),
        new("GET",  "/eth/v*/beacon/execution_payload_envelopes/*",         Read,               Due.Slot,                Retry.OnFailure),
        new("GET",  "/eth/v*/beacon/genesis",                               Read,               Due.Slot,                Retry.OnFailure),
        new("GET",  "/eth/v*/beacon/states/*/**",                           Read,               Due.Slot,                Retry.OnFailure),
        new("POST", "/eth/v*/beacon/states/*/validators",                   Read,               Due.Slot,                Retry.OnFailure),
        new("POST", "/eth/v*/beacon/states/*/validator_balances",           Read,               Due.Slot,                Retry.OnFailure),
        new("POST", "/eth/v*/beacon/states/*/validator_identities",         Read,               Due.Slot,                Retry.OnFailure),
        new("POST", "/eth/v*/beacon/states/*/builders",                     Read,               Due.Slot,                Retry.OnFailure),
        new("GET",  "/eth/v*/beacon/rewards/**",                            Read,               Due.Slot,                Retry.OnFailure),
        new("POST", "/eth/v*/beacon/rewards/**",                            Read,               Due.Slot,                Retry.OnFailure),
        new("GET",  "/eth/v*/beacon/light_client/**",                       Read,               Due.Slot,                Retry.OnFailure),
        new("GET",  "/eth/v*/beacon/pool/**",                               Read,               Due.Slot,                Retry.OnFailure),
        new("GET",  "/eth/v*/beacon/deposit_snapshot",                      Read,               Due.Slot,                Retry.OnFailure),
        new("GET",  "/eth/v*/config/**",                                    Read,               Due.Slot,                Retry.OnFailure),
        new("GET",  "/eth/v*/node/version",                                 Read,               Due.Slot,                Retry.OnFailure),
        new("GET",  "/eth/v*/node/identity",                                Read,               Due.Slot,                Retry.OnFailure),
        new("GET",  "/eth/v*/node/peer_count",                              Read,               Due.Slot,                Retry.OnFailure),
        new("GET",  "/eth/v*/node/peers/**",                                Read,               Due.Slot,                Retry.OnFailure),

        new("POST", "/eth/v*/validator/prepare_beacon_proposer",            Preparation,        Due.Slot,                Retry.Broadcast),
        new("POST", "/eth/v*/validator/register_validator",                 Preparation,        Due.Slot,                Retry.Broadcast),
        new("POST", "/eth/v*/validator/beacon_committee_subscriptions",     Preparation,        Due.Slot,                Retry.Broadcast),
        new("POST", "/eth/v*/validator/sync_committee_subscriptions",       Preparation,        Due.Slot,                Retry.Broadcast),
        new("POST", "/eth/v*/validator/proposer_preferences",               Preparation,        Due.Slot,                Retry.Broadcast),

        new("POST", "/eth/v*/validator/aggregate_and_proofs",               Submission,         Due.Slot,                Retry.Broadcast),
        new("POST", "/eth/v*/validator/contribution_and_proofs",            Submission,         Due.Slot,                Retry.Broadcast),
        new("POST", "/eth/v*/beacon/pool/**",                               Submission,         Due.Slot,                Retry.Broadcast),
        new("POST", "/eth/v*/beacon/blocks",                                Submission,         Due.Slot,                Retry.Broadcast),
        new("POST", "/eth/v*/beacon/execution_payload_bids",                Submission,         Due.Slot,                Retry.Broadcast),
        new("POST", "/eth/v*/beacon/blinded_blocks",                        MakerFirst,         Due.Slot,                Retry.SameBytes),
        new("POST", "/eth/v*/beacon/execution_payload_envelopes",           MakerFirst,         Due.Slot,                Retry.SameBytes),

        Route.Refused("*", "/eth/v*/validator/beacon_committee_selections", Middleware),
        Route.Refused("*", "/eth/v*/validator/sync_committee_selections",   Middleware),
        Route.Refused("*", "/eth/v*/debug/**",                              NotHere),
        Route.Refused("*", "/eth/v*/keystores",                             NotHere),
        Route.Refused("*", "/eth/v*/remotekeys",                            NotHere),

        // What a later version of the API adds: a read does no harm; whatever else it is, nobody here knows.
        new("GET",  "/eth/**",                                              Read,               Due.Slot,                Retry.OnFailure),
        Route.Refused("*", "/**",                                           NotHere),
    ];

    /// <summary>The row for a request; always one, since the last row takes all.</summary>
    public static Route Find(string method, string path)
    {
        // HEAD asks what GET would; nodes answer it or say 405 themselves.
        var lookUp = method == "HEAD" ? "GET" : method;
        foreach (var route in Table)
            if ((route.Method == "*" || route.Method == lookUp) && Fits(route.Segments, path))
                return route;
        return Table[^1];
    }

    private static bool Fits(string[] template, ReadOnlySpan<char> path)
    {
        foreach (var pattern in template)
        {
            if (pattern == "**")
                return true;
            path = path.TrimStart('/');
            if (path.IsEmpty)
                return false;
            var slash = path.IndexOf('/');
            var segment = slash < 0 ? path : path[..slash];
            path = slash < 0 ? [] : path[slash..];
            var fits = pattern switch
            {
                "*" => true,
                "v*" => segment.Length >= 2 && segment[0] == 'v' && !segment[1..].ContainsAnyExceptInRange('0', '9'),
                _ => segment.SequenceEqual(pattern),
            };
            if (!fits)
                return false;
        }
        return path.TrimStart('/').IsEmpty;
    }
}
