using System.Security.Cryptography;
using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Agent.Config;
using DVStakers.Edge.Core.Backup;
using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Agent.Backup;

/// <summary>Where the configuration, the cluster's files and the agent's own memory are on this box.</summary>
/// <param name="Configuration">The folder of edge.yaml; all of it belongs to the backup.</param>
/// <param name="Cluster">Usually in that folder.</param>
internal sealed record BackupPlaces(string Configuration, string Cluster, string State)
{
    /// <param name="config">The configuration file that the user named.</param>
    public static BackupPlaces Of(string? config, string membership) =>
        new(Path.GetDirectoryName(Path.GetFullPath(config ?? ConfigFile.DefaultPath))!, Path.GetFullPath(membership), Path.GetFullPath(ConfigFile.StateDirectory));

    public bool ClusterIsInside => Cluster.StartsWith(Configuration + "/", StringComparison.Ordinal);
}

/// <summary>
/// What is in a backup: the configuration's folder with the cluster's files, and of the agent's memory what keeps its place among the others: the number of its
/// last start, below which they believe nothing, and how far it has heard them, so that nothing they said before is believed again. Not in it: what is true of the old board
/// only (an outage that goes on, a drain, how long its clients took to stop, its LEDs), and the lock.
/// </summary>
internal static class BackupContent
{
    public const string Configuration = "etc";
    public const string Cluster = "cluster";
    public const string State = "state";
    public const string BootFile = "boot";
    public const string PeersFile = "peers.json";

    public static IReadOnlyList<BackupEntry> Of(BackupPlaces places, BackupManifest manifest)
    {
        List<BackupEntry> entries = [new(BackupManifest.Name, manifest.ToUtf8(), null, UnixFileMode.UserRead | UnixFileMode.UserWrite, "root", "root")];
        if (Directory.Exists(places.Configuration))
            entries.AddRange(BackupEntry.Of(places.Configuration, Configuration, LeaveOut));
        if (!places.ClusterIsInside && Directory.Exists(places.Cluster))
            entries.AddRange(BackupEntry.Of(places.Cluster, Cluster, LeaveOut));
        entries.AddRange(new[] { BootFile, PeersFile }.Select(f => new FileInfo(Path.Combine(places.State, f))).Where(f => f.Exists).Select(f => BackupEntry.Read(f, $"{State}/{f.Name}")));
        return entries;
    }

    public static BackupManifest Describe(BackupPlaces places, string box, string version, DateTimeOffset now)
    {
        var directory = new ClusterDirectory(places.Cluster);
        var member = MembershipFiles.Load(directory);
        var own = member?.Standing.Roster.Find(member.Value.Box);
        return new(BackupManifest.CurrentSchema, now, version, Environment.MachineName, member?.Box ?? box,
            member?.Standing.Roster.Cluster, member is var (_, standing) ? Fingerprint(standing.Ca.RawData) : null, member?.Standing.Roster.Version,
            own?.Gateway?.ToString(), directory.Has(ClusterDirectory.CaKey));
    }

    /// <summary>Whose place this box has, also where the rest of its files is damaged; null: nobody's.</summary>
    public static (string Box, string Ca)? Identity(string cluster)
    {
        try
        {
            var directory = new ClusterDirectory(cluster);
            if (directory.Read(ClusterDirectory.BoxCertificate) is not { } pem)
                return null;
            using var certificate = Certificates.Read(directory.In(ClusterDirectory.BoxCertificate), pem);
            using var ca = MembershipFiles.ReadCa(directory);
            return Certificates.BoxOf(certificate) is { } box ? (box, Fingerprint(ca.RawData)) : null;
        }
        catch (MembershipException)
        {
            return null;
        }
    }

    /// <summary>Files that the configuration names and the backup has not.</summary>
    public static IEnumerable<string> Elsewhere(EdgeConfig config, BackupPlaces places)
    {
        IEnumerable<string?> named = [.. config.Stacks.Select(s => s.JwtSecret), config.Mqtt?.PasswordFile, config.Power?.NutPasswordFile];
        if (TlsFiles.Of(config) is { } tls)
            named = [.. named, tls.Authority, tls.Certificate, tls.Key];
        return named.OfType<string>().Select(Path.GetFullPath).Distinct()
            .Where(f => !f.StartsWith(places.Configuration + "/", StringComparison.Ordinal) && !f.StartsWith(places.Cluster + "/", StringComparison.Ordinal));
    }

    private static string Fingerprint(byte[] certificate) => Convert.ToHexStringLower(SHA256.HashData(certificate));

    /// <summary>A lock, and what a write that was cut short left.</summary>
    private static bool LeaveOut(string path) => path.EndsWith("/.lock", StringComparison.Ordinal) || path.EndsWith(".tmp", StringComparison.Ordinal);
}
