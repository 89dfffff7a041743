using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Duties;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;
using DVStakers.Edge.Tests.Core.Chain;

namespace DVStakers.Edge.Tests.Core.Duties;

/// <summary>Two stacks, "primary" first in the configuration; slot 1000 is the expected head.</summary>
public sealed class OldPathTests
{
    private static readonly string[] None = [];

    /// <param name="behind">Slots that primary's head is behind the expected one.</param>
    /// <param name="problem">What the race said of primary, where it was asked.</param>
    [Theory]
    // It served, or could have.
    [InlineData("primary", Tier.Healthy, Reach.Ok, 0, true, null, OldPath.Fine)]
    [InlineData("secondary", Tier.Healthy, Reach.Ok, 0, false, null, OldPath.Fine)]
    [InlineData("secondary", Tier.Suspect, Reach.Ok, 0, false, null, OldPath.Fine)]
    // One slot behind may be some milliseconds; only having answered so, or having been found out before, counts.
    [InlineData("secondary", Tier.Healthy, Reach.Ok, 1, false, null, OldPath.Fine)]
    [InlineData("secondary", Tier.Healthy, Reach.Ok, 1, true, "primary: HTTP 200, but another answer than what was asked for or a worse one", OldPath.Stale)]
    [InlineData("secondary", Tier.Suspect, Reach.Ok, 1, false, null, OldPath.Stale)]
    [InlineData("secondary", Tier.Lagging, Reach.Ok, 2, false, null, OldPath.Stale)]
    // Silent until another had answered; or an error.
    [InlineData("secondary", Tier.Healthy, Reach.Ok, 0, true, null, OldPath.Slow)]
    [InlineData("secondary", Tier.Healthy, Reach.Ok, 0, true, "primary: HTTP 503", OldPath.Failed)]
    [InlineData("secondary", Tier.Healthy, Reach.Ok, 1, true, "primary (http://127.0.0.1:1/): Connection refused", OldPath.Failed)]
    // The probes know.
    [InlineData("secondary", Tier.Out, Reach.Unreachable, 3, false, null, OldPath.Failed)]
    [InlineData("secondary", Tier.Suspect, Reach.Silent, 3, false, null, OldPath.Failed)]
    // Nobody served: the duty is lost on both paths.
    [InlineData(null, Tier.Suspect, Reach.Ok, 3, false, null, OldPath.Fine)]
    public void What_the_first_stack_would_have_given(string? served, Tier tier, Reach reach, int behind, bool asked, string? problem, OldPath expected)
    {
        var head = Given.Head(1000 - (ulong)behind);
        var snapshot = Of(Snapshots.Stack("primary", tier, "", seen: true) with
        {
            Head = head, Lag = new SyncDistance((ulong)behind), Beacon = new BeaconReading { At = Snapshots.Now, Reach = reach },
        });
        string[] order = asked ? ["primary", "secondary"] : ["secondary", "primary"];
        var (path, first, state) = OldPathRule.Judge(snapshot, served, Given.Block(1000), order, problem is null ? None : [problem]);
        Assert.Equal((expected, "primary"), (path, first));
        Assert.Equal(expected == OldPath.Fine, state.Length == 0);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_node_that_says_itself_that_it_cannot_answers_503(bool optimistic, bool syncing)
    {
        var snapshot = Of(Snapshots.Stack("primary", optimistic ? Tier.Optimistic : Tier.Syncing, "") with
        {
            Beacon = new BeaconReading { At = Snapshots.Now, Reach = Reach.Ok, IsOptimistic = optimistic, IsSyncing = syncing },
        });
        Assert.Equal(OldPath.Failed, OldPathRule.Judge(snapshot, "secondary", Given.Block(1000), ["secondary"], None).Path);
    }

    [Fact]
    public void Another_node_whose_name_begins_alike_is_not_meant()
    {
        var snapshot = Of(Snapshots.Stack("primary", Tier.Healthy, "") with { Head = Given.Head(1000), Lag = new SyncDistance(0) });
        Assert.Equal(OldPath.Slow, OldPathRule.Judge(snapshot, "secondary", Given.Block(1000), ["primary", "primary-2"], ["primary-2: HTTP 500"]).Path);
    }

    private static Snapshot Of(StackStatus primary) => Snapshots.Of([primary, Snapshots.Stack("secondary", Tier.Healthy, "good")]) with
    {
        Heads = HeadHistory.Empty.With(Given.Head(997)).With(Given.Head(998)).With(Given.Head(999)).With(Given.Head(1000)),
    };
}
