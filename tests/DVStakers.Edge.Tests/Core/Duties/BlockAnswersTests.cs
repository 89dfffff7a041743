using System.Text;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Duties;
using DVStakers.Edge.Tests.Core.Chain;

namespace DVStakers.Edge.Tests.Core.Duties;

public sealed class BlockAnswersTests
{
    private static readonly string One = "0x" + new string('1', 64);
    private static readonly string Two = "0x" + new string('2', 64);

    /// <summary>Shapes of phase0 to Deneb, and of Electra and later; an execution payload in front must not confuse.</summary>
    [Theory]
    [InlineData("""{"aggregation_bits":"0x0201","data":DATA,"signature":"0x"}""", new[] { 2 }, 8, 1)]
    [InlineData("""{"aggregation_bits":"0x0009","data":DATA,"signature":"0x","committee_bits":"0x0500000000000000"}""", new[] { 0, 2 }, 11, 8)]
    public void A_block_of_every_fork(string attestation, int[] committees, int length, int set)
    {
        var block = BlockAnswers.Block(Json(attestation), Given.Block(101));
        Assert.Equal((101UL, Given.Block(101), 55UL), (block.Slot.Value, block.Root, block.Proposer));
        Assert.Equal(One, block.Parent.ToString());
        Assert.Equal([false, true, true], new[] { 0, 1, 8 }.Select(block.SyncSeatFilled));
        var votes = Assert.Single(block.Votes!);
        Assert.Equal(committees, votes.Committees);
        Assert.Equal((100UL, length, Two, 3UL, One), (votes.Slot.Value, votes.Length, votes.Head.ToString(), votes.TargetEpoch.Value, votes.Target.ToString()));
        Assert.Equal([set], Bits.Set(votes.Voters, votes.Length));
    }

    [Fact]
    public void A_header_is_a_block_without_votes()
    {
        var header = BlockAnswers.Header(Encoding.UTF8.GetBytes(
            $$$"""{"data":{"root":"{{{Two}}}","canonical":true,"header":{"message":{"slot":"9","proposer_index":"5","parent_root":"{{{One}}}","state_root":"{{{One}}}","body_root":"{{{One}}}"},"signature":"0x"} } }"""));
        Assert.Equal((9UL, Two, One, 5UL), (header.Slot.Value, header.Root.ToString(), header.Parent.ToString(), header.Proposer));
        Assert.Null(header.Votes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"data":{"message":{"slot":"1"}}}""")]
    [InlineData("""{"data":{"message":{"slot":1}}}""")]
    [InlineData("""{"data":{"message":{"body":{"attestations":[{"aggregation_bits":"0x01"}]}}}}""")]
    [InlineData("""{"data":{"message":{"body":{"sync_aggregate":{"sync_committee_bits":""}}}}}""")]
    [InlineData("""{"data":{"message":{"parent_root":"0x12"}}""")]
    public void Anything_else_is_refused_in_one_way(string body) =>
        Assert.Throws<FormatException>(() => BlockAnswers.Block(Encoding.UTF8.GetBytes(body), Given.Block(1)));

    [Theory]
    [InlineData("0x01", 0)]
    [InlineData("0x02", 1)]
    [InlineData("0xff", 7)]
    [InlineData("0x0001", 8)]
    [InlineData("0xff80", 15)]
    [InlineData("0x0000", -1)]
    [InlineData("0x", -1)]
    public void A_bitlist_ends_with_its_mark(string hex, int length) => Assert.Equal(length, Bits.ListLength(Convert.FromHexString(hex.AsSpan(2))));

    [Fact]
    public void Duties_of_every_kind()
    {
        Assert.Equal([new AttesterDuty(new Slot(33), 7, 2, 3)], DutyAnswers.Attesters(
            """{"dependent_root":"0x","execution_optimistic":false,"data":[{"pubkey":"0x","validator_index":"7","committee_index":"2","committee_length":"8","committees_at_slot":"4","validator_committee_index":"3","slot":"33"}]}"""u8));
        Assert.Equal([new ProposerDuty(new Slot(33), 7)], DutyAnswers.Proposers("""{"data":[{"pubkey":"0x","validator_index":"7","slot":"33"}]}"""u8));
        var sync = Assert.Single(DutyAnswers.SyncCommittee("""{"data":[{"pubkey":"0x","validator_index":"7","validator_sync_committee_indices":["1","9"]}]}"""u8));
        Assert.Equal((7UL, "1 9"), (sync.Validator, string.Join(' ', sync.Seats)));
        Assert.Equal([2, 1], DutyAnswers.CommitteeSizes(
            """{"data":[{"index":"1","slot":"5","validators":["9"]},{"index":"0","slot":"5","validators":["1","2"]},{"index":"0","slot":"6","validators":[]}]}"""u8, new Slot(5)));
        Assert.Equal("validator_index is missing", Assert.Throws<FormatException>(() => DutyAnswers.Attesters("""{"data":[{"slot":"33"}]}"""u8)).Message);
        Assert.Equal("a Number stands where an object with slot should", Assert.Throws<FormatException>(() => DutyAnswers.Proposers("""{"data":[33]}"""u8)).Message);
    }

    private static byte[] Json(string attestation) => Encoding.UTF8.GetBytes($$$"""
        {"version":"x","execution_optimistic":false,"finalized":false,"data":{"message":{"slot":"101","proposer_index":"55","parent_root":"{{{One}}}","state_root":"{{{Two}}}","body":{
        "execution_payload":{"slot":"666","parent_root":"{{{Two}}}","attestations":[1,[2]],"transactions":["0x00"]},"graffiti":"0x00",
        "attestations":[{{{attestation.Replace("DATA", Data, StringComparison.Ordinal)}}}],
        "sync_aggregate":{"sync_committee_bits":"0x0201","sync_committee_signature":"0x"} } },"signature":"0x"} }
        """);

    private static string Data => $$$"""{"slot":"100","index":"2","beacon_block_root":"{{{Two}}}","source":{"epoch":"2","root":"{{{Two}}}"},"target":{"epoch":"3","root":"{{{One}}}"}}""";
}
