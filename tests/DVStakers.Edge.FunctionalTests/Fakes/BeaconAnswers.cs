using System.Text.Json.Nodes;

namespace DVStakers.Edge.FunctionalTests.Fakes;

/// <summary>The routes of a fake beacon node and what it answers when all is well; the shapes are those of the Beacon API's description.</summary>
internal static class BeaconAnswers
{
    /// <param name="Request">The request.</param>
    /// <param name="Node">The node with its state at this moment.</param>
    /// <param name="Values">What stood for the path's placeholders.</param>
    public readonly record struct Asked(RecordedRequest Request, FakeBeaconNode Node, FakeChain Chain, string[] Values)
    {
        public bool WantsSsz => Request.Header("Accept")?.Contains("application/octet-stream", StringComparison.OrdinalIgnoreCase) is true;

        /// <summary>Data with the two flags that answers about blocks and states carry.</summary>
        public Reply Of(string data) =>
            Reply.Json($$"""{"execution_optimistic":{{(Node.IsOptimistic ? "true" : "false")}},"finalized":false,"data":{{data}} }""");
    }

    private static readonly (string Method, RoutePattern Path, Func<Asked, Reply> Answer)[] Routes =
    [
        Get("/eth/v1/node/health", a => Reply.Empty(Health(a.Node))),
        Get("/eth/v1/node/syncing", a => Data(Syncing(a.Node, a.Chain))),
        Get("/eth/v1/node/version", a => Data($$"""{"version":"{{a.Node.Version}}"}""")),
        Get("/eth/v2/node/version", a => Data($$"""{"beacon_node":{"code":"{{a.Node.Profile.Code}}","name":"{{a.Node.Profile.Name}}","version":"{{a.Node.Version}}","commit":"0x00000000"} }""")),
        Get("/eth/v1/node/peer_count", a => Data($$"""{"disconnected":"0","connecting":"0","connected":"{{a.Node.Peers}}","disconnecting":"0"}""")),
        Get("/eth/v1/config/spec", a => Data(SpecOf(a.Node, a.Chain))),
        Get("/eth/v1/config/fork_schedule", _ => Data($"[{Fork}]")),
        Get("/eth/v1/config/deposit_contract", a => Data($$"""{"chain_id":"{{a.Chain.ChainId}}","address":"0x{{new string('4', 40)}}"}""")),
        Get("/eth/v1/beacon/genesis", a => Data($$"""{"genesis_time":"{{a.Chain.GenesisTime.ToUnixTimeSeconds()}}","genesis_validators_root":"{{a.Chain.GenesisValidatorsRoot}}","genesis_fork_version":"0x00000000"}""")),
        Get("/eth/v1/beacon/states/{id}/fork", a => a.Of(Fork)),
        Get("/eth/v1/beacon/states/{id}/finality_checkpoints", a => a.Of($$"""{"previous_justified":{{Checkpoint(a.Chain, 2)}},"current_justified":{{Checkpoint(a.Chain, 1)}},"finalized":{{Checkpoint(a.Chain, 2)}} }""")),
        Get("/eth/v1/beacon/headers/{id}", a => KnowsBlock(a) ? a.Of(Header(a.Chain)) : Reply.Error(404, "Block not found")),
        Get("/eth/v1/beacon/blocks/{id}/root", a => KnowsBlock(a) ? a.Of($$"""{"root":"{{a.Chain.HeadRoot}}"}""") : Reply.Error(404, "Block not found")),
        Get("/eth/v2/beacon/blocks/{id}", a => KnowsBlock(a) ? Block(a, blinded: false) : Reply.Error(404, "Block not found")),
        Get("/eth/v1/beacon/blinded_blocks/{id}", a => a.Chain.Fork == "gloas" ? Reply.Error(400, "There are no blinded blocks since Gloas") : KnowsBlock(a) ? Block(a, blinded: true) : Reply.Error(404, "Block not found")),
        .. ValidatorAnswers.Routes,
    ];

    /// <summary>Every route that there is.</summary>
    public static IEnumerable<(string Method, string Template)> Table => Routes.Select(r => (r.Method, r.Path.Template));

    /// <summary>Null where there is no such route.</summary>
    public static Reply? To(RecordedRequest request, FakeBeaconNode node)
    {
        foreach (var (method, path, answer) in Routes)
            if (method == request.Method && path.Match(request.Path) is { } values)
                return answer(new Asked(request, node, node.Chain, values));
        return null;
    }

    public static (string, RoutePattern, Func<Asked, Reply>) Get(string path, Func<Asked, Reply> answer) => ("GET", new RoutePattern(path), answer);

    public static (string, RoutePattern, Func<Asked, Reply>) Post(string path, Func<Asked, Reply> answer) => ("POST", new RoutePattern(path), answer);

    /// <summary>The API's envelope: <c>{"data": ...}</c>.</summary>
    public static Reply Data(string data) => Reply.Json($$"""{"data":{{data}} }""");

    public static string HeadEvent(FakeBeaconNode node)
    {
        var chain = node.Chain;
        var dependent = FakeChain.Hash($"dependent {chain.HeadEpoch}");
        return new JsonObject
        {
            ["slot"] = $"{chain.HeadSlot}",
            ["block"] = chain.HeadRoot,
            ["state"] = FakeChain.Hash($"state {chain.HeadRoot}"),
            ["epoch_transition"] = chain.HeadSlot % chain.SlotsPerEpoch == 0,
            ["previous_duty_dependent_root"] = dependent,
            ["current_duty_dependent_root"] = dependent,
            ["execution_optimistic"] = node.IsOptimistic,
        }.ToJsonString();
    }

    public static string Checkpoint(FakeChain chain, ulong epochsAgo)
    {
        var epoch = chain.HeadEpoch - Math.Min(epochsAgo, chain.HeadEpoch);
        return $$"""{"epoch":"{{epoch}}","root":"{{(epoch == 0 ? FakeChain.Hash("genesis block") : FakeChain.Hash($"checkpoint {epoch}"))}}"}""";
    }

    private const string Fork = """{"previous_version":"0x00000000","current_version":"0x00000000","epoch":"0"}""";

    private static int Health(FakeBeaconNode node) =>
        (node.Execution is ExecutionLink.Gone or ExecutionLink.Hung) && node.Profile.HealthOffline != 200 ? node.Profile.HealthOffline
        : node.IsSyncing ? 206
        : node.IsOptimistic ? node.Profile.HealthOptimistic
        : 200;

    private static string Syncing(FakeBeaconNode node, FakeChain chain)
    {
        var data = new JsonObject
        {
            ["head_slot"] = $"{chain.HeadSlot}",
            ["sync_distance"] = $"{(node.Profile.CountsDistance ? node.Behind : node.IsSyncing ? Math.Max(node.Behind, 100) : 0)}",
            ["is_syncing"] = node.IsSyncing,
            ["is_optimistic"] = node.IsOptimistic,
        };
        if (node.ElOffline is { } offline)
            data["el_offline"] = offline;
        return data.ToJsonString();
    }

    private static string SpecOf(FakeBeaconNode node, FakeChain chain)
    {
        var data = new JsonObject
        {
            ["CONFIG_NAME"] = chain.ConfigName,
            ["SECONDS_PER_SLOT"] = $"{Math.Max(1, (long)chain.SlotDuration.TotalSeconds)}",
            ["SLOT_DURATION_MS"] = $"{(long)chain.SlotDuration.TotalMilliseconds}",
            ["SLOTS_PER_EPOCH"] = $"{chain.SlotsPerEpoch}",
            ["INTERVALS_PER_SLOT"] = "3",
            ["ATTESTATION_DUE_BPS"] = "3333",
            ["AGGREGATE_DUE_BPS"] = "6667",
            ["DEPOSIT_CHAIN_ID"] = $"{chain.ChainId}",
            ["DEPOSIT_NETWORK_ID"] = $"{chain.ChainId}",
            ["GENESIS_FORK_VERSION"] = "0x00000000",
            ["BLOB_SCHEDULE"] = new JsonArray(new JsonObject { ["EPOCH"] = "1", ["MAX_BLOBS_PER_BLOCK"] = "9" }),
        };
        foreach (var (key, json) in node.Spec)
        {
            data.Remove(key);
            if (json is not null)
                data[key] = JsonNode.Parse(json);
        }
        return data.ToJsonString();
    }

    private static bool KnowsBlock(Asked a) =>
        a.Values[0] == "head" || a.Values[0] == a.Chain.HeadRoot || a.Values[0] == $"{a.Chain.HeadSlot}";

    private static string Header(FakeChain chain) => new JsonObject
    {
        ["root"] = chain.HeadRoot,
        ["canonical"] = true,
        ["header"] = new JsonObject
        {
            ["message"] = new JsonObject
            {
                ["slot"] = $"{chain.HeadSlot}",
                ["proposer_index"] = "1",
                ["parent_root"] = chain.ParentRoot,
                ["state_root"] = FakeChain.Hash("state " + chain.HeadRoot),
                ["body_root"] = FakeChain.Hash("body " + chain.HeadRoot),
            },
            ["signature"] = FakeBlock.Signature,
        },
    }.ToJsonString();

    private static Reply Block(Asked a, bool blinded)
    {
        var reply = a.WantsSsz
            ? Reply.Ssz(FakeBlock.OpaqueSsz(a.Chain))
            : Reply.Json(new JsonObject
            {
                ["version"] = a.Chain.Fork,
                ["execution_optimistic"] = a.Node.IsOptimistic,
                ["finalized"] = false,
                ["data"] = new JsonObject { ["message"] = FakeBlock.Of(a.Chain, blinded), ["signature"] = FakeBlock.Signature },
            }.ToJsonString());
        return reply.With("Eth-Consensus-Version", a.Chain.Fork);
    }
}
