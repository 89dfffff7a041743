using DVStakers.Edge.Agent.Probes;
using System.Text;
using System.Text.Json;

namespace DVStakers.Edge.Tests.Agent.Probes;

public sealed class BeaconAnswersTests
{
    private const string Root = "0x9a2fefd2fdb57f74993c7780ea5b9030d2897b615b89f808011ca5aebed54eaf";

    [Theory]
    [InlineData("""{"data":{"head_slot":"10","sync_distance":"0","is_syncing":false,"is_optimistic":false,"el_offline":false}}""", false, false, false)]
    [InlineData("""{"data":{"head_slot":"10","sync_distance":"3","is_syncing":true,"is_optimistic":true,"el_offline":true}}""", true, true, true)]
    // Lodestar 1.5 has no el_offline; before the merge there was no is_optimistic.
    [InlineData("""{"data":{"head_slot":"10","sync_distance":"0","is_syncing":false,"is_optimistic":true}}""", false, true, null)]
    [InlineData("""{"data":{"head_slot":"10","sync_distance":"0","is_syncing":true}}""", true, false, null)]
    [InlineData("""{"data":{"is_syncing":false,"is_optimistic":false,"el_offline":null,"new_field":{"x":[1]}},"meta":{}}""", false, false, null)]
    public void Syncing_is_read(string json, bool syncing, bool optimistic, bool? offline)
    {
        var read = BeaconAnswers.Syncing(Bytes(json));
        Assert.Equal((syncing, optimistic, offline), (read.IsSyncing, read.IsOptimistic, read.ElOffline));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"data":null}""")]
    [InlineData("""{"data":{}}""")]
    [InlineData("""{"data":{"is_syncing":"perhaps"}}""")]
    [InlineData("""{"data":{"is_syncing":false}""")]
    [InlineData("<html>502 Bad Gateway</html>")]
    [InlineData("""{"code":500,"message":"Internal error"}""")]
    public void What_is_no_syncing_answer_is_refused(string json) => Refused(() => BeaconAnswers.Syncing(Bytes(json)));

    [Theory]
    [InlineData("\"101\"", "true", true)]
    [InlineData("101", "false", false)]
    public void A_header_is_read(string slot, string optimistic, bool expected)
    {
        var (head, _) = BeaconAnswers.Header(Bytes($$$"""
            {"execution_optimistic":{{{optimistic}}},"finalized":false,"data":{"root":"{{{Root}}}","canonical":true,"header":{"message":{"slot":{{{slot}}},"proposer_index":"1"},"signature":"0x"} } }
            """));
        Assert.Equal((101ul, Root, expected), (head.Slot.Value, head.Root.ToString(), head.Optimistic));
    }

    [Theory]
    [InlineData("""{"data":{"root":"0x12","header":{"message":{"slot":"1"}}}}""")]
    [InlineData("""{"data":{"root":null,"header":{"message":{"slot":"1"}}}}""")]
    [InlineData("""{"data":{"root":"0x9a2fefd2fdb57f74993c7780ea5b9030d2897b615b89f808011ca5aebed54eaf","header":{"message":{"slot":"-1"}}}}""")]
    [InlineData("""{"data":{"root":"0x9a2fefd2fdb57f74993c7780ea5b9030d2897b615b89f808011ca5aebed54eaf","header":{"message":{"slot":"18446744073709551616"}}}}""")]
    [InlineData("""{"data":{"root":"0x9a2fefd2fdb57f74993c7780ea5b9030d2897b615b89f808011ca5aebed54eaf","header":{}}}""")]
    public void What_is_no_header_is_refused(string json) => Refused(() => BeaconAnswers.Header(Bytes(json)));

    [Fact]
    public void A_head_event_is_read_with_or_without_the_optimistic_flag()
    {
        Assert.True(BeaconAnswers.HeadEvent(Bytes($$"""{"slot":"10", "block":"{{Root}}", "state":"0x60", "epoch_transition":false, "execution_optimistic": true}""")).Optimistic);
        Assert.False(BeaconAnswers.HeadEvent(Bytes($$"""{"slot":"10", "block":"{{Root}}"}""")).Optimistic);
        Refused(() => BeaconAnswers.HeadEvent(Bytes("""{"slot":"10"}""")));
    }

    [Theory]
    [InlineData("\"12\"", 12)]
    [InlineData("12", 12)]
    public void Peers_may_be_a_string_or_a_number(string count, int expected) =>
        Assert.Equal(expected, BeaconAnswers.Peers(Bytes($$$"""{"data":{"connected":{{{count}}},"disconnected":"5"}}""")));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static void Refused<T>(Func<T> read) where T : notnull
    {
        var e = Assert.ThrowsAny<Exception>(() => (object)read());
        Assert.True(e is JsonException or FormatException, e.ToString());
    }
}
