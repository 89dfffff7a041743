using System.Runtime.CompilerServices;
using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Tests.Core.Configuration;

public sealed class ConfigKeysTests
{
    [Fact]
    public void The_documentation_has_exactly_the_rows_of_the_table()
    {
        var rows = File.ReadAllLines(Documentation()).TakeWhile(l => l != "## Fixed limits").Where(l => l.StartsWith("| `", StringComparison.Ordinal));
        Assert.Equal(ConfigKeys.All.Select(Row), rows);
    }

    [Fact]
    public void No_two_keys_share_an_environment_name()
    {
        Assert.Equal(ConfigKeys.All.Count, ConfigKeys.All.Select(k => k.EnvironmentName).Distinct().Count());
        Assert.Equal("EDGE_STACKS_N_BEACON_NODE", ConfigKeys.All.Single(k => k.Path == "stacks[].beacon-node").EnvironmentName);
    }

    [Fact]
    public void Every_default_is_a_value_that_its_own_key_takes()
    {
        foreach (var key in ConfigKeys.Top)
            if (key.Show(new EdgeConfig()) is { } shown)
                Assert.Equal(shown, key.Show(key.Read(new EdgeConfig(), shown)!));
    }

    [Fact]
    public void Every_group_of_keys_is_declared_and_none_is_empty()
    {
        var groups = ConfigKeys.Top.Where(k => k.Path.Contains('.')).Select(k => k.Path.Split('.')[0]).Distinct();
        Assert.Equal(ConfigKeys.Sections.Select(s => s.Path), groups);
    }

    private static string Row(ConfigKeyDescription key) =>
        $"| `{key.Path}` | {(key.Required ? "required" : key.Default is { } value ? $"`{value}`" : "")} | {key.Meaning} Allowed: {key.Allowed}. | `{key.EnvironmentName}` |";

    private static string Documentation([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "../../../../docs/configuration.md");
}
