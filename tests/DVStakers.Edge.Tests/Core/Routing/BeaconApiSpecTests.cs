using System.Reflection;
using System.Text.RegularExpressions;
using DVStakers.Edge.Core.Routing;

namespace DVStakers.Edge.Tests.Core.Routing;

/// <summary>The route table beside the Beacon API's own description, where that is at hand: EDGE_BEACON_API_SPEC, or shared/data/beacon-APIs beside the repository.</summary>
public sealed partial class BeaconApiSpecTests
{
    /// <summary>What is written to a node for a validator, by the last word of its path; a route of the API that is new shows up as a failure here.</summary>
    private static readonly Dictionary<string, RouteClass> Posts = new()
    {
        ["beacon/states/*/validators"] = RouteClass.Read,
        ["beacon/states/*/validator_balances"] = RouteClass.Read,
        ["beacon/states/*/validator_identities"] = RouteClass.Read,
        ["beacon/states/*/builders"] = RouteClass.Read,
        ["beacon/rewards/sync_committee/*"] = RouteClass.Read,
        ["beacon/rewards/attestations/*"] = RouteClass.Read,
        ["validator/duties/attester/*"] = RouteClass.Duties,
        ["validator/duties/sync/*"] = RouteClass.Duties,
        ["validator/duties/ptc/*"] = RouteClass.Duties,
        ["validator/liveness/*"] = RouteClass.Read,
        ["beacon/blocks"] = RouteClass.Submission,
        ["beacon/blinded_blocks"] = RouteClass.MakerFirst,
        ["beacon/execution_payload_bids"] = RouteClass.Submission,
        ["beacon/execution_payload_envelopes"] = RouteClass.MakerFirst,
        ["beacon/pool/attestations"] = RouteClass.Submission,
        ["beacon/pool/payload_attestations"] = RouteClass.Submission,
        ["beacon/pool/attester_slashings"] = RouteClass.Submission,
        ["beacon/pool/proposer_slashings"] = RouteClass.Submission,
        ["beacon/pool/sync_committees"] = RouteClass.Submission,
        ["beacon/pool/voluntary_exits"] = RouteClass.Submission,
        ["beacon/pool/bls_to_execution_changes"] = RouteClass.Submission,
        ["validator/aggregate_and_proofs"] = RouteClass.Submission,
        ["validator/contribution_and_proofs"] = RouteClass.Submission,
        ["validator/beacon_committee_subscriptions"] = RouteClass.Preparation,
        ["validator/sync_committee_subscriptions"] = RouteClass.Preparation,
        ["validator/prepare_beacon_proposer"] = RouteClass.Preparation,
        ["validator/register_validator"] = RouteClass.Preparation,
        ["validator/proposer_preferences"] = RouteClass.Preparation,
        ["validator/beacon_committee_selections"] = RouteClass.Never,
        ["validator/sync_committee_selections"] = RouteClass.Never,
    };

    [Fact]
    public void Every_route_of_the_api_has_a_row_of_its_own_where_a_validator_depends_on_it()
    {
        var operations = Operations(Description());
        Assert.True(operations.Count >= 60, $"only {operations.Count} operations were read from the description");
        var wrong = new List<string>();
        foreach (var (method, path) in operations)
        {
            // The present version and, where a validator client may be older than the description, the ones before it.
            var version = int.Parse(VersionOf().Match(path).Groups[1].ValueSpan);
            for (var v = version; v >= 1; v--)
            {
                var asked = VersionOf().Replace(path, $"/v{v}/");
                var route = Routes.Find(method, Parameter().Replace(asked, "1"));
                if (Complaint(method, Parameter().Replace(asked, "*"), route) is { } complaint)
                    wrong.Add($"{method} {asked}: {complaint}");
            }
        }
        Assert.Empty(wrong);
    }

    private static string? Complaint(string method, string path, Route route)
    {
        var tail = path[(path.IndexOf("/v", StringComparison.Ordinal) + 4)..];
        var catchAll = !route.IsKnown;
        if (tail.StartsWith("debug/", StringComparison.Ordinal))
            return route.Class == RouteClass.Never ? null : $"is {route.Class}, and must never be served";
        if (method == "POST")
            return !Posts.TryGetValue(tail, out var expected) ? "is new: the table does not know it"
                : catchAll ? "falls to the last rows"
                : route.Class != expected ? $"is {route.Class}, not {expected}" : null;
        if (route.Class == RouteClass.Never)
            return "is refused";
        return catchAll ? "falls to the last rows" : null;
    }

    private static List<(string Method, string Path)> Operations(string description)
    {
        var operations = new List<(string, string)>();
        string? path = null;
        foreach (var line in File.ReadLines(description))
        {
            if (PathLine().Match(line) is { Success: true } named)
                path = named.Groups[1].Value;
            else if (path is not null && Reference().Match(line) is { Success: true } file)
            {
                foreach (var inFile in File.ReadLines(Path.Combine(Path.GetDirectoryName(description)!, file.Groups[1].Value)))
                    if (Operation().Match(inFile) is { Success: true } operation)
                        operations.Add((operation.Groups[1].Value.ToUpperInvariant(), path));
                path = null;
            }
        }
        return operations;
    }

    private static string Description()
    {
        var given = Environment.GetEnvironmentVariable("EDGE_BEACON_API_SPEC");
        if (!string.IsNullOrEmpty(given))
            return File.Exists(given) ? given : Path.Combine(given, "beacon-node-oapi.yaml");
        for (var folder = new DirectoryInfo(Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location)!); folder is not null; folder = folder.Parent)
        {
            var beside = Path.Combine(folder.FullName, "shared", "data", "beacon-APIs", "beacon-node-oapi.yaml");
            if (File.Exists(beside))
                return beside;
        }
        Assert.Skip("the Beacon API's description is not here: name it in EDGE_BEACON_API_SPEC (beacon-node-oapi.yaml of ethereum/beacon-APIs)");
        return "";
    }

    [GeneratedRegex(@"^  (/eth/\S+):\s*$")]
    private static partial Regex PathLine();

    [GeneratedRegex(@"^    \$ref:\s*['""]?\./([^'""\s]+)")]
    private static partial Regex Reference();

    [GeneratedRegex(@"^(?:  )?[""']?(get|post|put|delete|patch)[""']?:")]
    private static partial Regex Operation();

    [GeneratedRegex(@"/v(\d+)/")]
    private static partial Regex VersionOf();

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
