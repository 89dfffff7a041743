using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Tests.Core.Configuration;

public sealed class StackPairingTests
{
    // Per beacon node the execution clients that have its head's block; expected: client and grounds.
    public static TheoryData<int[][], int, string> Table => new()
    {
        { [], 0, "" },
        { [[0]], 1, "0 OnlyMatch" },
        { [[]], 1, "0 LastOnes" },
        { [[]], 2, "- None" },
        { [[1], [0]], 2, "1 OnlyMatch, 0 OnlyMatch" },
        { [[0, 1], [1]], 2, "0 OnlyMatch, 1 OnlyMatch" },
        { [[0, 1], [0, 1]], 2, "0 Order, 1 Order" },
        { [[0], []], 2, "0 OnlyMatch, 1 LastOnes" },
        { [[], []], 2, "- None, - None" },
        { [[0], [0]], 1, "0 OnlyMatch, - None" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Certain_pairs_come_first(int[][] holders, int executions, string expected) =>
        Assert.Equal(expected, string.Join(", ", StackPairing.Pair([.. holders.Select(h => new HashSet<int>(h))], executions)
            .Select(p => $"{p.Execution?.ToString() ?? "-"} {p.Grounds}")));
}
