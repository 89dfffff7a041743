using System.Runtime.CompilerServices;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Messages;
using DVStakers.Edge.Tests.Core.Cluster;

namespace DVStakers.Edge.FunctionalTests.Mesh;

/// <summary>The commands of docs/mqtt.md that check a signature by hand, as they stand there.</summary>
public sealed class SignatureRecipeTests
{
    [Theory]
    [InlineData(false, "Verified OK")]
    [InlineData(true, "Verification failure")]
    public async Task The_commands_of_the_document_tell_a_true_message_from_an_altered_one(bool altered, string answer)
    {
        using var cluster = new CertifiedCluster("kili", "node-1");
        var directory = Directory.CreateTempSubdirectory("recipe-");
        var topic = new Topics("kili", "node-1").Health;
        // Many, so that numbers with a leading zero or a high bit are among them.
        for (var i = 1; i <= 8; i++)
        {
            var json = HealthMessage.Of(PeerBox.Snapshot(1000), new(new Topics("kili", "node-1"), "0.1.0", "b", 1, i, TimeSpan.FromSeconds(30))).ToUtf8();
            var signed = SignedJson.Sign(json, topic, cluster.KeyOf("node-1"));
            if (altered)
                signed[20] ^= 1;
            await File.WriteAllBytesAsync(Path.Combine(directory.FullName, "message.json"), signed);
            await File.WriteAllBytesAsync(Path.Combine(directory.FullName, "roster.json"), cluster.Roster.ToUtf8());
            var commands = Commands().Where(l => !l.StartsWith("mosquitto_sub", StringComparison.Ordinal)).Select(l => l.Replace("/etc/dvstakers-edge/cluster/", ""));
            await using var shell = Lines.Of("/bin/sh", "-c", $"cd {directory.FullName}\n{string.Join('\n', commands)}");
            await shell.Until(answer);
        }
        directory.Delete(recursive: true);
    }

    private static IEnumerable<string> Commands([CallerFilePath] string here = "") =>
        File.ReadAllLines(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "docs", "mqtt.md"))
            .SkipWhile(l => !l.StartsWith("topic=", StringComparison.Ordinal)).TakeWhile(l => !l.StartsWith("```", StringComparison.Ordinal));
}
