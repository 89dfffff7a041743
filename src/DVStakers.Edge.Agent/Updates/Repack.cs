using DVStakers.Edge.Linux.Files;
using DVStakers.Edge.Linux.Kernel;

namespace DVStakers.Edge.Agent.Updates;

/// <summary>
/// Packs the installed version again, as it is on this box, so that it can be put back. Always this and never a package that was kept: what is installed may have come by
/// apt or with an image, and there is only one way then, which each update goes.
/// </summary>
internal static class Repack
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly string[] OfTheInstallation = ["Status", "Conffiles", "Config-Version"];

    /// <exception cref="UpdateException">It cannot be packed.</exception>
    public static async Task<byte[]> Installed(Packages packages, string folder, TimeProvider time, CancellationToken stop)
    {
        try
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
            var root = Path.Combine(folder, "root");
            var (files, control, conffiles, fields) = await packages.Contents(stop).ConfigureAwait(false);
            await Copy(files, root, time, stop).ConfigureAwait(false);
            Describe(root, control, conffiles, fields);
            var package = Path.Combine(folder, "package.deb");
            await packages.Build(root, package, stop).ConfigureAwait(false);
            return await File.ReadAllBytesAsync(package, stop).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UpdateException($"the installed version cannot be packed: {e.Message}", e);
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>dpkg's status without what is of the installation: the fields of the package.</summary>
    public static string Fields(string status)
    {
        var keep = true;
        var lines = status.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line =>
        {
            // A line that goes on begins with a space.
            if (line[0] != ' ')
                keep = !OfTheInstallation.Contains(line.Split(':')[0]);
            return keep;
        });
        return string.Join('\n', lines) + "\n";
    }

    private static async Task Copy(string[] files, string root, TimeProvider time, CancellationToken stop)
    {
        Directory.CreateDirectory(root);
        foreach (var folder in files.Where(IsFolder))
        {
            var copy = Directory.CreateDirectory(root + folder);
            // A folder that is a link on this box, such as /lib, is a folder in the package.
            File.SetUnixFileMode(copy.FullName, File.GetUnixFileMode(folder));
            if (Environment.IsPrivilegedProcess)
                FileOwner.Of(folder)?.Take(copy.FullName);
        }
        foreach (var group in files.Where(f => !IsFolder(f) && Path.Exists(f)).Chunk(200))
            foreach (var (folder, names) in group.GroupBy(f => Path.GetDirectoryName(f)!).Select(g => (g.Key, g.ToArray())))
                if (await Child.Run("cp", ["--archive", "--target-directory", root + folder, .. names], Patience, time, stop).ConfigureAwait(false) is { Code: not 0, Errors: var errors })
                    throw new UpdateException($"the installed version cannot be packed: {Packages.OneLine(errors)}");
    }

    private static void Describe(string root, string[] control, string[] conffiles, string fields)
    {
        var about = Directory.CreateDirectory(Path.Combine(root, "DEBIAN")).FullName;
        File.WriteAllText(Path.Combine(about, "control"), Fields(fields));
        foreach (var file in control)
            File.Copy(file, Path.Combine(about, Path.GetExtension(file)[1..]));
        // One that a person deleted cannot be in the package.
        if (conffiles.Where(File.Exists).ToList() is { Count: > 0 } there)
            File.WriteAllLines(Path.Combine(about, "conffiles"), there);
        File.SetUnixFileMode(about, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
    }

    private static bool IsFolder(string path) => Directory.Exists(path) && (new FileInfo(path).LinkTarget is null || IsTopLevel(path));

    /// <summary>/bin, /lib and the like are links to those in /usr on a merged system, and folders to dpkg.</summary>
    private static bool IsTopLevel(string path) => path.LastIndexOf('/') == 0;
}
