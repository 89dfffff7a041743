using System.Runtime.CompilerServices;
using DVStakers.Edge.Core.Power;

namespace DVStakers.Edge.Tests.Core.Power;

public sealed class PowerDocumentTests
{
    [Fact]
    public void The_document_has_exactly_the_models_of_the_table()
    {
        var rows = File.ReadAllLines(Document()).Where(l => l.StartsWith("| `", StringComparison.Ordinal) && !l.Contains("-line`", StringComparison.Ordinal));
        Assert.Equal(PowerModels.All.Select(m => $"| `{m.Name}` | {m.Title} | {Address(m)} | {m.Tells} |"), rows);
    }

    private static string Address(PowerModel model) => model.Chip is null ? ""
        : $"0x{model.Address:x2}{(model.OtherAddresses.Count == 0 ? "" : $", or 0x{model.OtherAddresses[0]:x2} to 0x{model.OtherAddresses[^1]:x2}")}";

    private static string Document([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "../../../../docs/power.md");
}
