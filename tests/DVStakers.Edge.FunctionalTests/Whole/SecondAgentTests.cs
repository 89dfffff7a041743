using DVStakers.Edge.FunctionalTests.Fakes;
using DVStakers.Edge.FunctionalTests.Mesh;

namespace DVStakers.Edge.FunctionalTests.Whole;

/// <summary>Two agents of one box at once.</summary>
public sealed class SecondAgentTests
{
    [Fact]
    public async Task With_the_same_state_directory_the_second_says_so_and_ends_and_a_dead_one_s_lock_stops_nobody()
    {
        using var cluster = await FoundedCluster.Make();
        await using var alpha = await WholeBox.Start(cluster, "alpha", FakeChain.Live(), "");
        await alpha.UntilServing("alpha-node");
        var file = Path.Combine(alpha.Environment["STATE_DIRECTORY"], "lock");
        for (var i = 0; i < 2; i++)
        {
            var (code, _, errors) = await alpha.Run("run");
            Assert.Equal(1, code);
            Assert.Contains($"Another agent of this box runs already: it holds {file}", errors);
            Assert.DoesNotContain("Ready", errors);
        }
        Assert.True((await alpha.Status()).GetProperty("ready").GetBoolean());

        alpha.Agent.Kill();
        await alpha.Agent.Process.Exit(TimeSpan.FromSeconds(20));
        Assert.True(File.Exists(file));
        await alpha.StartAgent();
        await alpha.UntilServing("alpha-node");
    }

    [Fact]
    public async Task Without_a_state_directory_that_can_be_written_an_agent_runs_all_the_same()
    {
        foreach (var directory in new[] { "/proc/none", "/not/here" })
        {
            await using var box = await Proxy.TestBox.Start(environment: new Dictionary<string, string> { ["STATE_DIRECTORY"] = directory });
            await box.Until(r => r.GetProperty("ready").GetBoolean());
        }
    }

    [Fact]
    public async Task Of_the_same_name_at_one_broker_each_says_what_throws_it_out_and_both_serve()
    {
        await using var broker = await Broker.Start();
        var mqtt = $"mqtt:\n  port: {broker.Port}";
        await using var one = await Proxy.TestBox.Start(yaml: mqtt);
        await using var other = await Proxy.TestBox.Start(yaml: mqtt);
        foreach (var box in new[] { one, other })
        {
            await box.Until(r => r.GetProperty("mqtt").GetProperty("detail").GetString()!.Contains("is there another agent of this name, test/box?", StringComparison.Ordinal), TimeSpan.FromSeconds(60));
            Assert.True((await box.Client.GetAsync("/eth/v1/node/version")).IsSuccessStatusCode);
        }
    }
}
