using System.Text.Json;

namespace DVStakers.Edge.FunctionalTests.Whole;

/// <summary>A validator without a node of its own, through the nodes that two other boxes lend: whatever happens to the one, the other serves it on.</summary>
public sealed class LentNodeTests
{
    [Theory]
    [InlineData("beacon node")]
    [InlineData("execution client")]
    [InlineData("agent")]
    public async Task When_the_lender_s_part_dies_the_other_box_serves_on_and_no_request_is_lost(string part)
    {
        await using var cluster = await WholeCluster.Start();
        var (lender, other) = await cluster.Lender();
        await using var validator = new Validator(cluster.Cloud, cluster.Chain);
        await validator.UntilServedBy(lender.Name);
        // Lent nodes are told apart by their own header as well, and get what is submitted.
        Assert.Equal(lender.Name, (await cluster.Cloud.Client.GetAsync("/eth/v1/node/version")).Headers.GetValues(Fakes.FakeBeaconNode.NameHeader).Single());
        await lender.Node.Requests.WaitFor(r => r.Path == Validator.Pool);
        await using var word = cluster.Broker.Watch("dvstakers/kili/cloud/health");
        await word.Until($"\"serving\":\"{lender.Name}\"");

        switch (part)
        {
            case "beacon node":
                await lender.Node.Kill();
                break;
            case "execution client":
                // Its beacon node says that all is well, and stays where it is.
                cluster.Chain.Leave(lender);
                await lender.Execution.Kill();
                break;
            default:
                lender.Agent.Kill();
                break;
        }
        var before = other.Node.Requests.To(Validator.Pool).Count;
        await validator.UntilServedBy(other.Name, times: 20);
        await other.Node.Requests.WaitFor(r => r.Path == Validator.Pool, before + 1);

        // What people see of it: the status, the journal, MQTT.
        var report = await cluster.Cloud.UntilServing(other.Name);
        Assert.True(report.GetProperty("ready").GetBoolean());
        await cluster.Cloud.Until(r => r.GetProperty("stacks").EnumerateArray().First(s => s.GetProperty("name").GetString() == lender.Name).GetProperty("tier").GetString() != "healthy");
        await cluster.Cloud.Agent.Process.Until($"{other.Name} serves the validator now instead of {lender.Name}: ");
        var said = JsonDocument.Parse((await word.Until($"\"serving\":\"{other.Name}\"")).Split(' ', 3)[2]).RootElement;
        Assert.True(said.GetProperty("ready").GetBoolean());
        await validator.AssertNothingMissed();
    }
}
