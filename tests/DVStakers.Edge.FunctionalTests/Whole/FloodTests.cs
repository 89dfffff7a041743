using System.Net;
using System.Security.Cryptography;
using System.Text;
using DVStakers.Edge.FunctionalTests.Fakes;
using DVStakers.Edge.FunctionalTests.Mesh;

namespace DVStakers.Edge.FunctionalTests.Whole;

/// <summary>Somebody who may write every topic floods the broker; here the agent is a process of its own, so that its memory is nobody else's.</summary>
public sealed class FloodTests
{
    /// <summary>
    /// More than the agent had before. What may wait is 1024 messages (8 MiB of these, some of the large ones), and of each topic one; the rest is what the collector
    /// lets lie until it looks. A third of what is sent here, kept, would be more.
    /// </summary>
    private const double MostMib = 64;

    private const int Garbage = 8 * 1024;
    private const int Refused = 30_000;

    [Fact]
    public async Task Ten_thousand_messages_a_second_of_garbage_cost_the_agent_a_bounded_memory_and_nobody_a_duty()
    {
        using var cluster = await FoundedCluster.Make();
        // Not the one that the program renders: there nobody could write them.
        await using var broker = Broker.Prepare(quiet: true);
        await broker.Start();
        var chain = FakeChain.Live();
        var mqtt = $"mqtt:\n  port: {broker.Port}";
        await using var alpha = await WholeBox.Start(cluster, "alpha", chain, mqtt);
        await using var beta = await WholeBox.Start(cluster, "beta", chain, mqtt);
        await alpha.UntilKnows("beta");
        await using var heard = broker.Watch("dvstakers/kili/beta/health");
        var said = Encoding.UTF8.GetBytes((await heard.Until("health")).Split(' ', 3)[2]);
        using var key = cluster.KeyOf("beta");
        var before = alpha.ResidentMib();
        var began = TimeProvider.System.GetUtcNow();

        await using var liar = await Liar.At(broker);
        (string, byte[])[] usual =
        [
            ("dvstakers/kili/beta/health", RandomNumberGenerator.GetBytes(Garbage)),
            ("dvstakers/kili/beta/health", RandomNumberGenerator.GetBytes(Garbage)),
            ("dvstakers/kili/cloud/health", Liar.Resigned(said, "dvstakers/kili/cloud/health", key)),
            ("dvstakers/kili/nobody/health", new byte[300]),
        ];
        // And ten a second that are as large as a broker lets through.
        var flood = liar.Flood([.. Enumerable.Repeat(usual, 250).SelectMany(m => m), ("dvstakers/kili/beta/health", new byte[1 << 20])]);
        var (most, asked) = (0.0, 0);
        // It goes on until enough came through, and beta's own word between it: that comes every 15 s.
        await alpha.Until(report =>
        {
            using var answer = alpha.Client.GetAsync($"/eth/v1/validator/attestation_data?slot=100&committee_index={asked++ % 64}").GetAwaiter().GetResult();
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            most = Math.Max(most, alpha.ResidentMib());
            var peer = WholeBox.Peer(report, "beta");
            Assert.Equal("known", WholeBox.Standing(report, "beta"));
            return peer.GetProperty("refused").GetInt64() >= Refused && peer.GetProperty("heard_at").GetDateTimeOffset() > began;
        });
        var rate = await flood.Stop();

        Assert.True(most - before < MostMib, $"it grew from {before:0} to {most:0} MiB");
        Assert.True(rate > 3000, $"only {rate:0} messages a second were sent");
        Assert.True(asked > 20, $"asked {asked} times");
        TestContext.Current.SendDiagnosticMessage($"resident {before:0.0} MiB before, at most {most:0.0} MiB in the flood; {rate:0} messages a second, {asked} answers");
    }
}
