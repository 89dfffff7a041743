using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using DVStakers.Edge.Core.Duties;
using DVStakers.Edge.Tests.Core.Messages;

namespace DVStakers.Edge.Tests.Core.Duties;

/// <summary>docs/duties.md names every key of the report, every outcome and every finding in code marks; sums are described in docs/mqtt.md.</summary>
public sealed class DutiesDocumentTests
{
    private static readonly HashSet<string> Documented = [.. new[] { "duties.md", "mqtt.md" }
        .SelectMany(page => Regex.Matches(File.ReadAllText(Document(page)), @"(?<!`)`[^`\n]+`(?!`)")).Select(m => m.Value.Trim('`', '.', '[', ']'))];

    [Fact]
    public void Every_key_of_the_report_is_documented()
    {
        var json = JsonDocument.Parse(JsonSerializer.SerializeToUtf8Bytes(DutyReport.Of(Sample.Book, "mainnet"), DutyReportJson.Default.DutyReport)).RootElement;
        Assert.Empty(Keys(json).Distinct().Except(Documented));
    }

    [Fact]
    public void Every_word_is_documented() => Assert.Empty(
        Enum.GetValues<DutyOutcome>().Select(DutyWords.Of).Concat(Enum.GetValues<OldPath>().Select(DutyWords.Of)).Concat(Enum.GetValues<DutyKind>().Select(DutyWords.Of)).Except(Documented));

    private static IEnumerable<string> Keys(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(p => Keys(p.Value).Prepend(p.Name)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Keys),
        _ => [],
    };

    private static string Document(string page, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "..", "docs", page);
}
