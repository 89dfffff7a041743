using DVStakers.Edge.Agent.Probes;
using FsCheck;
using FsCheck.Fluent;
using System.Text;
using System.Text.Json;

namespace DVStakers.Edge.Tests.Agent.Probes;

public sealed class ExecutionHashScanTests
{
    private static readonly string Wanted = "0x" + new string('a', 64);
    private static readonly string Parent = "0x" + new string('b', 64);
    private static readonly string Trap = "0x" + new string('c', 64);

    private static readonly string Eth1 = $$"""
        "eth1_data":{"deposit_root":"0x","block_hash":"{{Trap}}"}
        """;

    private static string Block(string body) => $$$"""{"version":"x","execution_optimistic":false,"data":{"message":{"slot":"1","body":{{{{body}}}}},"signature":"0x"}}""";

    private static readonly string Blinded = Block($$"""{{Eth1}},"execution_payload_header":{"parent_hash":"{{Trap}}","block_hash":"{{Wanted}}","transactions_root":"0x"}""");

    public static TheoryData<string, string?, string?> Blocks => new()
    {
        { Blinded, Wanted, null },
        { Block($$"""{{Eth1}},"execution_payload":{"block_hash":"{{Wanted}}","transactions":["0x{{new string('0', 9000)}}"]}"""), Wanted, null },
        { Block($$"""{{Eth1}},"execution_payload":{"transactions":["block_hash",{"block_hash":"{{Trap}}"}],"block_hash":"{{Wanted}}"}"""), Wanted, null },
        { Block($$$"""{{{Eth1}}},"signed_execution_payload_bid":{"message":{"parent_block_hash":"{{{Parent}}}","parent_block_root":"{{{Trap}}}","block_hash":"{{{Wanted}}}"},"signature":"0x"}"""), Wanted, Parent },
        { Block($$$"""{{{Eth1}}},"signed_execution_payload_bid":{"message":{"block_hash":"{{{Wanted}}}","parent_block_hash":"{{{Parent}}}"},"signature":"0x"}"""), Wanted, Parent },
        // Phase 0 and Altair have no payload; Bellatrix before the merge has an empty one.
        { Block(Eth1), null, null },
        { Block($$"""{{Eth1}},"execution_payload_header":{"block_hash":"0x{{new string('0', 64)}}"}"""), null, null },
        { Block($$"""{{Eth1}},"execution_payload_header":{"block_hash":"0x12"}"""), null, null },
        { """{"data":{"execution_payload":{"block_hash":"0xcc"}}}""", null, null },
        { "[]", null, null },
    };

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Whatever_the_fork_the_payload_s_hash_is_found(string json, string? hash, string? parent) => Assert.Equal((hash, parent), Scan(json, int.MaxValue));

    [Fact]
    public void However_the_block_arrives_the_hash_is_the_same() =>
        Prop.ForAll(
            Gen.Choose(1, 400).ToArbitrary(),
            Gen.Elements(Blocks.Select(b => b.Data).ToArray()).ToArbitrary(),
            (size, block) => Scan(block.Item1, size) == (block.Item2, block.Item3)).QuickCheckThrowOnFailure();

    [Fact]
    public void It_stops_at_the_hash_and_never_looks_at_the_transactions()
    {
        var scan = new ExecutionHashScan();
        scan.Read(Encoding.UTF8.GetBytes(Blinded[..(Blinded.IndexOf("transactions_root", StringComparison.Ordinal) - 1)]), isLast: false);
        Assert.True(scan.Done);
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("{\"data\":")]
    [InlineData("")]
    public void What_is_no_json_is_refused(string text) => Assert.ThrowsAny<JsonException>(() => Scan(text, int.MaxValue));

    // Feeds a growing window as the probe does.
    private static (string?, string?) Scan(string json, int size)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        var scan = new ExecutionHashScan();
        var (start, end) = (0, 0);
        while (!scan.Done)
        {
            var isLast = end == bytes.Length;
            end = (int)Math.Min((long)end + size, bytes.Length);
            start += scan.Read(bytes.AsSpan(start, end - start), isLast);
            if (isLast)
                break;
        }
        return (scan.BlockHash?.ToString(), scan.ParentHash?.ToString());
    }
}
