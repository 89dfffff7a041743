// Modes of files: the agent is for Linux.
#pragma warning disable CA1416

using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.FunctionalTests.Fakes;

namespace DVStakers.Edge.FunctionalTests.Whole;

/// <summary>A cluster directory that cannot be used: the agent says what is wrong and what to do, and its own validator has its own node all the same.</summary>
public sealed class BrokenMembershipTests : IAsyncLifetime
{
    private FoundedCluster cluster = null!;
    private string mqtt = "";

    public async ValueTask InitializeAsync()
    {
        cluster = await FoundedCluster.Make();
        mqtt = WholeCluster.Mqtt(cluster);
    }

    public ValueTask DisposeAsync()
    {
        cluster.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task An_expired_certificate_is_said_with_the_remedy_and_its_own_node_serves()
    {
        Expire("alpha");
        await using var alpha = await Started();
        await alpha.Agent.Process.Until("renew it with: dvstakers-edge cluster renew");
        var report = await alpha.Until(r => Condition(r, "certificate-ends") is not null);
        Assert.Contains("dvstakers-edge cluster renew", Condition(report, "certificate-ends")!.Value.GetProperty("remedy").GetString());
        await AssertServes(alpha);
    }

    [Theory]
    [InlineData("roster.json", "{\"schema\":1,\"cluster\":")]
    [InlineData("roster.json", "")]
    [InlineData("box.key", "nonsense")]
    [InlineData("box.key", null)]
    [InlineData("box.crt", "nonsense")]
    [InlineData("ca.crt", null)]
    public async Task A_file_that_is_garbled_or_cannot_be_read_is_named_at_the_start_and_its_own_node_serves(string file, string? content)
    {
        var path = cluster.In("alpha", file);
        File.Delete(path);
        if (content is null)
            // Nobody can read that, root neither.
            Directory.CreateDirectory(path);
        else
            await File.WriteAllTextAsync(path, content);
        if (file == "box.key" && content is not null)
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using var alpha = await Started();
        await alpha.Agent.Process.Until(l => l.Contains(path, StringComparison.Ordinal) && l.Contains("Until then this box runs on its own, without its cluster", StringComparison.Ordinal));
        await AssertServes(alpha);
    }

    [Fact]
    public async Task A_key_that_others_can_read_is_refused_with_the_command_that_closes_it()
    {
        File.SetUnixFileMode(cluster.In("alpha", "box.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        await using var alpha = await Started();
        await alpha.Agent.Process.Until(l => l.Contains("others can read this private key", StringComparison.Ordinal) && l.Contains("chmod 600", StringComparison.Ordinal));
        await AssertServes(alpha);
    }

    [Fact]
    public async Task A_roster_that_is_garbled_while_the_agent_runs_changes_nothing_but_is_said_until_it_is_mended()
    {
        await using var alpha = await Started();
        await AssertServes(alpha);
        var roster = cluster.In("alpha", "roster.json");
        var good = await File.ReadAllBytesAsync(roster);
        await File.WriteAllTextAsync(roster, "{\"schema\":1,");
        var report = await alpha.Until(r => Condition(r, "roster-wrong") is not null);
        Assert.Contains(roster, Condition(report, "roster-wrong")!.Value.GetProperty("detail").GetString());
        await AssertServes(alpha);
        // Who was a member still is.
        Assert.StartsWith("HTTP/1.1 200", await GatewayClient.Ask(cluster.GatewayPort("alpha"), cluster.DirectoryOf("beta"), "GET /eth/v1/node/version HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));

        await File.WriteAllBytesAsync(roster, good);
        await alpha.Until(r => Condition(r, "roster-wrong") is null);
    }

    private Task<WholeBox> Started() => WholeBox.Start(cluster, "alpha", FakeChain.Live(), mqtt);

    private static async Task AssertServes(WholeBox box)
    {
        await box.UntilServing("alpha-node");
        using var answer = await box.Client.GetAsync("/eth/v1/validator/attestation_data?slot=100&committee_index=0");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True((await box.Status()).GetProperty("ready").GetBoolean());
    }

    private static JsonElement? Condition(JsonElement report, string code) =>
        report.GetProperty("conditions").EnumerateArray().Where(c => c.GetProperty("code").GetString() == code).Cast<JsonElement?>().FirstOrDefault();

    /// <summary>As if its two years were over: the CA's own certificate for the box, of another time, and the roster with it.</summary>
    private void Expire(string box)
    {
        using var ca = X509Certificate2.CreateFromPemFile(cluster.In("alpha", "ca.crt"), cluster.In("alpha", "ca.key"));
        using var key = cluster.KeyOf(box);
        var request = new CertificateRequest($"CN={box}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.1"), new("1.3.6.1.5.5.7.3.2")], critical: false));
        using var expired = request.Create(ca, ca.NotBefore, TimeProvider.System.GetUtcNow().AddMinutes(-1), RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(cluster.In(box, "box.crt"), expired.ExportCertificatePem() + "\n");
        var roster = Roster.Parse(File.ReadAllBytes(cluster.In(box, "roster.json")));
        var next = roster with { Version = roster.Version + 1, Members = [.. roster.Members.Select(m => m.Box == box ? m with { Certificate = expired.ExportCertificatePem() } : m)] };
        using var caKey = ca.GetECDsaPrivateKey()!;
        File.WriteAllBytes(cluster.In(box, "roster.json"), SignedJson.Sign(next.ToUtf8(), Roster.Place, caKey));
    }
}
