using DVStakers.Edge.FunctionalTests.Fakes;
using DVStakers.Edge.FunctionalTests.Mesh;

namespace DVStakers.Edge.FunctionalTests.Whole;

/// <summary>Boxes that come and go while the agents of the others run.</summary>
public sealed class JoinTests
{
    [Fact]
    public async Task A_box_that_joins_is_used_by_a_running_agent_and_one_that_was_removed_is_not()
    {
        using var cluster = await FoundedCluster.Make();
        await using var broker = await Broker.Start();
        var mqtt = $"mqtt:\n  port: {broker.Port}";
        var chain = FakeChain.Live();
        await using var alpha = await WholeBox.Start(cluster, "alpha", chain, mqtt);
        await using var cloud = await WholeBox.Start(cluster, "cloud", null, mqtt);
        await cloud.Until(report => Serving(report) == "alpha");

        // 1. Its roster reaches the others over MQTT; from then on its node may serve, and does once it is the only good one.
        await cluster.Join("gamma", [.. cluster.Lends("gamma"), "--shares", "3"]);
        await using var gamma = await WholeBox.Start(cluster, "gamma", chain, mqtt);
        await cloud.Until(report => Tier(report, "gamma") == "healthy");
        await alpha.Until(report => Tier(report, "gamma") == "healthy");
        await alpha.Execution.Kill();
        await cloud.Until(report => Serving(report) == "gamma");
        Assert.True((await cloud.Client.GetAsync("/eth/v1/validator/attestation_data?slot=100&committee_index=0")).IsSuccessStatusCode);

        // 2. One that was removed is no node of anybody any more, be it the last good one.
        await cluster.Command("alpha", "remove", "gamma");
        await cloud.Until(report => Tier(report, "gamma") is null && Serving(report) != "gamma");
    }

    private static string? Serving(System.Text.Json.JsonElement report) => report.GetProperty("serving").GetString();

    private static string? Tier(System.Text.Json.JsonElement report, string stack) => report.GetProperty("stacks").EnumerateArray()
        .Where(s => s.GetProperty("name").GetString() == stack).Select(s => s.GetProperty("tier").GetString()).FirstOrDefault();
}
