using DVStakers.Edge.Agent.Probes;
using DVStakers.Edge.Core.Readings;
using System.Text;
using System.Text.Json;

namespace DVStakers.Edge.Tests.Agent.Probes;

public sealed class ExecutionAnswersTests
{
    private static readonly string Hash = "0x" + new string('a', 64);
    private static readonly string Block = $$"""{"hash":"{{Hash}}","number":"0x10","timestamp":"0x65000000","transactions":[]}""";

    private static string Good(int id, string result) => $$"""{"jsonrpc":"2.0","id":{{id}},"result":{{result}}}""";
    private static string Bad(int id) => $$$"""{"jsonrpc":"2.0","id":{{{id}}},"error":{"code":-32601,"message":"not available"}}""";

    [Fact]
    public void All_five_answers_make_a_reading_in_any_order()
    {
        var reading = Read($"[{Good(4, "\"Geth/v1\"")},{Good(3, "\"0x19\"")},{Good(0, "false")},{Good(2, "\"0x1\"")},{Good(1, Block)}]");
        Assert.Equal((Reach.Ok, false, Hash, 16ul), (reading.Reach, reading.IsSyncing, reading.LatestHash?.ToString(), reading.LatestNumber));
        Assert.Equal((1ul, 25, "Geth/v1"), (reading.ChainId, reading.Peers, reading.Version));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(0x65000000), reading.LatestTime);
    }

    [Fact]
    public void An_engine_port_that_serves_eth_methods_only_leaves_peers_and_version_open()
    {
        var reading = Read($"[{Good(0, "false")},{Good(1, Block)},{Good(2, "\"0x1\"")},{Bad(3)},{Bad(4)}]");
        Assert.Equal((Reach.Ok, (int?)null, (string?)null), (reading.Reach, reading.Peers, reading.Version));
    }

    [Theory]
    [InlineData("false", false)]
    [InlineData("true", true)]
    [InlineData("""{"startingBlock":"0x0","currentBlock":"0x1","highestBlock":"0x2"}""", true)]
    [InlineData("""{"stages":[{"name":"Headers","block":"0x0"}]}""", true)]
    [InlineData("null", true)]
    public void Anything_but_false_is_syncing(string result, bool syncing) =>
        Assert.Equal(syncing, Read($"[{Good(0, result)},{Good(1, Block)},{Bad(2)},{Bad(3)},{Bad(4)}]").IsSyncing);

    [Fact]
    public void One_error_for_all_means_that_batches_are_not_taken() => Assert.Null(ExecutionAnswers.OfBatch(Encoding.UTF8.GetBytes(Bad(0))));

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("[1,2,3]")]
    [InlineData("""[{"id":0,"result":false}]""")]
    [InlineData("""[{"id":0},{"id":1},{"id":2},{"id":3},{"id":4}]""")]
    [InlineData("[] []")]
    public void What_is_no_batch_is_refused(string body)
    {
        var e = Assert.ThrowsAny<Exception>(() => ExecutionAnswers.OfBatch(Encoding.UTF8.GetBytes(body)));
        Assert.True(e is JsonException or FormatException, e.ToString());
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("\"0x10\"")]
    [InlineData("""{"hash":"0x12","number":"0x10","timestamp":"0x1"}""")]
    [InlineData("""{"hash":"0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","number":"16x","timestamp":"0x1"}""")]
    [InlineData("""{"hash":"0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","number":"0x1","timestamp":"0xffffffffffffffff"}""")]
    public void A_latest_block_that_is_none_is_malformed(string block)
    {
        var e = Assert.Throws<ProbeException>(() => Read($"[{Good(0, "false")},{Good(1, block)},{Bad(2)},{Bad(3)},{Bad(4)}]"));
        Assert.Equal(Reach.Malformed, e.Reach);
        Assert.Contains("http://el", e.Message);
    }

    [Fact]
    public void An_error_on_a_needed_method_is_a_refusal_with_the_client_s_words()
    {
        var e = Assert.Throws<ProbeException>(() => Read($"[{Good(0, "false")},{Bad(1)},{Bad(2)},{Bad(3)},{Bad(4)}]"));
        Assert.Equal(Reach.Refused, e.Reach);
        Assert.Contains("not available", e.Message);
    }

    private static ExecutionReading Read(string batch) => ExecutionProbe.Parse(ExecutionAnswers.OfBatch(Encoding.UTF8.GetBytes(batch))!, "http://el");
}
