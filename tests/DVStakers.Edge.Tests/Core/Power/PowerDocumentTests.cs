using System.Runtime.CompilerServices;
using DVStakers.Edge.Core.Power;

namespace DVStakers.Edge.Tests.Core.Power;

public sealed class PowerDocumentTests
{
    [Fact]
    public void The_document_has_exactly_the_models_of_the_table()
    {
        var rows = Section("## Models").Where(l => l.StartsWith("| `", StringComparison.Ordinal));
        Assert.Equal(PowerModels.All.Select(m => $"| `{m.Name}` | {m.Title} | {Address(m)} | {m.Tells} |"), rows);
    }

    [Fact]
    public void Of_each_model_it_says_what_was_tried()
    {
        var rows = Section("## What was tried, and what never touched metal").Where(l => l.StartsWith("| `", StringComparison.Ordinal)).Select(l => l.Split('|')[1]);
        Assert.Equal(PowerModels.All.Select(m => $"`{m.Name}`"), rows.SelectMany(r => r.Split(',', StringSplitOptions.TrimEntries)));
    }

    private static IEnumerable<string> Section(string title) =>
        File.ReadAllLines(Document()).SkipWhile(l => l != title).Skip(1).TakeWhile(l => !l.StartsWith("## ", StringComparison.Ordinal));

    private static string Address(PowerModel model) => model.Chip is null ? ""
        : $"0x{model.Address:x2}{(model.OtherAddresses.Count == 0 ? "" : $", or 0x{model.OtherAddresses[0]:x2} to 0x{model.OtherAddresses[^1]:x2}")}";

    private static string Document([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "../../../../docs/power.md");
}
