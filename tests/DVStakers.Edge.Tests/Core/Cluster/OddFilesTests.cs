using System.Text;
using DVStakers.Edge.Core.Cluster;

namespace DVStakers.Edge.Tests.Core.Cluster;

/// <summary>What the fuzz found (tests/fuzz): JSON that is well formed and yet not what a reader expects. Such a roster comes from anybody who can write to a broker.</summary>
public sealed class OddFilesTests
{
    [Theory]
    [InlineData("""{"kind":"\ud800"}""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("[]")]
    [InlineData("")]
    public void What_is_no_file_of_a_cluster_is_unknown(string text) => Assert.Equal(CarriedKind.Unknown, Carried.KindOf(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("""  "members":[null]  """, "members[0]")]
    [InlineData("""  "members":[],"removed":[null]  """, "removed[0]")]
    public void A_roster_with_nothing_in_a_list_is_refused_by_name(string lists, string named)
    {
        var roster = Encoding.UTF8.GetBytes("""{"schema":1,"cluster":"kili","version":9,"issued":"2030-01-01T00:00:00+00:00",""" + lists + "}");
        Assert.StartsWith(named, Assert.Throws<RosterException>(() => Roster.Parse(roster)).Message, StringComparison.Ordinal);
    }
}
