using System.Formats.Tar;
using DVStakers.Edge.Core.Backup;
using DVStakers.Edge.Linux.Files;

namespace DVStakers.Edge.Agent.Backup;

/// <summary>A file, folder or link of a backup.</summary>
/// <param name="Name">With '/', relative, of plain parts.</param>
/// <param name="Link">Where a link leads; null: it is none.</param>
/// <param name="Content">Null: a folder, or a link.</param>
internal sealed record BackupEntry(string Name, byte[]? Content, string? Link, UnixFileMode Mode, string User, string Group)
{
    private const int MostEntries = 10_000;
    private const UnixFileMode Permissions = (UnixFileMode)0b111_111_111;

    public bool IsFolder => Content is null && Link is null;

    /// <summary>All that is in a folder, itself first, under another name.</summary>
    public static IEnumerable<BackupEntry> Of(string folder, string name, Func<string, bool> leaveOut)
    {
        yield return Read(new DirectoryInfo(folder), name);
        foreach (var found in new DirectoryInfo(folder).EnumerateFileSystemInfos().OrderBy(f => f.Name, StringComparer.Ordinal))
            if (leaveOut(found.FullName))
                continue;
            else if (found is DirectoryInfo { LinkTarget: null })
                foreach (var below in Of(found.FullName, $"{name}/{found.Name}", leaveOut))
                    yield return below;
            else
                yield return Read(found, $"{name}/{found.Name}");
    }

    public static BackupEntry Read(FileSystemInfo file, string name)
    {
        var (user, group) = FileOwner.Of(file.FullName)?.Names() ?? throw new IOException($"{file.FullName} went away while it was read");
        return new(name, file is FileInfo { LinkTarget: null } ? File.ReadAllBytes(file.FullName) : null, file.LinkTarget, file.LinkTarget is null ? file.UnixFileMode & Permissions : Permissions, user, group);
    }

    /// <summary>As a tar archive, which every system can read.</summary>
    public static byte[] Pack(IEnumerable<BackupEntry> entries, DateTimeOffset at)
    {
        using var archive = new MemoryStream();
        using (var tar = new TarWriter(archive, TarEntryFormat.Pax, leaveOpen: true))
            foreach (var entry in entries)
                tar.WriteEntry(new PaxTarEntry(entry.Link is not null ? TarEntryType.SymbolicLink : entry.IsFolder ? TarEntryType.Directory : TarEntryType.RegularFile, entry.Name)
                {
                    Mode = entry.Mode, UserName = entry.User, GroupName = entry.Group, ModificationTime = at,
                }.With(entry));
        return archive.ToArray();
    }

    /// <exception cref="BackupException">It is no such archive.</exception>
    public static IReadOnlyList<BackupEntry> Unpack(byte[] archive)
    {
        List<BackupEntry> entries = [];
        HashSet<string> links = [];
        try
        {
            using var tar = new TarReader(new MemoryStream(archive));
            while (tar.GetNextEntry(copyData: true) is { } found)
            {
                var name = found.Name.TrimEnd('/');
                // It is authentic, but a restore runs as root.
                if (name.Split('/').Any(part => part is "" or "." or "..") || entries.Count == MostEntries || IsBelow(name, links))
                    throw new BackupException($"'{name}' is no file of a backup");
                if (found.EntryType == TarEntryType.SymbolicLink)
                    links.Add(name);
                entries.Add(found.EntryType switch
                {
                    TarEntryType.Directory => new(name, null, null, found.Mode & Permissions, Named(found).User, Named(found).Group),
                    TarEntryType.SymbolicLink => new(name, null, found.LinkName, Permissions, Named(found).User, Named(found).Group),
                    TarEntryType.RegularFile => new(name, Bytes(found), null, found.Mode & Permissions, Named(found).User, Named(found).Group),
                    var other => throw new BackupException($"'{name}' is of a kind that is in no backup ({other})"),
                });
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException or NotSupportedException or ArgumentException)
        {
            throw new BackupException($"what is in it is no archive, although it is authentic ({e.Message}): it was not made by this program", e);
        }
        return entries;
    }

    /// <summary>It would be written to where a link leads.</summary>
    private static bool IsBelow(string name, HashSet<string> links)
    {
        for (var end = name.IndexOf('/', StringComparison.Ordinal); end > 0; end = name.IndexOf('/', end + 1))
            if (links.Contains(name[..end]))
                return true;
        return false;
    }

    private static (string User, string Group) Named(TarEntry entry) => entry is PosixTarEntry posix ? (posix.UserName, posix.GroupName) : ("root", "root");

    private static byte[] Bytes(TarEntry entry)
    {
        if (entry.DataStream is not { } data)
            return [];
        using var copy = new MemoryStream();
        data.CopyTo(copy);
        return copy.ToArray();
    }
}

file static class TarKinds
{
    /// <summary>Only a file may have a content, and only a link a name that it leads to.</summary>
    public static PaxTarEntry With(this PaxTarEntry packed, BackupEntry entry)
    {
        if (entry.Link is { } link)
            packed.LinkName = link;
        else if (entry.Content is { } content)
            packed.DataStream = new MemoryStream(content);
        return packed;
    }
}
