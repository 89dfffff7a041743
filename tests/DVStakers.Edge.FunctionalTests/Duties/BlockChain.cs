using System.Text.Json.Nodes;
using DVStakers.Edge.FunctionalTests.Fakes;
using DVStakers.Edge.FunctionalTests.Proxy;

namespace DVStakers.Edge.FunctionalTests.Duties;

/// <summary>Makes the fakes of a box answer for all blocks of their chain, not for the head alone, with the votes that a test puts in.</summary>
internal sealed class BlockChain(FakeChain chain)
{
    private readonly Dictionary<ulong, JsonArray> votes = [];
    private volatile FakeChain head = chain;

    public ulong SlotsPerEpoch => head.SlotsPerEpoch;

    public string RootOf(ulong slot) => (head with { HeadSlot = slot }).HeadRoot;

    public void ServeFrom(params TestBox.Stack[] stacks)
    {
        foreach (var stack in stacks)
        {
            stack.Node.Chain = head;
            stack.Execution.Chain = head;
            stack.Node.On("GET", "/eth/v2/beacon/blocks/{id}", r => Find(r) is { } found ? Block(found) : Reply.Error(404, "no such block"));
            stack.Node.On("GET", "/eth/v1/beacon/headers/{id}", r => Find(r) is { } found ? Header(found) : Reply.Error(404, "no such block"));
        }
    }

    /// <summary>One vote of one committee, by the members whose bits are set, in the form since Electra.</summary>
    public void Vote(ulong inSlot, ulong ofSlot, string bits) => votes[inSlot] = new JsonArray(new JsonObject
    {
        ["aggregation_bits"] = bits,
        ["data"] = new JsonObject
        {
            ["slot"] = $"{ofSlot}",
            ["index"] = "0",
            ["beacon_block_root"] = RootOf(ofSlot),
            ["source"] = new JsonObject { ["epoch"] = "0", ["root"] = RootOf(0) },
            ["target"] = new JsonObject { ["epoch"] = $"{ofSlot / SlotsPerEpoch}", ["root"] = RootOf(ofSlot / SlotsPerEpoch * SlotsPerEpoch) },
        },
        ["signature"] = FakeBlock.Signature,
        ["committee_bits"] = "0x0100000000000000",
    });

    /// <summary>The chain grows to a slot, block by block, each in its time.</summary>
    public async Task GrowTo(ulong slot, TestBox box)
    {
        while (head.HeadSlot < slot)
        {
            var next = head.Extend();
            await box.Until(r => r.GetProperty("wall_slot").GetUInt64() >= next.HeadSlot);
            head = next;
            box.Primary.Import(next);
            box.Secondary.Import(next);
            await box.UntilHead(next.HeadSlot);
        }
    }

    private FakeChain? Find(RecordedRequest request)
    {
        var id = request.Path[(request.Path.LastIndexOf('/') + 1)..];
        if (id == "head")
            return head;
        for (var back = 0UL; back < 32 && back <= head.HeadSlot; back++)
            if (RootOf(head.HeadSlot - back) == id)
                return head with { HeadSlot = head.HeadSlot - back };
        return null;
    }

    private Reply Block(FakeChain at)
    {
        var message = FakeBlock.Of(at, blinded: false);
        if (votes.TryGetValue(at.HeadSlot, out var attestations))
            message["body"]!["attestations"] = attestations.DeepClone();
        return Reply.Json(new JsonObject { ["version"] = at.Fork, ["data"] = new JsonObject { ["message"] = message, ["signature"] = FakeBlock.Signature } }.ToJsonString());
    }

    private static Reply Header(FakeChain at) => Reply.Json(new JsonObject
    {
        ["execution_optimistic"] = false,
        ["data"] = new JsonObject
        {
            ["root"] = at.HeadRoot,
            ["canonical"] = true,
            ["header"] = new JsonObject
            {
                ["message"] = new JsonObject { ["slot"] = $"{at.HeadSlot}", ["proposer_index"] = "1", ["parent_root"] = at.ParentRoot, ["state_root"] = at.HeadRoot, ["body_root"] = at.HeadRoot },
                ["signature"] = FakeBlock.Signature,
            },
        },
    }.ToJsonString());
}
