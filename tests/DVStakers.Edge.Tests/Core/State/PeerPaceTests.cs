using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Tests.Core.State;

public sealed class PeerPaceTests
{
    private static readonly StackStatus[] Six = [.. Enumerable.Range(1, 6).Select(i => Snapshots.Stack($"peer-{i}", Tier.Healthy, "in sync"))];

    [Theory]
    [InlineData("peer-1", PeerPace.Often)]
    [InlineData("peer-3", PeerPace.Often)]
    [InlineData("peer-4", PeerPace.Seldom)]
    [InlineData("peer-6", PeerPace.Seldom)]
    public void The_first_three_are_read_often(string stack, int pace) => Assert.Equal(pace, PeerPace.Of(Snapshots.Of(Six), stack));

    [Fact]
    public void Own_stacks_that_are_well_take_their_places_and_leave_them_when_they_fail()
    {
        StackStatus[] own = [Snapshots.Stack("home-1", Tier.Healthy, "in sync"), Snapshots.Stack("home-2", Tier.Healthy, "in sync")];
        Assert.Equal([PeerPace.Often, PeerPace.Seldom, PeerPace.Seldom], Paces([.. own, .. Six]));
        Assert.Equal([PeerPace.Often, PeerPace.Often, PeerPace.Often], Paces([.. own.Select(s => s with { Tier = Tier.Suspect }), .. Six]));

        static IEnumerable<int> Paces(StackStatus[] stacks) => new[] { "peer-1", "peer-2", "peer-3" }.Select(s => PeerPace.Of(Snapshots.Of(stacks), s));
    }

    [Fact]
    public void Who_serves_is_read_often_wherever_it_stands() =>
        Assert.Equal(PeerPace.Often, PeerPace.Of(Snapshots.Of(Six) with { Serving = "peer-6" }, "peer-6"));

    [Fact]
    public void Who_is_in_doubt_is_read_often_and_who_is_known_to_be_away_is_not()
    {
        Assert.Equal(PeerPace.Often, Sixth(s => s with { IsRecovering = true, Tier = Tier.Out }));
        Assert.Equal(PeerPace.Often, Sixth(s => s with { Beacon = s.Beacon! with { Reach = Reach.Silent } }));
        Assert.Equal(PeerPace.Seldom, Sixth(s => s with { Tier = Tier.Out, Beacon = s.Beacon! with { Reach = Reach.Unreachable } }));

        static int Sixth(Func<StackStatus, StackStatus> become) => PeerPace.Of(Snapshots.Of([.. Six[..5], become(Six[5])]), "peer-6");
    }
}
