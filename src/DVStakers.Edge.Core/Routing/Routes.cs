using static DVStakers.Edge.Core.Routing.RouteClass;

namespace DVStakers.Edge.Core.Routing;

/// <summary>A row of the table. In a template <c>*</c> stands for one segment, a last <c>**</c> for any rest; <c>v*</c> for a version.</summary>
/// <param name="Method">GET, POST, or * for any.</param>
/// <param name="Remedy">Where the class is Never: what to do instead.</param>
public sealed record Route(string Method, string Template, RouteClass Class, string? Remedy = null)
{
    public string[] Segments { get; } = Template.Split('/', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Every route of the Beacon API that a validator or DVT client uses, and what becomes of the rest. The first row that fits counts.</summary>
public static class Routes
{
    private const string Middleware = "it is answered by DVT middleware (Charon, SSV), not by a beacon node: point the validator client at that";
    private const string NotHere = "the proxy serves validators only: ask the node itself";

    public static readonly IReadOnlyList<Route> Table =
    [
        new("GET",  "/eth/v*/node/health", Own),
        new("GET",  "/eth/v*/node/syncing", Own),
        new("GET",  "/eth/v*/events", Events),

        new("GET",  "/eth/v*/validator/attestation_data", RouteClass.AttestationData),
        new("GET",  "/eth/v*/validator/aggregate_attestation", Aggregate),
        new("GET",  "/eth/v*/validator/sync_committee_contribution", Aggregate),
        new("GET",  "/eth/v*/validator/payload_attestation_data/**", Read),
        new("GET",  "/eth/v*/validator/execution_payload_envelopes/**", Aggregate),
        new("GET",  "/eth/v*/validator/blocks/*", BlockProduction),
        new("GET",  "/eth/v*/validator/blinded_blocks/*", BlockProduction),

        new("GET",  "/eth/v*/beacon/blocks/*/root", HeadRead),
        new("GET",  "/eth/v*/beacon/headers", HeadRead),
        new("GET",  "/eth/v*/beacon/headers/*", HeadRead),

        new("POST", "/eth/v*/validator/duties/**", PostRead),
        new("GET",  "/eth/v*/validator/duties/**", Read),
        new("POST", "/eth/v*/validator/liveness/*", PostRead),
        new("POST", "/eth/v*/beacon/states/*/validators", PostRead),
        new("POST", "/eth/v*/beacon/states/*/validator_balances", PostRead),
        new("POST", "/eth/v*/beacon/states/*/validator_identities", PostRead),
        new("POST", "/eth/v*/beacon/states/*/builders", PostRead),
        new("POST", "/eth/v*/beacon/rewards/**", PostRead),

        new("POST", "/eth/v*/validator/prepare_beacon_proposer", Preparation),
        new("POST", "/eth/v*/validator/register_validator", Preparation),
        new("POST", "/eth/v*/validator/beacon_committee_subscriptions", Preparation),
        new("POST", "/eth/v*/validator/sync_committee_subscriptions", Preparation),
        new("POST", "/eth/v*/validator/proposer_preferences", Preparation),

        new("POST", "/eth/v*/validator/aggregate_and_proofs", Submission),
        new("POST", "/eth/v*/validator/contribution_and_proofs", Submission),
        new("POST", "/eth/v*/beacon/pool/**", Submission),
        new("POST", "/eth/v*/beacon/blocks", Submission),
        new("POST", "/eth/v*/beacon/execution_payload_envelopes", Submission),
        new("POST", "/eth/v*/beacon/execution_payload_bids", Submission),
        new("POST", "/eth/v*/beacon/blinded_blocks", BlindedBlock),

        new("*",    "/eth/v*/validator/beacon_committee_selections", Never, Middleware),
        new("*",    "/eth/v*/validator/sync_committee_selections", Never, Middleware),
        new("*",    "/eth/v*/debug/**", Never, NotHere),
        new("*",    "/eth/v*/keystores", Never, NotHere),
        new("*",    "/eth/v*/remotekeys", Never, NotHere),

        new("GET",  "/eth/**", Read),
        new("*",    "/**", Never, NotHere),
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
