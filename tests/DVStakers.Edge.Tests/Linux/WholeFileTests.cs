using DVStakers.Edge.Linux.Files;

namespace DVStakers.Edge.Tests.Linux;

public sealed class WholeFileTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("whole-file-");

    private string In(string name) => Path.Combine(folder.FullName, name);

    [Fact]
    public void It_replaces_what_was_there_with_exactly_this_mode_and_leaves_nothing_beside_it()
    {
        File.WriteAllText(In("a"), "before, and longer");
        Assert.True(WholeFile.Write(In("a"), "after"u8, UnixFileMode.UserRead | UnixFileMode.OtherWrite));
        Assert.Equal("after", File.ReadAllText(In("a")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.OtherWrite, File.GetUnixFileMode(In("a")));
        Assert.Equal([In("a")], Directory.EnumerateFileSystemEntries(folder.FullName));
    }

    [Fact]
    public void Where_it_cannot_be_written_what_was_there_stays_and_nothing_is_left_beside_it()
    {
        Directory.CreateDirectory(In("a"));
        File.WriteAllText(In("a/b"), "before");
        // A folder in its place: the rename fails, after all else went well.
        Assert.ThrowsAny<Exception>(() => WholeFile.Write(In("a"), "after"u8));
        Assert.Throws<DirectoryNotFoundException>(() => WholeFile.Write(In("none/b"), "after"u8));
        Assert.Equal([In("a")], Directory.EnumerateFileSystemEntries(folder.FullName));
        Assert.Equal("before", File.ReadAllText(In("a/b")));
    }

    public void Dispose() => folder.Delete(recursive: true);
}
