using System.Buffers.Binary;
using System.Text;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Duties;
using static DVStakers.Edge.Tests.Core.Duties.DutyWorld;

namespace DVStakers.Edge.Tests.Core.Duties;

public sealed class AggregationsTests
{
    private static readonly AggregatorDuty OfSeven = new(DutyKind.Aggregate, DutySlot, 7, 2);
    private static readonly AggregatorDuty Contribution = new(DutyKind.Contribution, DutySlot, 7, 3);

    private readonly DutyWorld world = new();

    [Fact]
    public void One_that_a_node_took_is_made_a_slot_after_its_own()
    {
        world.Ledger.Take(new AggregatorsLearnt(Before, [OfSeven]));
        // Before Electra it is asked for without a committee.
        world.Ledger.Take(new DataGiven(DutyKind.Aggregate, DutySlot, 0, From("primary")));
        world.Ledger.Take(new AggregateSent(OfSeven, Refused("peer", "peer: HTTP 500", 8.2)));
        world.Ledger.Take(new AggregateSent(OfSeven, Took("primary", 8.1)));
        Assert.Equal(1, world.Ledger.Open);
        Assert.Empty(world.Ledger.Settle(At(3206, 11)));
        var duty = Assert.Single(world.Ledger.Settle(At(3207, 0)));
        Assert.Equal((DutyKind.Aggregate, DutyOutcome.Made, 7UL, "primary"), (duty.Kind, duty.Outcome, duty.Validator, duty.Serving?.Node));
        Assert.Equal("made: the aggregate from primary, sent 8.1 s into the slot, accepted by primary", Explanation.Of(duty));
        Assert.Empty(world.Ledger.Settle(At(3208, 0)));
        Assert.Equal(0, world.Ledger.Open);
    }

    [Fact]
    public void One_that_was_asked_for_and_not_sent_is_missed()
    {
        world.Ledger.Take(new AggregatorsLearnt(Before, [OfSeven]));
        world.Ledger.Take(new DataGiven(DutyKind.Aggregate, DutySlot, 2, From(null, why: "primary: HTTP 404")));
        var duty = Assert.Single(world.Ledger.Settle(At(3207, 0)));
        Assert.Equal("missed: the validator asked for the aggregate and got no answer: primary: HTTP 404", Explanation.Of(duty));
    }

    [Fact]
    public void One_that_no_node_took_is_missed()
    {
        world.Ledger.Take(new AggregateSent(Contribution, Refused("primary", "primary: HTTP 500", 8.25)));
        var duty = Assert.Single(world.Ledger.Settle(At(3207, 0)));
        Assert.Equal((DutyKind.Contribution, DutyOutcome.Missed), (duty.Kind, duty.Outcome));
        Assert.Equal("missed: sent 8.3 s into the slot and accepted by no node: primary: HTTP 500", Explanation.Of(duty));
    }

    [Fact]
    public void One_of_which_nothing_was_seen_is_not_called_missed()
    {
        world.Ledger.Take(new AggregatorsLearnt(Before, [OfSeven]));
        var duty = Assert.Single(world.Ledger.Settle(At(3207, 0)));
        Assert.Equal(DutyOutcome.Unknown, duty.Outcome);
        Assert.StartsWith("unknown: the validator neither asked the agent for the aggregate nor sent it", Explanation.Of(duty), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_reorganisation_took_away_is_no_duty()
    {
        world.Knows(Seven with { Committee = 5 });
        world.Ledger.Take(new AggregatorsLearnt(Before, [OfSeven]));
        Assert.Empty(world.Ledger.Settle(At(3207, 0)));
    }

    [Fact]
    public void What_was_learnt_after_its_time_is_not_accounted_for()
    {
        world.Ledger.Take(new AggregatorsLearnt(At(3205, 8.5), [OfSeven]));
        Assert.Empty(world.Ledger.Settle(At(3207, 0)));
    }

    [Fact]
    public void Subscriptions_tell_who_aggregates() => Assert.Equal([OfSeven], AggregateBodies.Aggregators("""
        [{"validator_index":"7","committee_index":"2","committees_at_slot":"4","slot":"3205","is_aggregator":true},
        {"validator_index":"8","committee_index":"0","committees_at_slot":"4","slot":"3205","is_aggregator":false}]
        """u8));

    [Theory]
    [InlineData("""{"data":{"slot":"3205","index":"2"},"aggregation_bits":"0x01"}""")]
    [InlineData("""{"data":{"slot":"3205","index":"0"},"aggregation_bits":"0x01","committee_bits":"0x0400000000000000"}""")]
    public void Aggregates_as_JSON(string aggregate) => Assert.Equal([new AggregateSent(OfSeven, Took("a", 8))],
        Facts(AggregateBodies.Aggregates(Encoding.UTF8.GetBytes($$$"""[{"message":{"aggregator_index":"7","aggregate":{{{aggregate}}}},"signature":"0x"}]"""), ssz: false, bits: true)));

    [Fact]
    public void Contributions_as_JSON() => Assert.Equal([new AggregateSent(Contribution, Took("a", 8))], Facts(AggregateBodies.Contributions(
        """[{"message":{"aggregator_index":"7","contribution":{"slot":"3205","subcommittee_index":"3"}},"signature":"0x"}]"""u8)));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Aggregates_in_SSZ(bool bits) =>
        Assert.Equal([new AggregateSent(OfSeven, Took("a", 8))], Facts(AggregateBodies.Aggregates(Ssz(bits), ssz: true, bits)));

    [Fact]
    public void Cut_SSZ_is_refused_wherever_it_is_cut()
    {
        var whole = Ssz(bits: true);
        for (var length = 1; length < whole.Length - 1; length++)
        {
            var cut = whole[..length];
            Assert.Throws<FormatException>(() => AggregateBodies.Aggregates(cut, ssz: true, bits: true));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("""[{"message":{}}]""")]
    [InlineData("""[{"message":{"aggregator_index":"7","aggregate":{"data":{"slot":"1","index":"0"},"committee_bits":"0x0300000000000000"}}}]""")]
    public void Anything_else_is_refused_in_one_way(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        Assert.Throws<FormatException>(() => AggregateBodies.Aggregates(bytes, ssz: false, bits: false));
        Assert.Throws<FormatException>(() => AggregateBodies.Contributions(bytes));
        Assert.Throws<FormatException>(() => AggregateBodies.Aggregators(bytes));
    }

    /// <summary>A list of one SignedAggregateAndProof, as the consensus specification lays it out.</summary>
    private static byte[] Ssz(bool bits)
    {
        var aggregate = new byte[4 + 128 + 96 + (bits ? 8 : 0) + 1];
        Put32(aggregate, 0, (uint)aggregate.Length - 1);
        Put64(aggregate, 4, DutySlot.Value);
        Put64(aggregate, 12, bits ? 0UL : 2UL);
        if (bits)
            Put64(aggregate, 228, 1UL << 2);
        var message = new byte[8 + 4 + 96];
        Put64(message, 0, 7);
        Put32(message, 8, (uint)message.Length);
        var signed = new byte[4 + 96];
        Put32(signed, 0, (uint)signed.Length);
        return [4, 0, 0, 0, .. signed, .. message, .. aggregate];

        static void Put32(byte[] bytes, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), value);
        static void Put64(byte[] bytes, int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), value);
    }

    private static IEnumerable<Fact> Facts(IReadOnlyList<Func<Delivery, Fact>> items) => items.Select(make => make(Took("a", 8)));
}
