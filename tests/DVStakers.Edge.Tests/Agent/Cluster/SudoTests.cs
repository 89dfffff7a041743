using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Linux.Files;

namespace DVStakers.Edge.Tests.Agent.Cluster;

/// <summary>What root does in a directory that belongs to the agent's user: all that it makes there is that user's.</summary>
public sealed class SudoTests : IDisposable
{
    private static readonly FileOwner Agent = new(12345, 23456);
    private readonly Town town = new();

    public void Dispose() => town.Dispose();

    [Fact]
    public void Whatever_root_makes_in_a_directory_of_the_agents_user_is_that_users()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root may give files away");
        foreach (var box in new[] { "nuc-1", "nuc-2" })
        {
            Directory.CreateDirectory(town.Directory(box));
            Agent.Take(town.Directory(box));
        }
        town.With("nuc-2");
        town.Invite("nuc-3");
        town.Founder().Remove("nuc-2");
        town.Newcomer("nuc-2").Take("roster.json", File.ReadAllBytes(Path.Combine(town.Directory("nuc-1"), ClusterDirectory.RosterFile)));

        foreach (var box in new[] { "nuc-1", "nuc-2" })
        {
            var made = Directory.GetFileSystemEntries(town.Directory(box), "*", SearchOption.AllDirectories);
            Assert.Contains(made, m => m.EndsWith(ClusterDirectory.RosterFile, StringComparison.Ordinal));
            Assert.All(made, m => Assert.Equal((m, Agent), (m, FileOwner.Of(m))));
        }
        Assert.Contains(Directory.GetDirectories(town.Directory("nuc-1")), d => d.EndsWith(ClusterDirectory.Issued, StringComparison.Ordinal));
    }
}
