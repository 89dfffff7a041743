using System.Text;
using System.Text.Json.Nodes;

namespace DVStakers.Edge.FunctionalTests.Fakes;

/// <summary>The JSON of an empty beacon block at a chain's head, in the shape of the chain's fork.</summary>
internal static class FakeBlock
{
    public static readonly string Signature = "0x" + new string('b', 192);

    public static JsonObject Of(FakeChain chain, bool blinded)
    {
        var body = new JsonObject
        {
            ["randao_reveal"] = Signature,
            ["eth1_data"] = new JsonObject { ["deposit_root"] = Zero, ["deposit_count"] = "0", ["block_hash"] = FakeChain.Hash("eth1 data") },
            ["graffiti"] = Zero,
            ["proposer_slashings"] = new JsonArray(),
            ["attester_slashings"] = new JsonArray(),
            ["attestations"] = new JsonArray(),
            ["deposits"] = new JsonArray(),
            ["voluntary_exits"] = new JsonArray(),
            ["sync_aggregate"] = new JsonObject { ["sync_committee_bits"] = "0x" + new string('f', 128), ["sync_committee_signature"] = Signature },
            ["bls_to_execution_changes"] = new JsonArray(),
        };
        AddExecution(body, chain, blinded);
        return new JsonObject
        {
            ["slot"] = $"{chain.HeadSlot}",
            ["proposer_index"] = "1",
            ["parent_root"] = chain.ParentRoot,
            ["state_root"] = FakeChain.Hash("state " + chain.HeadRoot),
            ["body"] = body,
        };
    }

    /// <summary>Bytes that stand for the block's SSZ: they depend on its root and nothing reads more into them.</summary>
    public static byte[] OpaqueSsz(FakeChain chain) => Encoding.ASCII.GetBytes("ssz of " + chain.HeadRoot);

    private static readonly string Zero = "0x" + new string('0', 64);

    private static void AddExecution(JsonObject body, FakeChain chain, bool blinded)
    {
        if (chain.Fork == "gloas")
        {
            body["signed_execution_payload_bid"] = new JsonObject { ["message"] = Bid(chain), ["signature"] = Signature };
            body["payload_attestations"] = new JsonArray();
            body["parent_execution_requests"] = Requests();
            return;
        }
        body[blinded ? "execution_payload_header" : "execution_payload"] = Payload(chain, blinded);
        if (chain.Fork != "capella")
            body["blob_kzg_commitments"] = new JsonArray();
        if (chain.Fork is "electra" or "fulu")
            body["execution_requests"] = Requests();
    }

    private static JsonObject Bid(FakeChain chain) => new()
    {
        ["parent_block_hash"] = chain.ParentExecutionHash,
        ["parent_block_root"] = chain.ParentRoot,
        ["block_hash"] = chain.ExecutionHash,
        ["prev_randao"] = Zero,
        ["fee_recipient"] = Address,
        ["gas_limit"] = "36000000",
        ["builder_index"] = "1",
        ["slot"] = $"{chain.HeadSlot}",
        ["value"] = "0",
        ["execution_payment"] = "0",
        ["blob_kzg_commitments"] = new JsonArray(),
        ["execution_requests_root"] = Zero,
    };

    private static JsonObject Payload(FakeChain chain, bool blinded)
    {
        var payload = new JsonObject
        {
            ["parent_hash"] = chain.ParentExecutionHash,
            ["fee_recipient"] = Address,
            ["state_root"] = Zero,
            ["receipts_root"] = Zero,
            ["logs_bloom"] = "0x" + new string('0', 512),
            ["prev_randao"] = Zero,
            ["block_number"] = $"{chain.HeadSlot}",
            ["gas_limit"] = "36000000",
            ["gas_used"] = "0",
            ["timestamp"] = $"{chain.HeadTime.ToUnixTimeSeconds()}",
            ["extra_data"] = "0x",
            ["base_fee_per_gas"] = "7",
            ["block_hash"] = chain.ExecutionHash,
        };
        if (chain.Fork != "capella")
            (payload["blob_gas_used"], payload["excess_blob_gas"]) = ("0", "0");
        if (blinded)
            (payload["transactions_root"], payload["withdrawals_root"]) = (Zero, Zero);
        else
            (payload["transactions"], payload["withdrawals"]) = (new JsonArray(), new JsonArray());
        return payload;
    }

    private static JsonObject Requests() => new() { ["deposits"] = new JsonArray(), ["withdrawals"] = new JsonArray(), ["consolidations"] = new JsonArray() };

    private static readonly string Address = "0x" + new string('1', 40);
}
