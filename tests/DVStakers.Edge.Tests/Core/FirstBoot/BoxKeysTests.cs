using System.Runtime.CompilerServices;
using DVStakers.Edge.Core.FirstBoot;

namespace DVStakers.Edge.Tests.Core.FirstBoot;

public sealed class BoxKeysTests
{
    [Fact]
    public void The_documentation_has_exactly_the_rows_of_the_table()
    {
        var rows = File.ReadAllLines(At("docs/image.md")).SkipWhile(l => l != "## box.yaml").TakeWhile(l => l != "## Fixed limits").Where(l => l.StartsWith("| `", StringComparison.Ordinal));
        Assert.Equal(BoxKeys.All.Select(k => $"| `{k.Path}` | {k.Meaning} Allowed: {k.Allowed}. |"), rows);
    }

    [Fact]
    public void The_example_on_the_boot_partition_names_known_keys_only()
    {
        // Its comments taken away, it has one thing to be filled in, which is the key.
        var text = string.Join('\n', File.ReadAllLines(At("firmware-scripts/image/box.yaml.example")).Where(l => !(l.StartsWith("# ", StringComparison.Ordinal) && l[2] != ' ')).Select(l => l.TrimStart('#')));
        var read = BoxReaderTests.Read(text);
        Assert.Contains("a key (ssh-ed25519) that was damaged or cut off", Assert.Single(read.Problems, p => !p.IsWarning).Text, StringComparison.Ordinal);
        Assert.Equal("nuc-1", read.File.Name);
        Assert.NotNull(read.File.Agent);
    }

    private static string At(string path, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "../../../..", path);
}
