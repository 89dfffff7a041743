using System.Text.Json;
using DVStakers.Edge.Core.Power;
using DVStakers.Edge.FunctionalTests.Service;

namespace DVStakers.Edge.FunctionalTests.Power;

/// <summary>The record of an outage, and an agent whose configuration knows of no power.</summary>
public sealed class LeftOutageTests
{
    [Fact]
    public async Task Clients_that_nobody_starts_any_more_are_named()
    {
        var now = DateTimeOffset.UtcNow;
        var outage = new Outage
        {
            Phase = OutagePhase.Stopped,
            Since = now,
            Clients =
            [
                new(ClientUnit.Parse(ClientRole.Validator, "vc")!, ClientStage.Stopped, now),
                new(ClientUnit.Parse(ClientRole.Consensus, "docker:bn")!, ClientStage.Starting, now),
                new(ClientUnit.Parse(ClientRole.Execution, "geth")!, ClientStage.NotRunning, now),
            ],
        };
        var state = Directory.CreateTempSubdirectory("edge-left-");
        try
        {
            await File.WriteAllBytesAsync(Path.Combine(state.FullName, "outage.json"), JsonSerializer.SerializeToUtf8Bytes(outage, OutageJson.Default.Outage));
            await using var edge = EdgeProcess.Start(["run"], new Dictionary<string, string> { ["STATE_DIRECTORY"] = state.FullName, ["EDGE_PROXY_LISTEN"] = "127.0.0.1:0", ["EDGE_STATUS_LISTEN"] = "127.0.0.1:0" });
            var line = await edge.Until("nobody starts them again");
            Assert.Contains("stopped vc.service, docker:bn in an outage", line);
            Assert.Contains(Path.Combine(state.FullName, "outage.json"), line);
            Assert.True(File.Exists(Path.Combine(state.FullName, "outage.json")));
        }
        finally
        {
            state.Delete(recursive: true);
        }
    }
}
