using System.Text;
using DVStakers.Edge.Agent.Backup;
using DVStakers.Edge.Core.Backup;

namespace DVStakers.Edge.Tests.Agent.Backup;

/// <summary>All or nothing, and numbers that never go down.</summary>
public sealed class RestorationTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly BackupManifest Manifest = new(1, Now, "0.1.0", "host", "nuc-1", null, null, null, null, false);

    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("edge-test-");

    public void Dispose() => root.Delete(recursive: true);

    [Fact]
    public void A_cluster_directory_elsewhere_comes_along_and_what_was_there_stays()
    {
        var entries = Entries(clusterInside: false);
        var there = Places("new", clusterInside: false);
        Write(there.Configuration, "edge.yaml", "mine");
        var told = new Restoration(there, entries, Now).Apply();
        Assert.Equal("config", Read(there.Configuration, "edge.yaml"));
        Assert.Equal("key", Read(there.Cluster, "box.key"));
        Assert.Equal("mine", Read(there.Configuration + ".before-20260301-120000", "edge.yaml"));
        Assert.Contains(told, t => t.Contains(".before-20260301-120000", StringComparison.Ordinal));
        Assert.Empty(Directory.GetDirectories(root.FullName, "*.restoring", SearchOption.AllDirectories));
    }

    [Fact]
    public void If_the_configuration_cannot_be_placed_the_cluster_is_as_before()
    {
        var entries = Entries(clusterInside: false);
        var there = Places("new", clusterInside: false);
        Write(there.Cluster, "box.key", "mine");
        // A file where the folder should be.
        Write(Path.GetDirectoryName(there.Configuration)!, Path.GetFileName(there.Configuration), "a file");
        Assert.ThrowsAny<IOException>(() => new Restoration(there, entries, Now).Apply());
        Assert.Equal("mine", Read(there.Cluster, "box.key"));
        Assert.Equal("a file", File.ReadAllText(there.Configuration));
        Assert.Empty(Directory.GetDirectories(root.FullName, "*.restoring", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("1800000000\n", "1800000000\n")]
    [InlineData("1600000000\n", "1700000000\n")]
    [InlineData("nonsense", "1700000000\n")]
    [InlineData(null, "1700000000\n")]
    public void The_number_of_the_last_start_never_goes_down(string? present, string expected)
    {
        var there = Places("new", clusterInside: true);
        if (present is not null)
            Write(there.State, "boot", present);
        Write(there.State, "peers.json", "mine");
        new Restoration(there, Entries(clusterInside: true), Now).Apply();
        Assert.Equal(expected, Read(there.State, "boot"));
        Assert.Equal("mine", Read(there.State, "peers.json"));
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("/evil")]
    [InlineData("etc/../../evil")]
    [InlineData("etc//evil")]
    public void No_name_leads_out_of_the_folder(string name)
    {
        var packed = BackupEntry.Pack([new(name, [1], null, UnixFileMode.UserRead, "root", "root")], Now);
        Assert.Contains("is no file of a backup", Assert.Throws<BackupException>(() => BackupEntry.Unpack(packed)).Message);
    }

    [Fact]
    public void Nothing_is_written_through_a_link()
    {
        BackupEntry link = new("etc/a", null, root.FullName, UnixFileMode.UserRead, "root", "root");
        BackupEntry below = new("etc/a/b/shadow", [1], null, UnixFileMode.UserRead, "root", "root");
        Assert.Equal("etc/a", Assert.Single(BackupEntry.Unpack(BackupEntry.Pack([link], Now))).Name);
        var packed = BackupEntry.Pack([link, below], Now);
        Assert.Contains("'etc/a/b/shadow' is no file of a backup", Assert.Throws<BackupException>(() => BackupEntry.Unpack(packed)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_archive_is_said_so()
    {
        Assert.Throws<BackupException>(() => BackupEntry.Unpack(Encoding.ASCII.GetBytes(new string('x', 2000))));
        Assert.Empty(BackupEntry.Unpack([]));
    }

    private IReadOnlyList<BackupEntry> Entries(bool clusterInside)
    {
        var old = Places("old", clusterInside);
        Write(old.Configuration, "edge.yaml", "config");
        Write(old.Cluster, "box.key", "key");
        Write(old.Cluster, ".lock", "");
        Write(old.State, "boot", "1700000000\n");
        Write(old.State, "peers.json", "theirs");
        Write(old.State, "outage.json", "{}");
        var entries = BackupEntry.Unpack(BackupEntry.Pack(BackupContent.Of(old, Manifest), Now));
        Assert.DoesNotContain(entries, e => e.Name.EndsWith(".lock", StringComparison.Ordinal) || e.Name.Contains("outage", StringComparison.Ordinal));
        return entries;
    }

    private BackupPlaces Places(string board, bool clusterInside) =>
        new(At($"{board}/etc"), At(clusterInside ? $"{board}/etc/cluster" : $"{board}/elsewhere/cluster"), At($"{board}/state"));

    private string At(string name) => Path.Combine(root.FullName, name);

    private static string Read(string folder, string name) => File.ReadAllText(Path.Combine(folder, name));

    private static void Write(string folder, string name, string text)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, name), text);
    }
}
