using System.Buffers.Binary;
using System.Text;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Duties;
using DVStakers.Edge.Tests.Core.Chain;

namespace DVStakers.Edge.Tests.Core.Duties;

public sealed class PoolBodiesTests
{
    private static readonly Delivery Took = new("a", true, "", Given.At(100, 4));
    private static readonly string Zero = "0x" + new string('0', 64);
    private static readonly string Data =
        $$$"""{"slot":"100","index":"2","beacon_block_root":"{{{Zero}}}","source":{"epoch":"2","root":"{{{Zero}}}"},"target":{"epoch":"3","root":"{{{Zero}}}"}}""";

    [Fact]
    public void Before_Electra_a_bit_says_who() =>
        Assert.Equal([new AttestationSent(new Slot(100), 2, 9, Took)], Read($$"""[{"aggregation_bits":"0x000201","data":{{Data}},"signature":"0x00"}]"""));

    [Fact]
    public void Since_Electra_the_attestation_says_who() =>
        Assert.Equal([new SingleAttestationSent(new Slot(100), 77, Took), new SingleAttestationSent(new Slot(100), 78, Took)],
            Read($$"""[{"committee_index":"2","attester_index":"77","data":{{Data}},"signature":"0x00"},{"committee_index":"2","attester_index":"78","data":{{Data}},"signature":"0x00"}]"""));

    [Fact]
    public void Single_attestations_in_SSZ()
    {
        var body = new byte[2 * 240];
        Put(body, 8, 77);
        Put(body, 16, 100);
        Put(body, 240 + 8, 78);
        Put(body, 240 + 16, 101);
        Assert.Equal([new SingleAttestationSent(new Slot(100), 77, Took), new SingleAttestationSent(new Slot(101), 78, Took)],
            Facts(PoolBodies.Attestations(body, ssz: true, single: true)));
    }

    [Fact]
    public void Attestations_with_bits_in_SSZ()
    {
        byte[] bits = [0x00, 0x02, 0x01];
        const int Item = 4 + 128 + 96 + 3;
        var body = new byte[8 + 2 * Item];
        BinaryPrimitives.WriteUInt32LittleEndian(body, 8);
        BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(4), 8 + Item);
        foreach (var (start, slot) in new[] { (8, 100UL), (8 + Item, 101UL) })
        {
            BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(start), 228);
            Put(body, start + 4, slot);
            Put(body, start + 12, 2);
            bits.CopyTo(body, start + 228);
        }
        Assert.Equal([new AttestationSent(new Slot(100), 2, 9, Took), new AttestationSent(new Slot(101), 2, 9, Took)],
            Facts(PoolBodies.Attestations(body, ssz: true, single: false)));
    }

    [Fact]
    public void Sync_committee_messages()
    {
        var body = new byte[144];
        Put(body, 0, 100);
        body.AsSpan(8, 32).Fill(0xab);
        Put(body, 40, 7);
        Fact expected = new SyncMessageSent(new Slot(100), 7, Root.FromBytes(body.AsSpan(8, 32)), Took);
        Assert.Equal([expected], Facts(PoolBodies.SyncMessages(body, ssz: true)));
        var json = $$"""[{"slot":"100","beacon_block_root":"0x{{string.Concat(Enumerable.Repeat("AB", 32))}}","validator_index":"7","signature":"0x00"}]""";
        Assert.Equal([expected], Facts(PoolBodies.SyncMessages(Encoding.UTF8.GetBytes(json), ssz: false)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("[{}]")]
    [InlineData("""[{"data":{"slot":"-1"},"attester_index":"1"}]""")]
    [InlineData("""[{"data":{"slot":"1","index":"0"},"aggregation_bits":"0x"}]""")]
    [InlineData("""[{"data":{"slot":"1","index":"0"},"aggregation_bits":"0x00"}]""")]
    [InlineData("""[{"data":{"slot":"1","index":"0"},"aggregation_bits":"0x07"}]""")]
    [InlineData("""[{"data":{"slot":"1","index":"0"},"aggregation_bits":"zz"}]""")]
    public void Anything_else_is_refused_in_one_way(string body) => Assert.Throws<FormatException>(() => Read(body));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(239)]
    public void SSZ_of_another_length_is_refused(int length)
    {
        var body = new byte[length];
        body[0] = 4;
        Assert.Throws<FormatException>(() => PoolBodies.Attestations(body, ssz: true, single: true));
        Assert.Throws<FormatException>(() => PoolBodies.Attestations(body, ssz: true, single: false));
        Assert.Throws<FormatException>(() => PoolBodies.SyncMessages(body, ssz: true));
    }

    [Theory]
    [InlineData(200, "", null, null)]
    [InlineData(500, "oops", "HTTP 500 oops", "HTTP 500 oops")]
    [InlineData(0, "", "a (http://x/): no answer in time", "a (http://x/): no answer in time")]
    [InlineData(400, """{"code":400,"message":"some","failures":[{"index":1,"message":"bad signature"}]}""", null, "bad signature")]
    [InlineData(400, """{"code":400,"message":"some","failures":[{"index":"0","message":"unknown head"},{"index":"1","message":"PriorAttestationKnown"}]}""", "unknown head", null)]
    [InlineData(400, """{"code":400,"message":"PriorAttestationKnown"}""", null, null)]
    public void Each_item_has_its_own_answer(int status, string said, string? first, string? second)
    {
        var failures = Failures.Of(status, Encoding.UTF8.GetBytes(said), status == 0 ? "a (http://x/): no answer in time" : "");
        Assert.Equal((first, second), (failures.Against(0), failures.Against(1)));
    }

    private static List<Fact> Read(string json) => Facts(PoolBodies.Attestations(Encoding.UTF8.GetBytes(json), ssz: false, single: false));

    private static List<Fact> Facts(IReadOnlyList<Func<Delivery, Fact>> items) => [.. items.Select(make => make(Took))];

    private static void Put(byte[] at, int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(at.AsSpan(offset), value);
}
