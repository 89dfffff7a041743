using DVStakers.Edge.FunctionalTests.Fakes;
using DVStakers.Edge.FunctionalTests.Service;

namespace DVStakers.Edge.FunctionalTests.Whole;

/// <summary>Taking a box out of use before the work on it begins.</summary>
public sealed class DrainTests
{
    [Fact]
    public async Task It_is_refused_in_words_where_duties_would_be_lost_and_else_the_borrower_moves_between_two_slots_without_a_failed_request()
    {
        await using var cluster = await WholeCluster.Start();
        var (lender, other) = await cluster.Lender();
        await using var validator = new Validator(cluster.Cloud, cluster.Chain);
        await validator.UntilServedBy(lender.Name);

        // 1. The other box's node is away: nobody could take over.
        await other.Execution.Kill();
        await lender.Until(r => WholeBox.Peer(r, other.Name).GetProperty("stacks")[0].GetProperty("tier").GetString() != "healthy");
        await Refused(lender, "no other box has a good node of its own: ");
        Assert.False((await lender.Status()).GetProperty("drain").GetProperty("box").GetBoolean());
        await other.Execution.Restart();
        await lender.Until(r => WholeBox.Peer(r, other.Name).GetProperty("stacks")[0].GetProperty("tier").GetString() == "healthy");
        await validator.UntilServedBy(lender.Name);

        // 2. It is back.
        await using var word = cluster.Broker.Watch($"dvstakers/kili/{lender.Name}/health");
        var (code, output, errors) = await lender.Run("drain");
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("This box: drained for 4 h. Its duties go elsewhere at the end of this slot", output);
        await word.Until("\"draining\":true");
        await cluster.Cloud.Until(r => WholeBox.Peer(r, lender.Name).GetProperty("draining").GetBoolean());
        await validator.UntilServedBy(other.Name);
        var report = await lender.Until(r => r.GetProperty("conditions").EnumerateArray().Any(c => c.GetProperty("code").GetString() == "drained"));
        Assert.True(report.GetProperty("drain").GetProperty("box").GetBoolean());

        // 3. And the other one now may not follow it.
        await other.Until(r => WholeBox.Peer(r, lender.Name).GetProperty("draining").GetBoolean());
        await Refused(other, $"{lender.Name} is drained");

        // 4. Back in use. Whether the borrower goes back is its own choice, at the end of an epoch.
        (code, output, errors) = await EdgeProcess.Run(["undrain"], lender.Environment);
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("Nothing is drained any more", output);
        await word.Until(line => !line.Contains("\"draining\":true", StringComparison.Ordinal));
        await cluster.Cloud.Until(r => !WholeBox.Peer(r, lender.Name).GetProperty("draining").GetBoolean());
        await validator.UntilAsked(10);
        await validator.AssertNothingMissed();
        // Rule 2: one node for all duties of a slot; what a slot is asked for after its aggregates may come from the next one.
        Assert.All(validator.All.Zip(validator.All.Skip(1)).Where(p => p.First.Slot == p.Second.Slot && p.First.By != p.Second.By),
            p => Assert.True(p.Second.At >= cluster.Chain.StartOf(p.Second.Slot) + cluster.Chain.Current.SlotDuration * 2 / 3, $"{p.First} and then {p.Second} at {p.Second.At:mm:ss.fff}"));
    }

    [Fact]
    public async Task It_is_refused_where_too_few_key_shares_would_be_left()
    {
        using var files = await FoundedCluster.Make(threshold: 7);
        await using var broker = await SharedBroker.Start(files);
        var chain = FakeChain.Live();
        await using var alpha = await WholeBox.Start(files, "alpha", chain, WholeCluster.Mqtt(files));
        await using var beta = await WholeBox.Start(files, "beta", chain, WholeCluster.Mqtt(files));
        await alpha.Until(r => WholeBox.Peer(r, "beta") is var peer && peer.GetProperty("stacks").EnumerateArray().Any(s => s.GetProperty("name").GetString() == "beta-node" && s.GetProperty("tier").GetString() == "healthy"));
        await Refused(alpha, "3 key shares would be left, and 7 must sign together: cloud is not heard");

        // Who knows better may.
        var (code, output, errors) = await alpha.Run("drain", "--force", "--hours", "0.5");
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("drained for 0.5 h", output);
        await beta.Until(r => WholeBox.Peer(r, "alpha").GetProperty("draining").GetBoolean());
    }

    private static async Task Refused(WholeBox box, string why)
    {
        var (code, output, errors) = await box.Run("drain");
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith("Not drained: ", errors);
        Assert.Contains(why, errors);
        Assert.EndsWith("To do it all the same: --force", errors);
    }
}
