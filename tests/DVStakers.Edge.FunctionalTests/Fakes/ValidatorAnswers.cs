using System.Buffers.Binary;
using System.Text.Json.Nodes;
using static DVStakers.Edge.FunctionalTests.Fakes.BeaconAnswers;

namespace DVStakers.Edge.FunctionalTests.Fakes;

/// <summary>What a validator client asks and submits: duties, data to sign, blocks; submissions succeed.</summary>
internal static class ValidatorAnswers
{
    public static readonly (string, RoutePattern, Func<Asked, Reply>)[] Routes =
    [
        Get("/eth/v1/beacon/states/{id}/validators", a => Validators(a, Ids(a.Request.QueryValue("id")))),
        Post("/eth/v1/beacon/states/{id}/validators", a => Validators(a, PostedIds(a))),
        Post("/eth/v1/validator/duties/attester/{epoch}", a => Duties(a, AttesterDuty)),
        Get("/eth/v1/validator/duties/proposer/{epoch}", a => ProposerDuties(a)),
        Get("/eth/v2/validator/duties/proposer/{epoch}", a => ProposerDuties(a)),
        Post("/eth/v1/validator/duties/sync/{epoch}", a => Duties(a, (a, i) => Duty(i, new JsonObject { ["validator_sync_committee_indices"] = new JsonArray($"{i}") }))),
        Post("/eth/v1/validator/duties/ptc/{epoch}", a => Duties(a, (a, i) => Duty(i, new JsonObject { ["slot"] = $"{SlotOf(a, i)}" }))),
        Post("/eth/v1/validator/liveness/{epoch}", a => Data(List(Posted(a), i => new JsonObject { ["index"] = $"{i}", ["is_live"] = true }).ToJsonString())),
        Get("/eth/v1/validator/attestation_data", AttestationData),
        Get("/eth/v1/validator/payload_attestation_data", a => Versioned("gloas", $$"""{"beacon_block_root":"{{a.Chain.HeadRoot}}","slot":"{{a.Request.QueryValue("slot")}}","payload_present":true,"blob_data_available":true}""")),
        Get("/eth/v1/validator/aggregate_attestation", a => Data(Aggregate(a))),
        Get("/eth/v2/validator/aggregate_attestation", a => Versioned(a.Chain.Fork, Aggregate(a))),
        Get("/eth/v1/validator/sync_committee_contribution", a => Data($$"""{"slot":"{{a.Request.QueryValue("slot")}}","beacon_block_root":"{{a.Request.QueryValue("beacon_block_root")}}","subcommittee_index":"{{a.Request.QueryValue("subcommittee_index")}}","aggregation_bits":"0x{{new string('f', 32)}}","signature":"{{FakeBlock.Signature}}"}""")),
        Get("/eth/v2/validator/blocks/{slot}", a => Produced(a, contents: false)),
        Get("/eth/v3/validator/blocks/{slot}", a => Produced(a, contents: a.Chain.Fork is not "capella")),
        Get("/eth/v4/validator/blocks/{slot}", a => Produced(a, contents: false).With("Eth-Execution-Payload-Included", "false")),
        .. Submissions,
    ];

    // The API answers each of these with 200 and no body.
    private static IEnumerable<(string, RoutePattern, Func<Asked, Reply>)> Submissions => new[]
    {
        "/eth/v1/beacon/pool/attestations", "/eth/v2/beacon/pool/attestations",
        "/eth/v1/beacon/pool/sync_committees", "/eth/v1/beacon/pool/voluntary_exits", "/eth/v1/beacon/pool/payload_attestations",
        "/eth/v1/validator/aggregate_and_proofs", "/eth/v2/validator/aggregate_and_proofs", "/eth/v1/validator/contribution_and_proofs",
        "/eth/v1/validator/beacon_committee_subscriptions", "/eth/v1/validator/sync_committee_subscriptions",
        "/eth/v1/validator/prepare_beacon_proposer", "/eth/v1/validator/register_validator", "/eth/v1/validator/proposer_preferences",
        "/eth/v1/beacon/blocks", "/eth/v2/beacon/blocks", "/eth/v1/beacon/blinded_blocks", "/eth/v2/beacon/blinded_blocks",
        "/eth/v1/beacon/execution_payload_envelopes", "/eth/v1/beacon/execution_payload_bids",
    }.Select(path => Post(path, _ => Reply.Empty()));

    /// <summary>SSZ of AttestationData: slot, index, beacon_block_root, source (epoch, root), target (epoch, root); 128 bytes.</summary>
    public static byte[] AttestationSsz(JsonNode data)
    {
        var bytes = new byte[128];
        Uint64(0, data["slot"]);
        Uint64(8, data["index"]);
        Bytes(16, data["beacon_block_root"]);
        Uint64(48, data["source"]!["epoch"]);
        Bytes(56, data["source"]!["root"]);
        Uint64(88, data["target"]!["epoch"]);
        Bytes(96, data["target"]!["root"]);
        return bytes;

        void Uint64(int at, JsonNode? value) => BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), ulong.Parse(value!.GetValue<string>()));
        void Bytes(int at, JsonNode? value) => Convert.FromHexString(value!.GetValue<string>().AsSpan(2)).CopyTo(bytes, at);
    }

    private static Reply AttestationData(Asked a)
    {
        if (a.Node.IsSyncing)
            return Reply.Error(503, "Beacon node is currently syncing and not serving request on that endpoint");
        if (a.Node.IsOptimistic && a.Node.Profile.Optimistic == WhileOptimistic.Refuses503)
            return Reply.Error(503, "Beacon node is currently syncing and not serving request on that endpoint");
        if (a.Node.IsOptimistic && a.Node.Profile.Optimistic == WhileOptimistic.Refuses500)
            return Reply.Error(500, "UNHANDLED_ERROR: HeadBlockNotFullyVerified");
        if (!ulong.TryParse(a.Request.QueryValue("slot"), out _))
            return Reply.Error(400, "Invalid slot");
        var data = AttestationDataJson(a);
        return a.WantsSsz ? Reply.Ssz(AttestationSsz(JsonNode.Parse(data)!)) : Data(data);
    }

    private static string AttestationDataJson(Asked a) =>
        $$"""{"slot":"{{a.Request.QueryValue("slot")}}","index":"{{a.Request.QueryValue("committee_index") ?? "0"}}","beacon_block_root":"{{a.Chain.HeadRoot}}","source":{{Checkpoint(a.Chain, 1)}},"target":{{Checkpoint(a.Chain, 0)}} }""";

    private static string Aggregate(Asked a) =>
        $$"""{"aggregation_bits":"0xff01","data":{{AttestationDataJson(a)}},"signature":"{{FakeBlock.Signature}}","committee_bits":"0x0100000000000000"}""";

    private static Reply Versioned(string fork, string data) =>
        Reply.Json($$"""{"version":"{{fork}}","data":{{data}} }""").With("Eth-Consensus-Version", fork);

    /// <param name="contents">v3 wraps a block since Deneb in its contents.</param>
    private static Reply Produced(Asked a, bool contents)
    {
        if (a.Node.Execution is ExecutionLink.Hung)
            return Reply.Never;
        if (a.Node.Execution is not ExecutionLink.InStep || a.Node.IsOptimistic || a.Node.IsSyncing)
            return Reply.Error(a.Node.Execution is ExecutionLink.Gone ? 500 : 503, "no execution payload: the execution client is not in step");
        if (!ulong.TryParse(a.Values[0], out var slot))
            return Reply.Error(400, "Invalid slot");
        // On top of the head, however many slots are empty in between.
        var next = a.Chain with { HeadSlot = slot };
        // The API's way to ask for the builder's block wherever there is one.
        var blinded = a.Request.QueryValue("builder_boost_factor") == $"{ulong.MaxValue}";
        var block = FakeBlock.Of(next, blinded);
        block["parent_root"] = a.Chain.HeadRoot;
        var reply = a.WantsSsz
            ? Reply.Ssz(FakeBlock.OpaqueSsz(next))
            : Reply.Json(new JsonObject
            {
                ["version"] = a.Chain.Fork,
                ["execution_payload_blinded"] = blinded,
                ["execution_payload_included"] = false,
                ["execution_payload_value"] = "12345",
                ["consensus_block_value"] = "678",
                ["data"] = contents && !blinded ? new JsonObject { ["block"] = block, ["kzg_proofs"] = new JsonArray(), ["blobs"] = new JsonArray() } : block,
            }.ToJsonString());
        return reply
            .With("Eth-Consensus-Version", a.Chain.Fork)
            .With("Eth-Execution-Payload-Blinded", blinded ? "true" : "false")
            .With("Eth-Execution-Payload-Value", "12345")
            .With("Eth-Consensus-Block-Value", "678");
    }

    private static Reply Duties(Asked a, Func<Asked, ulong, JsonObject> duty) => Reply.Json(new JsonObject
    {
        ["dependent_root"] = FakeChain.Hash($"dependent {a.Values[0]}"),
        ["execution_optimistic"] = a.Node.IsOptimistic,
        ["data"] = List(Posted(a), i => duty(a, i)),
    }.ToJsonString());

    private static Reply ProposerDuties(Asked a) => Reply.Json(new JsonObject
    {
        ["dependent_root"] = FakeChain.Hash($"dependent {a.Values[0]}"),
        ["execution_optimistic"] = a.Node.IsOptimistic,
        ["data"] = List(Enumerable.Range(0, (int)a.Chain.SlotsPerEpoch).Select(i => (ulong)i), i => Duty(i, new JsonObject { ["slot"] = $"{SlotOf(a, i)}" })),
    }.ToJsonString());

    private static JsonObject AttesterDuty(Asked a, ulong index) => Duty(index, new JsonObject
    {
        ["committee_index"] = "0",
        ["committee_length"] = "1",
        ["committees_at_slot"] = "1",
        ["validator_committee_index"] = "0",
        ["slot"] = $"{SlotOf(a, index)}",
    });

    private static JsonObject Duty(ulong index, JsonObject duty)
    {
        duty["pubkey"] = Pubkey(index);
        duty["validator_index"] = $"{index}";
        return duty;
    }

    private static ulong SlotOf(Asked a, ulong index) => ulong.Parse(a.Values[0]) * a.Chain.SlotsPerEpoch + index % a.Chain.SlotsPerEpoch;

    private static Reply Validators(Asked a, IEnumerable<ulong> indices) => a.Of(List(indices, i => new JsonObject
    {
        ["index"] = $"{i}",
        ["balance"] = "32000000000",
        ["status"] = "active_ongoing",
        ["validator"] = new JsonObject
        {
            ["pubkey"] = Pubkey(i),
            ["withdrawal_credentials"] = FakeChain.Hash("withdrawal"),
            ["effective_balance"] = "32000000000",
            ["slashed"] = false,
            ["activation_eligibility_epoch"] = "0",
            ["activation_epoch"] = "0",
            ["exit_epoch"] = $"{ulong.MaxValue}",
            ["withdrawable_epoch"] = $"{ulong.MaxValue}",
        },
    }).ToJsonString());

    private static JsonArray List(IEnumerable<ulong> indices, Func<ulong, JsonObject> item) => new([.. indices.Select(i => (JsonNode)item(i))]);

    /// <summary>The public key's first 8 bytes are the index, so that a key leads back to it.</summary>
    private static string Pubkey(ulong index) => $"0x{index:x16}{new string('a', 80)}";

    private static IEnumerable<ulong> Posted(Asked a) => Ids(JsonNode.Parse(a.Request.Text)!.AsArray());

    private static IEnumerable<ulong> PostedIds(Asked a) => Ids(JsonNode.Parse(a.Request.Text)!["ids"]!.AsArray());

    private static IEnumerable<ulong> Ids(JsonArray array) => Ids(string.Join(',', array.Select(i => i!.GetValue<string>())));

    private static IEnumerable<ulong> Ids(string? list) => (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)
        .Select(id => id.StartsWith("0x", StringComparison.Ordinal) ? Convert.ToUInt64(id[2..18], 16) : ulong.Parse(id));
}
