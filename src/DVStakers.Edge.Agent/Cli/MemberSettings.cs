using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Agent.Config;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Agent.Cli;

/// <summary>What a member's configuration needs, so that the others hear of it and can borrow. A file that is there is never changed.</summary>
internal static class MemberSettings
{
    private const string Mqtt = "mqtt:\n  tls: cluster\n";
    private const string Gateway = "gateway: {}\n";

    /// <summary>Writes the configuration where there is none, and says so; else names what is missing in it. Begins with a line break, or is empty.</summary>
    /// <param name="named">The file that the user named.</param>
    public static string Complete(string? named, ClusterDirectory directory, string defaultPath = ConfigFile.DefaultPath)
    {
        var file = named ?? defaultPath;
        var read = ConfigFile.Load(named, ConfigFile.ProcessEnvironment(), Environment.MachineName, out _, defaultPath);
        if (read.Config is not { } config || MembershipFiles.Load(directory) is not var (box, standing))
            return "";
        var missing = Missing(config, standing.Roster.Find(box)!);
        if (missing.Length == 0)
            return "";
        if (!File.Exists(file))
        {
            try
            {
                WriteNew(file, $"# What a member of cluster {standing.Roster.Cluster} needs. Every setting: docs/configuration.md\n{missing}");
                return $"\nWrote {file}: MQTT to this box's own broker{(missing.Contains(Gateway, StringComparison.Ordinal) ? ", and its nodes lent to the others" : "")}.";
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return $"\nThere is no {file}, and it cannot be written ({e.Message}). It needs:\n{missing.TrimEnd()}";
            }
        }
        return $"\nAdd to {file}, so that the others hear of this box{(missing.Contains(Gateway, StringComparison.Ordinal) ? " and can borrow its nodes" : "")}:\n{missing.TrimEnd()}";
    }

    /// <summary>The lines that are not there.</summary>
    public static string Missing(EdgeConfig config, Member own) =>
        (config.Mqtt is null ? Mqtt : "") + (config.Gateway is null && Lends(own) ? Gateway : "");

    /// <summary>The roster tells the others to look for its nodes.</summary>
    private static bool Lends(Member own) => own is { Role: MemberRole.Full, Gateway: not null };

    private static void WriteNew(string file, string text)
    {
        // The agent's user reads it too.
        using var stream = new FileStream(file, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
        });
        stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
    }
}
