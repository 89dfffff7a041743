using DVStakers.Edge.Agent.Config;
using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Tests.Agent.Config;

/// <summary>Reads a configuration as a test writes it, from a real file named edge.yaml.</summary>
internal static class Written
{
    public static ConfigResult Read(string yaml, params (string Name, string Value)[] environment)
    {
        var directory = Directory.CreateTempSubdirectory("edge-config-");
        try
        {
            var file = Path.Combine(directory.FullName, "edge.yaml");
            File.WriteAllText(file, yaml);
            var result = ConfigFile.Load(file, environment.ToDictionary(v => v.Name, v => v.Value), "nuc 1", out _);
            return result with { Problems = [.. result.Problems.Select(p => new ConfigProblem(Short(p.Where), Short(p.Text), p.IsWarning))] };

            string Short(string text) => text.Replace(directory.FullName + "/", "", StringComparison.Ordinal);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    public static EdgeConfig Good(string yaml, params (string Name, string Value)[] environment)
    {
        var result = Read(yaml, environment);
        Assert.Empty(result.Problems);
        return result.Config!;
    }
}
