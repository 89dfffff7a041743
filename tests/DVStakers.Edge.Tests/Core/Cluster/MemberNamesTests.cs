using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Tests.Core.Cluster;

public sealed class MemberNamesTests
{
    private static readonly EdgeConfig Config = new() { Cluster = "home", Box = "host" };

    private static Roster Of(string cluster, MemberRole role = MemberRole.Full) => new()
    {
        Schema = 1, Cluster = cluster, Version = 1, Issued = DateTimeOffset.UnixEpoch, Members = [new() { Box = "nuc-1", Role = role, Certificate = "" }],
    };

    [Fact]
    public void An_auxiliary_member_is_one_whatever_the_file_says_and_has_no_stacks()
    {
        var roster = Of("kili", MemberRole.Auxiliary);
        Assert.Equal(BoxRole.Auxiliary, MemberNames.Apply(Config, new Dictionary<string, string>(), roster, "nuc-1", "/d").Config.Role);
        var withStack = Config with { Stacks = [new() { Name = "a", BeaconNode = new("http://127.0.0.1:5052") }] };
        Assert.Contains("auxiliary", Assert.Single(MemberNames.Apply(withStack, new Dictionary<string, string>(), roster, "nuc-1", "/d").Problems).ToString());
    }

    [Fact]
    public void What_is_not_written_is_the_membership_s()
    {
        var (config, problems) = MemberNames.Apply(Config, new Dictionary<string, string>(), Of("kili"), "nuc-1", "/d");
        Assert.Empty(problems);
        Assert.Equal(("kili", "nuc-1"), (config.Cluster, config.Box));
    }

    [Fact]
    public void What_is_written_alike_is_fine_and_otherwise_an_error_that_names_both()
    {
        var written = new Dictionary<string, string> { ["cluster"] = "edge.yaml:1:10", ["box"] = "EDGE_BOX" };
        Assert.Empty(MemberNames.Apply(Config, written, Of("home"), "host", "/d").Problems);
        Assert.Equal(
        [
            "edge.yaml:1:10: error: the cluster is 'home' here and 'kili' in /d/roster.json; leave it out here, or name another membership.directory",
            "EDGE_BOX: error: this box is 'host' here and 'nuc-1' in its certificate, /d/box.crt; leave it out here, or name another membership.directory",
        ], MemberNames.Apply(Config, written, Of("kili"), "nuc-1", "/d").Problems.Select(p => p.ToString()));
    }
}
