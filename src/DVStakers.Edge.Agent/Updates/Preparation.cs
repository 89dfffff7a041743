using DVStakers.Edge.Agent.Power;
using DVStakers.Edge.Core.Updates;
using DVStakers.Edge.Linux.Files;

namespace DVStakers.Edge.Agent.Updates;

/// <summary>What an update would do, found out before anything is changed.</summary>
/// <param name="Package">Its bytes: what was checked is what gets installed, whatever becomes of the file meanwhile.</param>
internal sealed record UpdatePlan(byte[] Package, string From, string To, bool IsDowngrade, string Key, IReadOnlyList<string> Damaged);

/// <summary>Checks a package against its signature and this box, and lays out all that the updater needs.</summary>
internal sealed class Preparation(UpdateFiles files, Packages packages, AgentUnit agent, IReadOnlyList<string> keyFolders, TimeProvider time)
{
    public static readonly string[] KeyFolders = ["/usr/share/dvstakers-edge/keys", "/etc/dvstakers-edge/update-keys"];

    private const UnixFileMode WritableByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>The keys that packages for this box are signed with.</summary>
    /// <exception cref="UpdateException">One of them can be changed by others than its owner.</exception>
    public IReadOnlyList<TrustedKey> Keys()
    {
        List<TrustedKey> keys = [];
        foreach (var folder in keyFolders.Where(Directory.Exists))
            foreach (var file in Directory.EnumerateFiles(folder, "*.pem").Order(StringComparer.Ordinal))
                try
                {
                    if (new[] { folder, file }.FirstOrDefault(p => (File.GetUnixFileMode(p) & WritableByOthers) != 0 || Environment.IsPrivilegedProcess && FileOwner.Of(p) is not { User: 0 }) is { } open)
                        throw new UpdateException($"{open} can be changed by others than root, so it is no proof of anything. Close it: sudo chown root {open} && sudo chmod go-w {open}");
                    keys.Add(new(file, File.ReadAllBytes(file)));
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    throw new UpdateException($"{file} cannot be read ({e.Message})", e);
                }
        return keys;
    }

    /// <exception cref="UpdateException">It is not to be installed; the message says why, and what to do.</exception>
    public async Task<UpdatePlan> Plan(string file, string signatureFile, bool allowDowngrade, CancellationToken stop)
    {
        var package = Read(file, UpdateFiles.MostPackageBytes, "copy the package to this box again");
        var signature = Read(signatureFile, PackageSignature.MostBytes, "each package comes with its signature; carry both");
        if (PackageSignature.Find(package, signature, Keys(), out var why) is not { } key)
            throw new UpdateException($"{file} is not installed: {why}. Keys are looked for in {string.Join(" and ", keyFolders)}; whose packages you trust is said there (docs/updates.md)");
        var described = await packages.Describe(file, stop).ConfigureAwait(false);
        if (described.Name != Packages.Name)
            throw new UpdateException($"{file} is the package {described.Name}, and not {Packages.Name}");
        if (await packages.Architecture(stop).ConfigureAwait(false) is var machine && described.Architecture != machine)
            throw new UpdateException($"{file} is for {described.Architecture}, and this box is {machine}: get the package for {machine}");
        if (await packages.Installed(stop).ConfigureAwait(false) is not { } installed)
            throw new UpdateException($"dpkg knows no {Packages.Name} on this box, so there is nothing to go back to. Install the package: sudo apt install ./{Path.GetFileName(file)}");
        if (installed.Status != "ii")
            throw new UpdateException($"{Packages.Name} {installed.Version} is not installed whole (dpkg says '{installed.Status}'). Mend it first: sudo dpkg --configure -a && sudo apt install --fix-broken");
        if (installed.Version == described.Version)
            throw new UpdateException($"{described.Version} is what is installed");
        var older = await packages.IsOlder(described.Version, installed.Version, stop).ConfigureAwait(false);
        if (older && !allowDowngrade)
            throw new UpdateException($"{described.Version} is older than {installed.Version}, which is installed. If that is what you want: --allow-downgrade");
        CheckRoom(package.Length, described.InstalledBytes);
        return new(package, installed.Version, described.Version, older, key.Name, await packages.Damaged(stop).ConfigureAwait(false));
    }

    /// <summary>On the disk when it returns; the state last. From then on the update goes on by itself, also after a power cut.</summary>
    public async Task<UpdateState> Lay(UpdatePlan plan, CancellationToken stop)
    {
        var reading = await agent.Look(stop).ConfigureAwait(false);
        var standard = AgentUnit.Standard(reading, await agent.ActiveState(AgentUnit.Unit, stop).ConfigureAwait(false));
        try
        {
            UpdateFiles.Write(files.Next, plan.Package);
            // The file of the plan may have become another one since.
            if (await packages.Describe(files.Next, stop).ConfigureAwait(false) is var laid && (laid.Name != Packages.Name || laid.Version != plan.To))
                throw new UpdateException("the package was changed while it was looked at; run this again");
            UpdateFiles.Write(files.Previous, await Repack.Installed(packages, files.Packing, time, stop).ConfigureAwait(false));
            UpdateFiles.Write(files.Updater, await File.ReadAllBytesAsync(Environment.ProcessPath!, stop).ConfigureAwait(false), executable: true);
            var state = new UpdateState { Phase = UpdatePhase.Install, From = plan.From, To = plan.To, Before = standard, StartedAt = time.GetUtcNow(), Boot = new BootFacts().Id };
            files.Write(state);
            return state;
        }
        catch
        {
            files.Clear();
            throw;
        }
    }

    /// <summary>Both packages and the binary here, and the new files beside the old ones until dpkg renames them.</summary>
    private void CheckRoom(long package, long installed)
    {
        const long Spare = 32 << 20;
        var here = package * 2 + new FileInfo(Environment.ProcessPath!).Length + installed * 2 + Spare;
        foreach (var (folder, need) in new[] { (Directory.Exists(files.Directory) ? files.Directory : "/var/lib", here), ("/usr", installed + Spare) })
            if (new DriveInfo(folder).AvailableFreeSpace is var free && free < need)
                throw new UpdateException($"an update needs {need >> 20} MB free at {folder}, and there are {free >> 20} MB. What is big: sudo du -xh --max-depth=2 / | sort -h | tail");
    }

    private static byte[] Read(string file, int most, string remedy)
    {
        try
        {
            using var stream = File.OpenRead(file);
            if (stream.Length == 0 || stream.Length > most)
                throw new UpdateException($"{file} has {stream.Length} bytes, so it is not what it should be: {remedy}");
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UpdateException($"there is no {file}: {remedy}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new UpdateException($"{file} cannot be read ({e.Message})", e);
        }
    }
}
