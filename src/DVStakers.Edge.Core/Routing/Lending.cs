using System.Text.Json;

namespace DVStakers.Edge.Core.Routing;

/// <summary>
/// What of a node is lent to other boxes of the cluster: an allow-list of what their validators need (rule 11). Everything else stays at home: whole states, the
/// pools, peers and identity of the node, rewards, and whatever a later API brings.
/// </summary>
public static class Lending
{
    /// <summary>Rows of the route table that are lent as they are.</summary>
    private static readonly HashSet<string> Lent =
    [
        "/eth/v*/node/health", "/eth/v*/node/syncing", "/eth/v*/node/version", "/eth/v*/node/peer_count",
        "/eth/v*/events",
        "/eth/v*/validator/attestation_data", "/eth/v*/validator/aggregate_attestation", "/eth/v*/validator/sync_committee_contribution",
        "/eth/v*/validator/payload_attestation_data", "/eth/v*/validator/payload_attestation_data/*",
        "/eth/v*/validator/blocks/*", "/eth/v*/validator/blinded_blocks/*",
        "/eth/v*/validator/execution_payload_envelopes/*/*", "/eth/v*/validator/execution_payload_bids/*/*",
        "/eth/v*/validator/duties/attester/*", "/eth/v*/validator/duties/proposer/*", "/eth/v*/validator/duties/sync/*", "/eth/v*/validator/duties/ptc/*",
        "/eth/v*/validator/liveness/*",
        "/eth/v*/beacon/blocks/*/root", "/eth/v*/beacon/headers", "/eth/v*/beacon/headers/*", "/eth/v*/beacon/blocks/*", "/eth/v*/beacon/blocks/*/attestations",
        "/eth/v*/beacon/blinded_blocks/*", "/eth/v*/beacon/genesis",
        "/eth/v*/validator/prepare_beacon_proposer", "/eth/v*/validator/register_validator", "/eth/v*/validator/beacon_committee_subscriptions",
        "/eth/v*/validator/sync_committee_subscriptions", "/eth/v*/validator/proposer_preferences",
        "/eth/v*/validator/aggregate_and_proofs", "/eth/v*/validator/contribution_and_proofs",
        "/eth/v*/beacon/blocks", "/eth/v*/beacon/execution_payload_bids", "/eth/v*/beacon/blinded_blocks", "/eth/v*/beacon/execution_payload_envelopes",
        "/eth/v*/config/**",
    ];

    /// <summary>Parts of a state that are small, or asked for by validator.</summary>
    private static readonly HashSet<string> StateParts = ["root", "fork", "finality_checkpoints", "randao", "committees", "sync_committees", "proposer_lookahead"];

    private static readonly HashSet<string> ByValidator = ["validators", "validator_balances", "validator_identities"];

    private const string EveryValidator = "name the validators (id): the whole registry is not lent";

    /// <summary>All of a pool is read by nobody who signs; what is signed goes into one.</summary>
    private static readonly HashSet<string> Pools = ["attestations", "sync_committees", "voluntary_exits", "payload_attestations", "bls_to_execution_changes"];

    /// <summary>The same of a body, once it is read: one that asks for validators and names none asks for them all.</summary>
    public static string? RefusesBody(string method, string path, ReadOnlyMemory<byte> body) =>
        method == "POST" && path.Split('/', StringSplitOptions.RemoveEmptyEntries) is ["eth", _, "beacon", "states", _, var part] && ByValidator.Contains(part)
            && !NamesValidators(body, inObject: part == "validators")
            ? EveryValidator
            : null;

    /// <summary>As a node reads it, to which <c>ID=7</c> and <c>id=</c> name nobody: a validator's index and its key have a digit.</summary>
    /// <param name="query">As it came, with the question mark or without.</param>
    public static bool NamesValidators(string query) => query.TrimStart('?').Split('&').Any(p =>
        p.Split('=', 2) is [var key, var value] && Uri.UnescapeDataString(key) == "id" && Uri.UnescapeDataString(value).Any(char.IsAsciiDigit));

    private static bool NamesValidators(ReadOnlyMemory<byte> body, bool inObject)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (!inObject)
                return AreNames(root);
            // Of a key that is there twice some nodes take the first and some the last, and some do not care for capitals.
            var ids = root.ValueKind == JsonValueKind.Object ? root.EnumerateObject().Where(p => p.Name.Equals("ids", StringComparison.OrdinalIgnoreCase)).ToList() : [];
            return ids.Any(p => p.Name == "ids") && ids.All(p => AreNames(p.Value));
        }
        // The second: a name that is not UTF-8.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static bool AreNames(JsonElement list) => list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0
        && list.EnumerateArray().All(e => e.ValueKind is JsonValueKind.String or JsonValueKind.Number && e.GetRawText().Any(char.IsAsciiDigit));

    /// <summary>Null where it is lent; else why not, in words.</summary>
    /// <param name="namesValidators">The query does (<see cref="NamesValidators(string)"/>).</param>
    public static string? Refuses(string method, string path, bool namesValidators)
    {
        var route = Routes.Find(method, path);
        if (Lent.Contains(route.Template) && method == route.Method)
            return null;
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return segments switch
        {
            ["eth", _, "beacon", "states", _, var part] when route.IsKnown && method == "GET" && StateParts.Contains(part) => null,
            ["eth", _, "beacon", "states", _, "validators", _] when route.IsKnown && method == "GET" => null,
            ["eth", _, "beacon", "states", _, var part] when route.IsKnown && ByValidator.Contains(part) =>
                method == "POST" || namesValidators ? null : EveryValidator,
            ["eth", _, "beacon", "pool", var pool] when route.IsKnown && method == "POST" && Pools.Contains(pool) => null,
            _ => "a peer's node is lent for validator duties only; ask your own node",
        };
    }
}
