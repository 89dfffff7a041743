using System.Buffers.Binary;
using System.Text;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Routing;
using DVStakers.Edge.Tests.Core.Chain;
using FsCheck;
using FsCheck.Fluent;

namespace DVStakers.Edge.Tests.Core.Routing;

/// <summary>What is read out of answers and submissions: attestation data and the key of a block, in both encodings.</summary>
public sealed class AnswersTests
{
    private static readonly AttestationData Data = new(new Slot(100), 3, Given.Block(100), new Epoch(2), Given.RootOf(22), new Epoch(3), Given.RootOf(33));

    private static string Json(AttestationData d) =>
        $$$$"""{"data":{"slot":"{{{{d.Slot}}}}","index":"{{{{d.Index}}}}","beacon_block_root":"{{{{d.Head}}}}","source":{"epoch":"{{{{d.SourceEpoch}}}}","root":"{{{{d.Source}}}}"},"target":{"epoch":"{{{{d.TargetEpoch}}}}","root":"{{{{d.Target}}}}"}}}""";

    private static byte[] Ssz(AttestationData d)
    {
        var bytes = new byte[AttestationData.SszLength];
        void Put(int at, ulong number) => BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), number);
        void Hash(int at, Root root) => Convert.FromHexString(root.ToString()[2..]).CopyTo(bytes, at);
        Put(0, d.Slot.Value);
        Put(8, d.Index);
        Hash(16, d.Head);
        Put(48, d.SourceEpoch.Value);
        Hash(56, d.Source);
        Put(88, d.TargetEpoch.Value);
        Hash(96, d.Target);
        return bytes;
    }

    [Fact]
    public void Both_encodings_of_attestation_data_say_the_same() =>
        Prop.ForAll(ArbMap.Default.GeneratorFor<ulong>().ArrayOf(7).ToArbitrary(), n =>
        {
            var data = new AttestationData(new Slot(n[0]), n[1], Given.RootOf(n[2]), new Epoch(n[3]), Given.RootOf(n[4]), new Epoch(n[5]), Given.RootOf(n[6]));
            return AttestationData.Read(Ssz(data), ssz: true) == data && AttestationData.Read(Encoding.UTF8.GetBytes(Json(data)), ssz: false) == data;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("""{"data":null}""")]
    [InlineData("""{"data":[]}""")]
    [InlineData("""{"data":{"slot":100}}""")]
    [InlineData("""{"code":503,"message":"syncing"}""")]
    [InlineData("""{"data":{"slot":"\ud800"}}""")]
    public void What_is_no_attestation_data_is_null(string body) => Assert.Null(AttestationData.Read(Encoding.UTF8.GetBytes(body), ssz: false));

    [Fact]
    public void Attestation_data_that_is_cut_off_or_changed_in_one_part_is_null()
    {
        var json = Json(Data);
        for (var length = 0; length < json.Length; length++)
            Assert.Null(AttestationData.Read(Encoding.UTF8.GetBytes(json[..length]), ssz: false));
        foreach (var part in new[] { "slot", "index", "beacon_block_root", "source", "target", "epoch", "root" })
            Assert.Null(AttestationData.Read(Encoding.UTF8.GetBytes(json.Replace($"\"{part}\"", "\"x\"", StringComparison.Ordinal)), ssz: false));
        for (var length = 0; length < 300; length++)
            Assert.Equal(length == AttestationData.SszLength, AttestationData.Read(new byte[length], ssz: true) is not null);
    }

    private static readonly BlockKey Key = new(new Slot(4711), 12);

    [Theory]
    [InlineData("""{"version":"electra","execution_payload_blinded":true,"data":{"slot":"4711","proposer_index":"12","body":{"attestations":[{"data":{"slot":"1"}}]}}}""")]
    [InlineData("""{"data":{"block":{"slot":"4711","proposer_index":"12"},"kzg_proofs":[]}}""")]
    [InlineData("""{"message":{"slot":"4711","proposer_index":"12"},"signature":"0x00"}""")]
    [InlineData("""{"signed_block":{"message":{"proposer_index":"12","slot":"4711"}}}""")]
    [InlineData("""{"message":{"slot":"4711","proposer_index":"12","body":{"gra""")]
    public void A_block_is_known_by_its_slot_and_proposer_in_every_envelope_even_cut_off(string json)
    {
        Assert.Equal(Key, BlockStart.Read(Encoding.UTF8.GetBytes(json), ssz: false, signed: false)?.Key);
        Assert.Equal(Key, BlockStart.Read(Encoding.UTF8.GetBytes(json), ssz: false, signed: true)?.Key);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("""{"data":{"slot":"4711"}}""")]
    [InlineData("""{"data":{"slot":"4711","proposer_ind""")]
    [InlineData("""{"slot":4711,"proposer_index":12}""")]
    [InlineData("""{"slot":"-1","proposer_index":"12"}""")]
    [InlineData("""{"slot":{"slot":"4711"},"proposer_index":"12"}""")]
    public void A_block_without_its_key_has_none(string json) => Assert.Null(BlockStart.Read(Encoding.UTF8.GetBytes(json), ssz: false, signed: false));

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 100)]
    public void In_ssz_the_key_stands_first_or_behind_offset_and_signature(bool signed, int at)
    {
        var bytes = new byte[at + 16];
        bytes.AsSpan().Fill(0xff);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), 4711);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at + 8), 12);
        Assert.Equal(Key, BlockStart.Read(bytes, ssz: true, signed)?.Key);
        for (var length = 0; length < bytes.Length; length++)
            Assert.Null(BlockStart.Read(bytes.AsSpan(0, length), ssz: true, signed));
    }

    [Theory]
    [InlineData("""{"version":"deneb","data":{"block":{"slot":"4711","proposer_index":"12","parent_root":"PARENT","body":{"proposer_slashings":[{"parent_root":"OTHER"}]}}}}""")]
    [InlineData("""{"data":{"body":{"slashed":{"parent_root":"OTHER","slot":"1","proposer_index":"2"}},"parent_root":"PARENT","proposer_index":"12","slot":"4711"}}""")]
    public void The_block_it_builds_on_is_read_and_not_that_of_a_header_within(string json)
    {
        json = json.Replace("PARENT", Given.Block(4710).ToString(), StringComparison.Ordinal).Replace("OTHER", Given.Block(1).ToString(), StringComparison.Ordinal);
        Assert.Equal(new BlockStart(Key, Given.Block(4710)), BlockStart.Read(Encoding.UTF8.GetBytes(json), ssz: false, signed: false));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(12, 3)]
    [InlineData(16, 4)]
    public void In_ssz_a_produced_block_stands_alone_or_behind_the_offsets_of_its_contents(int at, int offsets)
    {
        var bytes = new byte[at + 84];
        for (var i = 0; i < offsets; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4 * i), (uint)(at + i));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), 4711);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at + 8), 12);
        Convert.FromHexString(Given.Block(4710).ToString().AsSpan(2)).CopyTo(bytes, at + 16);
        Assert.Equal(new BlockStart(Key, Given.Block(4710)), BlockStart.Read(bytes, ssz: true, signed: false));
    }

    [Fact]
    public void A_slot_that_looks_like_an_offset_is_a_slot()
    {
        var bytes = new byte[84];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, 12);
        Assert.Equal(new Slot(12), BlockStart.Read(bytes, ssz: true, signed: false)?.Key.Slot);
    }

    [Fact]
    public void No_bytes_make_them_throw() =>
        Prop.ForAll(ArbMap.Default.GeneratorFor<byte>().ArrayOf().ToArbitrary(), bytes =>
        {
            foreach (var ssz in new[] { true, false })
            {
                _ = AttestationData.Read(bytes, ssz);
                _ = BlockStart.Read(bytes, ssz, signed: ssz);
            }
            _ = Duplicate.Is(400, bytes);
            return EventKey.Of("head", bytes).Slot is null;
        }).QuickCheckThrowOnFailure();
}
