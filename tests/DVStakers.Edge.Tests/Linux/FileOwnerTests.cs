using System.Diagnostics;
using DVStakers.Edge.Linux.Files;

namespace DVStakers.Edge.Tests.Linux;

public sealed class FileOwnerTests : IDisposable
{
    private static readonly FileOwner Other = new(12345, 23456);
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("edge-owner-");
    private string At => Path.Combine(root.FullName, "file");

    public void Dispose() => root.Delete(recursive: true);

    [Fact]
    public void It_sees_what_stat_sees()
    {
        File.WriteAllText(At, "");
        Assert.Equal(Stat(At), FileOwner.Of(At));
        Assert.Equal(Stat("/etc/shadow"), FileOwner.Of("/etc/shadow"));
        Assert.Null(FileOwner.Of(At + "/below"));
        Assert.Null(FileOwner.Of(At + "-not-there"));
    }

    [Fact]
    public void Users_are_found_by_name_and_by_number()
    {
        Assert.Equal(new FileOwner(0, 0), FileOwner.OfUser("root"));
        Assert.Null(FileOwner.OfUser("roo"));
        Assert.Equal(new FileOwner(1000, 100), FileOwner.Parse("1000", "100"));
        Assert.Null(FileOwner.Parse("1000", null));
        Assert.Null(FileOwner.Parse("-1", "0"));
        Assert.Null(FileOwner.Parse("", ""));
    }

    [Fact]
    public void Root_gives_files_away_and_never_what_a_link_leads_to()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root may");
        File.WriteAllText(At, "");
        var link = Path.Combine(root.FullName, "link");
        File.CreateSymbolicLink(link, At);
        var before = FileOwner.Of(At);

        Other.Take(link);
        Assert.Equal((Other, before), (FileOwner.Of(link), FileOwner.Of(At)));
        Other.Take(At);
        Assert.Equal(Other, Stat(At));
        using (var file = File.OpenHandle(At, FileMode.Open, FileAccess.Write))
            new FileOwner(0, 0).Take(file);
        Assert.Equal(new FileOwner(0, 0), Stat(At));
        Assert.Contains("cannot be given to user 0 and group 0: No such file", Assert.Throws<IOException>(() => new FileOwner(0, 0).Take(At + "-not-there")).Message);
    }

    private static FileOwner? Stat(string path)
    {
        using var process = Process.Start(new ProcessStartInfo("stat", ["-c", "%u %g", path]) { RedirectStandardOutput = true })!;
        var numbers = process.StandardOutput.ReadToEnd().Split();
        process.WaitForExit();
        return FileOwner.Parse(numbers[0], numbers[1]);
    }
}
