using System.Globalization;
using System.Text;
using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Core.Backup;
using DVStakers.Edge.Linux.Files;

namespace DVStakers.Edge.Agent.Backup;

/// <summary>
/// Puts the content of a backup in its place: all of it is written and flushed beside, then changes places with what was there, at once. Until then nothing of the configuration and
/// identity is changed; what was there stays, under another name.
/// </summary>
internal sealed class Restoration(BackupPlaces places, IReadOnlyList<BackupEntry> entries, DateTimeOffset now)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnFolder = OwnerOnly | UnixFileMode.UserExecute;

    private readonly List<string> strangers = [];

    /// <summary>What is to be told: where it is, what was there, whose files are root's for want of their owner.</summary>
    /// <exception cref="IOException">Nothing was changed.</exception>
    /// <exception cref="UnauthorizedAccessException">Nothing was changed.</exception>
    public IReadOnlyList<string> Apply()
    {
        List<string> told = [];
        var parts = new[] { (From: BackupContent.Configuration, To: places.Configuration), (From: BackupContent.Cluster, To: places.Cluster) }
            .Where(p => entries.Any(e => e.Name == p.From)).Select(p => (p.From, Staged: p.To + ".restoring", p.To)).ToList();
        try
        {
            foreach (var (from, staged, _) in parts)
                Stage(from, staged);
            KeepNumbers();
            FileSystems.Flush();
            Place([.. parts.Select(p => (p.Staged, p.To))], told);
        }
        finally
        {
            foreach (var (_, staged, _) in parts.Where(p => Directory.Exists(p.Staged)))
                Directory.Delete(staged, recursive: true);
        }
        if (strangers.Count > 0)
            told.Add($"Root owns what belonged to {string.Join(", ", strangers.Distinct())}, of whom nothing is known here. Once there is: sudo chown -R {strangers[0]} FILE");
        return told;
    }

    /// <summary>The last first: the configuration is what makes the rest count. If one cannot be placed, the others go back.</summary>
    private void Place(List<(string Staged, string To)> parts, List<string> told)
    {
        List<(string Staged, string To, bool Exchanged)> done = [];
        try
        {
            foreach (var (staged, to) in Enumerable.Reverse(parts))
            {
                var there = Directory.Exists(to);
                if (there)
                    FileSystems.Exchange(staged, to);
                else
                    Directory.Move(staged, to);
                done.Add((staged, to, there));
                FileSystems.FlushFolder(Path.GetDirectoryName(to)!);
            }
        }
        catch (IOException)
        {
            foreach (var (staged, to, exchanged) in Enumerable.Reverse(done))
                if (exchanged)
                    FileSystems.Exchange(staged, to);
                else
                    Directory.Move(to, staged);
            throw;
        }
        foreach (var (staged, to, exchanged) in done)
        {
            told.Add($"Restored {to}.");
            if (!exchanged || !Directory.EnumerateFileSystemEntries(staged).Any())
                continue;
            var before = string.Create(CultureInfo.InvariantCulture, $"{to}.before-{now:yyyyMMdd-HHmmss}");
            Directory.Move(staged, before);
            told.Add($"What was there is in {before} now; remove it when all is well: sudo rm -r {before}");
        }
    }

    private void Stage(string from, string staged)
    {
        if (Path.GetDirectoryName(staged) is { } parent)
            Directory.CreateDirectory(parent);
        // Of a restore that was cut short.
        if (Directory.Exists(staged))
            Directory.Delete(staged, recursive: true);
        var own = entries.Where(e => e.Name == from || e.Name.StartsWith(from + "/", StringComparison.Ordinal)).ToList();
        foreach (var entry in own)
        {
            var path = staged + entry.Name[from.Length..];
            if (entry.IsFolder)
                Directory.CreateDirectory(path, OwnFolder);
            else if (entry.Link is { } link)
                File.CreateSymbolicLink(path, link);
            else
                WholeFile.Write(path, entry.Content, OwnerOnly);
        }
        // From the innermost: whoever is not root could not write into what is no longer theirs.
        foreach (var entry in Enumerable.Reverse(own))
        {
            var path = staged + entry.Name[from.Length..];
            if (Environment.IsPrivilegedProcess)
                OwnerOf(entry).Take(path);
            if (entry.Link is null)
                File.SetUnixFileMode(path, entry.Mode);
        }
    }

    private FileOwner OwnerOf(BackupEntry entry)
    {
        if (FileOwner.OfNames(entry.User, entry.Group) is { } owner)
            return owner;
        strangers.Add(FileOwner.OfNames(entry.User, "root") is null ? entry.User : entry.Group);
        return FileOwner.OfNames(entry.User, "root") ?? new(0, 0);
    }

    /// <summary>
    /// The number of the last start never goes down, for the others refuse a lower one. How far the others were heard is taken where nothing is known of that here.
    /// Before the rest: alone, neither does anything.
    /// </summary>
    private void KeepNumbers()
    {
        Directory.CreateDirectory(places.State);
        var owner = Environment.IsPrivilegedProcess ? FileOwner.OfUser(ClusterDirectory.AgentUser) : null;
        owner?.Take(places.State);
        if (Content(BackupContent.BootFile) is { } boot)
        {
            var file = Path.Combine(places.State, BackupContent.BootFile);
            var present = File.Exists(file) ? File.ReadAllText(file) : "";
            if (Number(Encoding.ASCII.GetString(boot)) > Number(present))
                WholeFile.Write(file, boot, owner: owner);
        }
        if (Content(BackupContent.PeersFile) is { } peers && Path.Combine(places.State, BackupContent.PeersFile) is var marks && !File.Exists(marks))
            WholeFile.Write(marks, peers, owner: owner);
    }

    private byte[]? Content(string name) => entries.FirstOrDefault(e => e.Name == $"{BackupContent.State}/{name}")?.Content;

    private static long Number(string text) => long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
