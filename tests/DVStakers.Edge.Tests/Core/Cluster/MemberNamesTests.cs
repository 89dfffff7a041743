using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Tests.Core.Cluster;

public sealed class MemberNamesTests
{
    private static readonly EdgeConfig Config = new() { Cluster = "home", Box = "host" };

    [Fact]
    public void What_is_not_written_is_the_membership_s()
    {
        var (config, problems) = MemberNames.Apply(Config, new Dictionary<string, string>(), "kili", "nuc-1", "/d");
        Assert.Empty(problems);
        Assert.Equal(("kili", "nuc-1"), (config.Cluster, config.Box));
    }

    [Fact]
    public void What_is_written_alike_is_fine_and_otherwise_an_error_that_names_both()
    {
        var written = new Dictionary<string, string> { ["cluster"] = "edge.yaml:1:10", ["box"] = "EDGE_BOX" };
        Assert.Empty(MemberNames.Apply(Config, written, "home", "host", "/d").Problems);
        Assert.Equal(
        [
            "edge.yaml:1:10: error: the cluster is 'home' here and 'kili' in /d/roster.json; leave it out here, or name another membership.directory",
            "EDGE_BOX: error: this box is 'host' here and 'nuc-1' in its certificate, /d/box.crt; leave it out here, or name another membership.directory",
        ], MemberNames.Apply(Config, written, "kili", "nuc-1", "/d").Problems.Select(p => p.ToString()));
    }
}
