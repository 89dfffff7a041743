using System.Net;
using System.Text.Json;
using DVStakers.Edge.FunctionalTests.Fakes;

namespace DVStakers.Edge.FunctionalTests.Whole;

/// <summary>How the roster goes round where no broker runs: from gateway to gateway.</summary>
public sealed class RosterTests : IAsyncLifetime
{
    private const string Route = "/dvstakers/v1/roster";

    private readonly FakeChain chain = FakeChain.Live();
    private FoundedCluster cluster = null!;
    private string mqtt = null!;
    private WholeBox alpha = null!;
    private WholeBox beta = null!;

    public async ValueTask InitializeAsync()
    {
        cluster = await FoundedCluster.Make();
        mqtt = WholeCluster.Mqtt(cluster);
        alpha = await WholeBox.Start(cluster, "alpha", chain, mqtt);
        beta = await WholeBox.Start(cluster, "beta", chain, mqtt);
        await alpha.Until(r => Tier(r, "beta") == "healthy");
        await beta.Until(r => Tier(r, "alpha") == "healthy");
    }

    public async ValueTask DisposeAsync()
    {
        await beta.DisposeAsync();
        await alpha.DisposeAsync();
        cluster.Dispose();
    }

    [Fact]
    public async Task Who_joins_and_who_is_removed_is_known_to_all_without_a_broker()
    {
        await using var cloud = await WholeBox.Start(cluster, "cloud", null, mqtt);
        await cloud.Until(r => Tier(r, "alpha") == "healthy" && Tier(r, "beta") == "healthy");

        // 1. beta is handed the roster by the box that changed it; cloud, which lends nothing, asks for it.
        await cluster.Join("gamma", [.. cluster.Lends("gamma"), "--shares", "3"]);
        await using var gamma = await WholeBox.Start(cluster, "gamma", chain, mqtt);
        await beta.Until(r => Tier(r, "gamma") == "healthy");
        await cloud.Until(r => Tier(r, "gamma") == "healthy");
        await beta.Agent.Process.Until(l => l.Contains("over from alpha: the cluster has 4 members", StringComparison.Ordinal));

        // 2. Whom alpha removes is let in by beta no more, and is no node of cloud's.
        using var gone = GatewayClient.Of(cluster.GatewayPort("beta"), cluster.DirectoryOf("gamma"), "beta");
        Assert.Equal(HttpStatusCode.OK, (await gone.GetAsync("/eth/v1/node/version")).StatusCode);
        await cluster.Command("alpha", "remove", "gamma");
        await beta.Until(r => Tier(r, "gamma") is null);
        await cloud.Until(r => Tier(r, "gamma") is null);
        Assert.Equal(HttpStatusCode.Forbidden, (await gone.GetAsync(Route)).StatusCode);
        // That closed the connection, and there is none any more.
        await Assert.ThrowsAsync<HttpRequestException>(() => gone.GetAsync(Route));
    }

    [Fact]
    public async Task An_agent_that_comes_late_gets_the_newest_roster_and_the_validator_sees_nothing_of_all_that()
    {
        await cluster.Join("gamma", [.. cluster.Lends("gamma"), "--shares", "3"]);
        await beta.Until(r => r.GetProperty("stacks").EnumerateArray().Any(s => s.GetProperty("name").GetString() == "gamma"));
        alpha.Agent.Kill();
        // cloud's own file is of the time before gamma.
        await using var cloud = await WholeBox.Start(cluster, "cloud", null, mqtt);
        await cloud.Agent.Process.Until(l => l.Contains("over from beta: the cluster has 4 members", StringComparison.Ordinal));

        await cloud.UntilServing("beta");
        using var answer = await cloud.Client.GetAsync("/eth/v1/node/version");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.DoesNotContain(answer.Headers, h => h.Key.Contains("Roster", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Only_what_the_CA_signed_and_is_newer_is_taken_at_a_gateway()
    {
        using var member = GatewayClient.Of(cluster.GatewayPort("alpha"), cluster.DirectoryOf("cloud"));
        var file = await File.ReadAllBytesAsync(cluster.In("alpha", "roster.json"));
        using var answer = await member.GetAsync(Route);
        Assert.Equal(file, await answer.Content.ReadAsByteArrayAsync());
        using var signed = JsonDocument.Parse(file);
        var version = signed.RootElement.GetProperty("version").GetInt64();
        Assert.Equal($"{version}", answer.Headers.GetValues("DVStakers-Edge-Roster").Single());

        var text = await File.ReadAllTextAsync(cluster.In("alpha", "roster.json"));
        using var others = await FoundedCluster.Make();
        string[] wrong =
        [
            text,
            text.Replace($"\"version\":{version}", $"\"version\":{version + 1}", StringComparison.Ordinal),
            text[..^40],
            await File.ReadAllTextAsync(others.In("alpha", "roster.json")),
            "{}", "", "null", new string('[', 100_000),
        ];
        Assert.NotEqual(text, wrong[1]);
        foreach (var body in wrong)
            Assert.Equal(HttpStatusCode.Conflict, (await member.PutAsync(Route, new StringContent(body))).StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await member.PutAsync(Route, new ByteArrayContent(new byte[(1 << 20) + 1]))).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await member.DeleteAsync(Route)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await member.GetAsync(Route + "/")).StatusCode);
        Assert.Equal(file, await File.ReadAllBytesAsync(cluster.In("alpha", "roster.json")));
        Assert.Equal(HttpStatusCode.OK, (await member.GetAsync("/eth/v1/node/version")).StatusCode);
    }

    private static string? Tier(JsonElement report, string stack) => report.GetProperty("stacks").EnumerateArray()
        .Where(s => s.GetProperty("name").GetString() == stack).Select(s => s.GetProperty("tier").GetString()).FirstOrDefault();
}
