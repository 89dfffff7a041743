using System.Runtime.CompilerServices;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Tests.Core.State;

public sealed class ConditionsDocumentTests
{
    [Fact]
    public void Every_condition_is_in_the_document_with_its_severity_title_and_remedy()
    {
        var rows = File.ReadAllLines(Document()).Where(l => l.StartsWith("| `", StringComparison.Ordinal)).ToList();
        var expected = Conditions.All.Select(c => $"| `{c.Code}` | {c.Severity.ToString().ToLowerInvariant()} | {c.Title} | {c.Remedy} |");
        Assert.Equal(expected, rows);
    }

    [Fact]
    public void Codes_are_unique() => Assert.Equal(Conditions.All.Count, Conditions.All.Select(c => c.Code).Distinct().Count());

    private static string Document([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "..", "docs", "conditions.md");
}
