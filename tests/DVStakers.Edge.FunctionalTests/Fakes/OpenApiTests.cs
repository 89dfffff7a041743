using System.Net.Http.Headers;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;

namespace DVStakers.Edge.FunctionalTests.Fakes;

/// <summary>
/// Every answer of the fake beacon node beside the Beacon API's own description, where that is at hand: EDGE_BEACON_API_SPEC, or
/// shared/data/beacon-APIs beside the repository.
/// </summary>
public sealed partial class OpenApiTests
{
    /// <summary>Older than the description: clients still use them, and it does not have them any more.</summary>
    private static readonly string[] Gone =
    [
        "GET /eth/v1/validator/aggregate_attestation", "GET /eth/v2/validator/blocks/{}",
        "POST /eth/v1/beacon/pool/attestations", "POST /eth/v1/validator/aggregate_and_proofs",
        "POST /eth/v1/beacon/blocks", "POST /eth/v1/beacon/blinded_blocks",
    ];

    /// <summary>Which state the node is in; each of its answers has to be one of the description's.</summary>
    private static readonly (string Name, Action<FakeBeaconNode> Set)[] States =
    [
        ("well", _ => { }),
        ("syncing", n => n.IsSyncing = true),
        ("optimistic", n => n.IsOptimistic = true),
        ("without its execution client", n => n.Execution = ExecutionLink.Gone),
        ("with an execution client that syncs", n => (n.Execution, n.IsOptimistic) = (ExecutionLink.Syncing, true)),
        ("alone", n => n.Peers = 0),
    ];

    private readonly HttpClient http = new();

    public static TheoryData<string, string> ClientsAndForks
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var client in ClientProfile.Clients.Select(c => c.Name))
                foreach (var fork in new[] { "capella", "deneb", "electra", "fulu", "gloas" })
                    data.Add(client, fork);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(ClientsAndForks))]
    public async Task Every_answer_of_the_fake_is_one_that_the_description_allows(string client, string fork)
    {
        var api = new OpenApiDescription(Description());
        List<string> wrong = [];
        var compared = 0;
        foreach (var (name, set) in States)
        {
            await using var node = await FakeBeaconNode.Start(FakeChain.Live() with { Fork = fork });
            node.Profile = ClientProfile.Named(client);
            set(node);
            foreach (var (method, template) in BeaconAnswers.Table)
            {
                if (Find(api, method, template) is not { } path || !IsOf(fork, template))
                    continue;
                using var response = await http.SendAsync(Request(node, method, template));
                var headers = response.Headers.Select(h => h.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
                var complaints = api.Complaints(method, path, (int)response.StatusCode, headers, await response.Content.ReadAsStringAsync());
                wrong.AddRange(complaints.Select(c => $"{name}: {method} {template}: {(int)response.StatusCode}: {c}"));
                compared++;
            }
        }
        Assert.True(compared > 200, $"only {compared} answers were compared");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void The_fake_has_no_route_that_the_description_never_had()
    {
        var api = new OpenApiDescription(Description());
        var missing = BeaconAnswers.Table.Where(r => Find(api, r.Method, r.Template) is null).Select(r => $"{r.Method} {Plain(r.Template)}");
        Assert.Equal(Gone.Order(), missing.Order());
    }

    [Theory]
    [InlineData("GET", "/eth/v1/node/syncing", 200, """{"data":{"head_slot":"1","sync_distance":"0","is_syncing":false,"is_optimistic":false}}""", "/data: el_offline is missing")]
    [InlineData("GET", "/eth/v1/node/syncing", 200, """{"data":{"head_slot":1,"sync_distance":"0","is_syncing":"no","is_optimistic":false,"el_offline":false}}""", "/data/is_syncing: string, not boolean")]
    [InlineData("GET", "/eth/v1/node/syncing", 418, "{}", "status 418 is not in the description")]
    [InlineData("GET", "/eth/v1/node/syncing", 200, "", "there is no body")]
    [InlineData("GET", "/eth/v1/beacon/genesis", 200, """{"data":{"genesis_time":"1","genesis_validators_root":"0x12","genesis_fork_version":"0x00000000"}}""", "does not match")]
    [InlineData("GET", "/eth/v3/validator/blocks/{slot}", 200, """{"version":"electra","execution_payload_blinded":false,"execution_payload_value":"1","consensus_block_value":"1","data":{}}""", "fits no part of anyOf")]
    [InlineData("POST", "/eth/v2/beacon/pool/attestations", 200, "{}", "there is a body, and the description has none")]
    public void A_wrong_answer_is_found(string method, string path, int status, string body, string complaint) =>
        Assert.Contains(new OpenApiDescription(Description()).Complaints(method, path, status, new HashSet<string>(), body), c => c.Contains(complaint, StringComparison.Ordinal));

    private static string? Find(OpenApiDescription api, string method, string template) =>
        api.Operations.Where(o => o.Method == method && Plain(o.Path) == Plain(template)).Select(o => o.Path).SingleOrDefault();

    /// <summary>Blocks are made by v3 before Gloas, and by v4 since. Of aggregates the description has no version for Gloas yet.</summary>
    private static bool IsOf(string fork, string template) => template == "/eth/v2/validator/aggregate_attestation" ? fork != "gloas"
        : !template.Contains("/validator/blocks/", StringComparison.Ordinal) || template.StartsWith("/eth/v4", StringComparison.Ordinal) == (fork == "gloas");

    private static HttpRequestMessage Request(FakeBeaconNode node, string method, string template)
    {
        var path = template.Replace("{id}", "head", StringComparison.Ordinal).Replace("{epoch}", "4", StringComparison.Ordinal).Replace("{slot}", "101", StringComparison.Ordinal);
        var root = FakeChain.Hash("any");
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(node.Address,
            method == "POST" ? path : $"{path}?slot=101&committee_index=0&subcommittee_index=0&attestation_data_root={root}&beacon_block_root={root}&id=1,2&randao_reveal={FakeBlock.Signature}"));
        if (method == "POST")
            request.Content = new StringContent(path.EndsWith("/validators", StringComparison.Ordinal) ? """{"ids":["1","2"]}""" : """["1","2"]""", Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        return request;
    }

    private static string Plain(string template) => Placeholder().Replace(template, "{}");

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

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Placeholder();
}
