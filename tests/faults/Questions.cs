using System.Text.Json.Nodes;
using DVStakers.Edge.FunctionalTests.Fakes;

namespace DVStakers.Edge.Faults;

/// <summary>A class of request, as a column of the matrix.</summary>
internal enum Column
{
    Own,
    AttestationData,
    BlockProduction,
    Aggregate,
    HeadRead,
    Duties,
    PlainRead,
    Submission,
    Preparation,
    SignedBlock,
    BlindedBlock,
    EventStream,
    Never,
}

/// <summary>All answers of one round; every class of request was asked at the same moment of one slot.</summary>
internal sealed record Round
{
    /// <summary>The chain as the healthy have it; where nobody is healthy, as the best of the others has it.</summary>
    public required FakeChain Head { get; init; }

    /// <summary>The slot that was asked for.</summary>
    public required ulong Slot { get; init; }

    public required Answer Health { get; init; }
    public required Answer Syncing { get; init; }
    public required Answer[] AttestationData { get; init; }
    public required Answer Block { get; init; }
    public required Answer[] Aggregates { get; init; }
    public required Answer[] Heads { get; init; }
    public required Answer[] Duties { get; init; }
    public required Answer[] Reads { get; init; }
    public required Submitted[] Submissions { get; init; }
    public required Submitted Preparation { get; init; }
    public required Submitted SignedBlock { get; init; }

    /// <summary>Null where no node made a block for it.</summary>
    public required Submitted? BlindedBlock { get; init; }

    /// <summary>Who made the blinded block.</summary>
    public required string? Maker { get; init; }

    public required Answer[] Never { get; init; }
    public required bool HeadTold { get; init; }
}

/// <param name="Body">No other submission has the same.</param>
internal sealed record Submitted(string Path, string Body, Answer Answer);

/// <summary>Asks what validators ask.</summary>
internal sealed class Questions(Client client, HeadStream stream)
{
    private int count;

    /// <summary>A blinded block for the slot, and who made it; null where nobody did.</summary>
    public async Task<(string Signed, string Maker)?> Blinded(ulong slot)
    {
        var made = await client.Get($"/eth/v3/validator/blocks/{slot}?randao_reveal={Randao()}&builder_boost_factor={ulong.MaxValue}");
        return made is { Ok: true, Blinded: true, From: { } maker }
            ? (new JsonObject { ["message"] = made.Json!["data"]!.DeepClone(), ["signature"] = FakeBlock.Signature }.ToJsonString(), maker)
            : null;
    }

    public async Task<Round> Ask(FakeChain head, (string Signed, string Maker)? blinded)
    {
        var slot = head.SlotAt(TimeProvider.System.GetUtcNow());
        var epoch = slot / head.SlotsPerEpoch;
        var mark = $"\"mark\":\"{Interlocked.Increment(ref count)}\"";
        var data = $"/eth/v1/validator/attestation_data?slot={slot}&committee_index=0";

        var health = client.Get("/eth/v1/node/health");
        var syncing = client.Get("/eth/v1/node/syncing");
        // Two validators of one committee at once, and a third later.
        var attestations = Task.WhenAll(client.Get(data), client.Get(data));
        var block = client.Get($"/eth/v3/validator/blocks/{slot + 1}?randao_reveal={Randao()}");
        var aggregates = Task.WhenAll(
            client.Get($"/eth/v2/validator/aggregate_attestation?slot={slot}&attestation_data_root={Stack.DataRoot(head)}&committee_index=0"),
            client.Get($"/eth/v1/validator/sync_committee_contribution?slot={slot}&subcommittee_index=0&beacon_block_root={head.HeadRoot}"));
        var heads = Task.WhenAll(client.Get("/eth/v1/beacon/blocks/head/root"), client.Get("/eth/v1/beacon/headers/head"));
        var duties = Task.WhenAll(
            client.Post($"/eth/v1/validator/duties/attester/{epoch}", """["1","2"]"""),
            client.Post($"/eth/v1/validator/duties/sync/{epoch}", """["1","2"]"""),
            client.Get($"/eth/v1/validator/duties/proposer/{epoch}"));
        var reads = Task.WhenAll(client.Get("/eth/v1/beacon/genesis"), client.Get("/eth/v1/beacon/states/head/validators?id=1,2"));
        var submissions = Task.WhenAll(
            Submit("/eth/v2/beacon/pool/attestations", $$"""[{"committee_index":"0",{{mark}}}]"""),
            Submit("/eth/v1/beacon/pool/sync_committees", $$"""[{"slot":"{{slot}}",{{mark}}}]"""));
        var preparation = Submit("/eth/v1/validator/prepare_beacon_proposer", $$"""[{"validator_index":"1",{{mark}}}]""");
        var signed = Submit("/eth/v2/beacon/blocks", $$"""{"signed_block":{"message":{"slot":"{{slot}}"} },{{mark}}}""");
        var revealed = blinded is { } b ? Submit("/eth/v2/beacon/blinded_blocks", b.Signed) : null;
        var never = Task.WhenAll(
            client.Post("/eth/v1/validator/beacon_committee_selections", "[]"),
            client.Get("/eth/v2/debug/beacon/states/head"));
        var told = stream.Tells(head.HeadRoot, TimeSpan.FromSeconds(2));

        return new Round
        {
            Head = head,
            Slot = slot,
            Health = await health,
            Syncing = await syncing,
            AttestationData = [.. await attestations, await client.Get(data)],
            Block = await block,
            Aggregates = await aggregates,
            Heads = await heads,
            Duties = await duties,
            Reads = await reads,
            Submissions = await submissions,
            Preparation = await preparation,
            SignedBlock = await signed,
            BlindedBlock = revealed is null ? null : await revealed,
            Maker = blinded?.Maker,
            Never = await never,
            HeadTold = await told,
        };
    }

    private async Task<Submitted> Submit(string path, string body) => new(path, body, await client.Post(path, body));

    /// <summary>Another one for each block, or it would be the same block.</summary>
    private string Randao() => $"0x{Interlocked.Increment(ref count):x192}";
}
