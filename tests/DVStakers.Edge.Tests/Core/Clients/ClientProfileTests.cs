using System.Runtime.CompilerServices;
using DVStakers.Edge.Core.Clients;

namespace DVStakers.Edge.Tests.Core.Clients;

public sealed class ClientProfileTests
{
    [Theory]
    [InlineData("Lighthouse/v7.0.1-e42406d/x86_64-linux", "Lighthouse")]
    [InlineData("teku/v25.6.0/linux-x86_64/-privatebuild-openjdk64bitservervm-java-21", "Teku")]
    [InlineData("Prysm/v6.0.0 (linux amd64)", "Prysm")]
    [InlineData("Nimbus/v25.5.0-c0d4ae-stateofus", "Nimbus")]
    [InlineData("Lodestar/v1.31.0/abcdef", "Lodestar")]
    [InlineData("Grandine/1.1.0-abcdef/x86_64-linux", "Grandine")]
    [InlineData("Obol/charon/v1.4", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void A_client_is_known_by_its_version(string? version, string? name) => Assert.Equal(name, ClientProfile.Of(version)?.Name);

    [Fact]
    public void Names_and_prefixes_are_unique_and_no_prefix_hides_another()
    {
        foreach (var client in ClientProfile.All)
        {
            Assert.Same(client, ClientProfile.Of(client.Name + "/v1"));
            Assert.Equal(client.Prefix, client.Prefix.ToLowerInvariant());
            Assert.All(client.KnownWords, w => Assert.Equal(w, w.ToLowerInvariant()));
            Assert.NotEmpty(client.KnownWords);
        }
    }

    [Fact]
    public void Every_profile_is_in_the_document_word_for_word()
    {
        var rows = File.ReadAllLines(Document()).Where(l => l.StartsWith("| ", StringComparison.Ordinal) && ClientProfile.All.Any(c => l.StartsWith($"| {c.Name} ", StringComparison.Ordinal)));
        Assert.Equal(ClientProfile.All.Select(Row), rows);
    }

    private static string Row(ClientProfile c) =>
        $"| {c.Name} | {c.RestPort} | {(c.ElOffline == FlagTrust.Twice ? "at the second reading" : "when the head does not follow either")} | {c.ElOfflineErrs ?? "-"} | {c.OwnDistance ?? "-"} | {(c.SignsOptimistic ? "answered; not let through" : "refused")} | {c.HealthWithoutExecution} |";

    private static string Document([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "..", "docs", "clients.md");
}
