using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Tests.Agent.Config;

namespace DVStakers.Edge.Tests.Agent.Cluster;

public sealed class ConfiguredMembershipTests : IDisposable
{
    private readonly Town town = new();

    public void Dispose() => town.Dispose();

    [Fact]
    public void A_member_is_named_by_its_membership()
    {
        town.With();
        var read = ConfiguredMembership.Join(Read(""), out var membership);
        using var _ = membership;
        Assert.Empty(read.Problems);
        Assert.Equal(("kili", "nuc-1"), (read.Config!.Cluster, read.Config.Box));
        Assert.Equal("member nuc-1 of cluster kili: 1 member, roster version 1, certificate valid until 2028-01-31", ConfiguredMembership.Describe(membership, read.Config, town.Now));
        Assert.EndsWith("certificate expired on 2028-01-31: renew it with: dvstakers-edge cluster renew", ConfiguredMembership.Describe(membership, read.Config, town.Now.AddYears(3)));
    }

    [Fact]
    public void A_configuration_that_says_otherwise_does_not_start()
    {
        town.With();
        var read = ConfiguredMembership.Join(Read("cluster: home"), out var membership);
        Assert.Null(membership);
        Assert.Null(read.Config);
        Assert.Contains("the cluster is 'home' here and 'kili' in", Assert.Single(read.Problems).Text);
    }

    [Fact]
    public void No_membership_is_no_problem_and_a_broken_one_leaves_the_box_on_its_own()
    {
        var none = ConfiguredMembership.Join(Read(""), out var membership);
        Assert.Null(membership);
        Assert.Empty(none.Problems);
        Assert.StartsWith("cluster: none", ConfiguredMembership.Describe(null, none.Config!, town.Now));

        town.With();
        File.Delete(town.Files("nuc-1").In("box.key"));
        var broken = ConfiguredMembership.Join(Read("cluster: home"), out membership);
        Assert.Null(membership);
        Assert.Equal("home", broken.Config!.Cluster);
        var problem = Assert.Single(broken.Problems);
        Assert.True(problem.IsWarning);
        Assert.Contains("/box.key: warning: there is no such file", problem.ToString());
    }

    private ConfigResult Read(string yaml) => Written.Read($"{yaml}\nmembership:\n  directory: {town.Directory("nuc-1")}\n");
}
