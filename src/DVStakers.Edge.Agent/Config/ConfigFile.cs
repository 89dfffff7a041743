using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Agent.Config;

/// <summary>Where the configuration comes from: the file, the environment over it, and the host name for what neither says.</summary>
internal static class ConfigFile
{
    /// <summary>Where the agent keeps the little that it must: as systemd names it (StateDirectory= in the unit), else where that would put it.</summary>
    public static string StateDirectory =>
        Environment.GetEnvironmentVariable("STATE_DIRECTORY")?.Split(':')[0] is { Length: > 0 } named ? named : "/var/lib/dvstakers-edge";

    public const string DefaultPath = "/etc/dvstakers-edge/edge.yaml";

    /// <param name="named">The file that the user named; it must exist. Null: <paramref name="defaultPath"/>, which need not.</param>
    /// <param name="source">In words: what was read.</param>
    public static ConfigResult Load(string? named, IReadOnlyDictionary<string, string> environment, string hostName, out string source, string defaultPath = DefaultPath)
    {
        var path = named ?? defaultPath;
        var problems = new List<ConfigProblem>();
        var root = new ConfigMap(path, []);
        source = path;
        try
        {
            using var text = new StreamReader(path);
            (root, var found) = YamlTree.Read(path, text);
            problems.AddRange(found);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException && named is null)
        {
            source = $"no file {path}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(new(path, e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : $"cannot be read: {e.Message}"));
        }
        return Read(root, environment, hostName, problems, ref source);
    }

    /// <summary>Where the cluster's files are, by a configuration that need not be good otherwise, as on a board that has not all of its secrets yet.</summary>
    /// <param name="path">It need not exist.</param>
    public static string MembershipDirectory(string path, IReadOnlyDictionary<string, string> environment)
    {
        var root = new ConfigMap(path, []);
        if (File.Exists(path))
        {
            using var text = new StreamReader(path);
            root = YamlTree.Read(path, text).Root;
        }
        var (merged, _) = EnvironmentOverrides.Apply(root, environment);
        return (merged.Find("membership")?.Value as ConfigMap)?.Find("directory")?.Value is ConfigScalar { Text: { Length: > 0 } directory }
            ? directory : new MembershipConfig().Directory;
    }

    /// <summary>The process's environment, read once.</summary>
    public static Dictionary<string, string> ProcessEnvironment()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
            variables[(string)variable.Key] = (string?)variable.Value ?? "";
        return variables;
    }

    private static ConfigResult Read(ConfigMap root, IReadOnlyDictionary<string, string> environment, string hostName, List<ConfigProblem> problems, ref string source)
    {
        var (merged, wrong) = EnvironmentOverrides.Apply(root, environment);
        problems.AddRange(wrong);
        var overrides = environment.Count(v => v.Key.StartsWith(EnvironmentOverrides.Prefix, StringComparison.Ordinal) && v.Value.Length > 0);
        if (overrides > 0)
            source += $", and {overrides} environment variable{(overrides == 1 ? "" : "s")} {EnvironmentOverrides.Prefix}...";

        var result = ConfigReader.Read(merged, new EdgeConfig { Box = BoxName(hostName) }, ConfigRules.Check, PanelRules.Check, SecretFiles.Check);
        problems.AddRange(result.Problems);
        return result with { Config = problems.TrueForAll(p => p.IsWarning) ? result.Config : null, Problems = problems };
    }

    /// <summary>A host name as a topic level; what may not stand there becomes '-'.</summary>
    private static string BoxName(string hostName)
    {
        var name = string.Concat(hostName.Take(64).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-'));
        return name.Length > 0 ? name : "box";
    }
}
