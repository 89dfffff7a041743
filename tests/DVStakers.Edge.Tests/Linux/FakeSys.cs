using DVStakers.Edge.Linux.Kernel;

namespace DVStakers.Edge.Tests.Linux;

/// <summary>Folders in place of /sys and /dev.</summary>
internal sealed class FakeSys : IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("edge-sys-");

    public FakeSys() => Directory.CreateDirectory(Paths.Dev);

    public KernelPaths Paths => new() { Dev = Path.Combine(root.FullName, "dev"), Sys = Path.Combine(root.FullName, "sys") };

    /// <summary>Attributes as "name=text"; the kernel ends each with a line break.</summary>
    public string Folder(string under, params string[] attributes)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Paths.Sys, under)).FullName;
        foreach (var parts in attributes.Select(a => a.Split('=', 2)))
            File.WriteAllText(Path.Combine(folder, parts[0]), parts[1] + "\n");
        return folder;
    }

    public void Dispose() => root.Delete(recursive: true);
}
