// Modes of files are there on Linux, and the agent runs nowhere else.
#pragma warning disable CA1416

using System.Text;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Linux.Files;

namespace DVStakers.Edge.Agent.Cli;

/// <summary>How mosquitto comes to know of a changed file.</summary>
internal enum BrokerChange
{
    None,

    /// <summary>SIGHUP is enough: it reads the ACL and the revoked certificates anew.</summary>
    Reload,

    /// <summary>Bridges and listeners are made at its start only.</summary>
    Restart,
}

/// <param name="Name">Below mosquitto's configuration folder.</param>
internal sealed record BrokerFile(string Name, byte[] Content, BrokerChange Change);

/// <summary>
/// The files of a box's mosquitto, below its configuration folder: <c>conf.d/dvstakers-edge.conf</c>, and <c>dvstakers-edge/</c> with all that it names.
/// mosquitto runs as a user of its own and cannot read the agent's directory, so it gets copies, the key among them; that user and root can read them.
/// </summary>
internal static class BrokerFiles
{
    public const string Configuration = "conf.d/dvstakers-edge.conf";
    public const string Folder = "dvstakers-edge";
    private const string Group = "mosquitto";

    private const UnixFileMode ForGroup = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
    private const UnixFileMode FolderForGroup = ForGroup | UnixFileMode.UserExecute | UnixFileMode.GroupExecute;

    /// <exception cref="RosterException">Roster or certificates cannot be used.</exception>
    /// <exception cref="IOException">A file of the membership cannot be read.</exception>
    public static IReadOnlyList<BrokerFile> Compose(string membership, BrokerPlan plan)
    {
        string[] copies = [BrokerFileNames.Authority, BrokerFileNames.Certificate, BrokerFileNames.Key, .. plan.HasRevocations ? new[] { BrokerFileNames.Revocations } : []];
        return
        [
            new(Configuration, Encoding.UTF8.GetBytes(BrokerConfiguration.Of(plan)), BrokerChange.Restart),
            new($"{Folder}/{BrokerFileNames.Acl}", Encoding.UTF8.GetBytes(BrokerAcl.Of(plan)), BrokerChange.Reload),
            new($"{Folder}/{BrokerFileNames.Passwords}", [], BrokerChange.Restart),
            .. copies.Select(name => new BrokerFile($"{Folder}/{name}", File.ReadAllBytes(Path.Combine(membership, name)),
                name == BrokerFileNames.Revocations ? BrokerChange.Reload : BrokerChange.Restart)),
        ];
    }

    /// <summary>Those that are not there, or not as they should be.</summary>
    public static List<BrokerFile> Changed(string folder, IEnumerable<BrokerFile> files) =>
        [.. files.Where(f => Path.Combine(folder, f.Name) is var path && !(File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(f.Content)))];

    /// <summary>Each whole or not at all.</summary>
    /// <returns>False: the files could not be given to mosquitto's group.</returns>
    public static bool Write(string folder, IEnumerable<BrokerFile> files)
    {
        var group = FileGroup.Find(Group);
        var given = true;
        Directory.CreateDirectory(Path.Combine(folder, Path.GetDirectoryName(Configuration)!));
        Give(Directory.CreateDirectory(Path.Combine(folder, Folder), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName, FolderForGroup);
        foreach (var file in files)
        {
            // mosquitto reads what ends in .conf, so not what is unfinished.
            given &= WholeFile.Write(Path.Combine(folder, file.Name), file.Content, ForGroup, group) && group is not null;
        }
        return given;

        void Give(string path, UnixFileMode mode)
        {
            given &= group is { } id && FileGroup.TrySet(path, id);
            File.SetUnixFileMode(path, mode);
        }
    }
}
