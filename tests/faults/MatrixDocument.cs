using System.Text;
using DVStakers.Edge.FunctionalTests.Fakes;

namespace DVStakers.Edge.Faults;

/// <summary>docs/fault-matrix.md: no times and nothing of chance in it, so that two runs with the same outcome give the same text.</summary>
internal static class MatrixDocument
{
    private static readonly (Column Column, string Title)[] Columns =
    [
        (Column.Own, "own health"), (Column.AttestationData, "attestation data"), (Column.BlockProduction, "block production"),
        (Column.Aggregate, "aggregate"), (Column.HeadRead, "head"), (Column.Duties, "duties"), (Column.PlainRead, "other reads"),
        (Column.Submission, "submissions"), (Column.Preparation, "preparation"), (Column.SignedBlock, "signed block"),
        (Column.BlindedBlock, "blinded block"), (Column.EventStream, "event stream"), (Column.Never, "never"),
    ];

    /// <summary>False where it was to be checked and differs.</summary>
    public static bool Write(string path, IReadOnlyList<(Scenario Scenario, IReadOnlyList<Cell> Cells)> results, bool check)
    {
        var text = Text(results);
        if (check)
            return File.Exists(path) && File.ReadAllText(path) == text;
        File.WriteAllText(path, text);
        return true;
    }

    private static string Text(IReadOnlyList<(Scenario Scenario, IReadOnlyList<Cell> Cells)> results)
    {
        var text = new StringBuilder(Legend(results));
        text.AppendLine(string.Join(" | ", ["", "fault", "at", .. Columns.Select(c => c.Title), ""]).Trim());
        text.AppendLine("|" + string.Concat(Enumerable.Repeat("---|", Columns.Length + 2)));
        foreach (var row in results.GroupBy(r => (r.Scenario.Fault, r.Scenario.Place)))
        {
            var cells = row.SelectMany(r => r.Cells).ToLookup(c => c.Column);
            text.AppendLine(string.Join(" | ", ["", row.Key.Fault.Name, row.Key.Place.Name, .. Columns.Select(c => Letters(row.Key.Fault, row.Key.Place, c.Column, cells[c.Column])), ""]).Trim());
        }
        return text.ToString();
    }

    private static string Letters(Fault fault, Place place, Column column, IEnumerable<Cell> cells)
    {
        if (cells.Any(c => c.Outcome == Outcome.Wrong))
            return "**WRONG**";
        var (during, after) = (Letter(Phase.During), Letter(Phase.After));
        return during == after ? after : $"{during} > {after}";

        string Letter(Phase phase) => Oracle.Demanded(fault, place, column, phase) switch { Demand.Served => "S", Demand.Refused => "R", _ => "E" };
    }

    private static string Legend(IReadOnlyList<(Scenario Scenario, IReadOnlyList<Cell> Cells)> results) => $"""
        # Fault matrix

        Written by `tests/faults/run.sh`, which runs the native agent in front of three stacks of fakes (primary, secondary, and a peer that is 100 ms away), brings one fault to one place, and asks what validators ask: {results.Count} scenarios, {results.Sum(r => r.Cells.Count)} cells, none of them wrong unless it says so. The fakes are real HTTP servers and lie as the clients do: {string.Join(", ", ClientProfile.Clients.Select(c => c.Name))}. A row stands for all six.

        Each class of request is asked twice: **during**, 300 ms after the block in whose slot the fault began, when the agent may or may not have noticed it; and **after**, when it says of each broken stack that it is not healthy. It must say so within eight slots.

        | letter | the validator must see, and sees |
        |---|---|
        | S | the right answer, within 2 s (the time-out of DVT clients) |
        | R | an error that says what is wrong; for health any status but 200 |
        | E | one of the two: the best that is left, or an error |
        | X > Y | X during, Y after |

        ## What is right

        Judged from the fault, its place and the fakes alone, by nothing that the agent says of itself.

        - **While one stack is well and can be reached, everything is served.** That stack's word is what counts: attestation data, the parent of a block, the root that sync committees sign and the head event are of its head, in the slot of the fault too. A node whose head is not verified gives none of them, even where its root is the same, and no answer comes from another network.
        - **Attestation data** is asked for three times, twice at once: never two different answers.
        - **Aggregates** are only on nodes that saw the data: a 404 of one is no answer while another has it.
        - **Submissions** reach every node that is there and on this network, whatever is wrong with its head or its execution client: it still gossips. One acceptance is success. A node on another network never gets any.
        - **A blinded block** is published first by the node that made it, as long as that can be connected to.
        - **The event stream** does not end, tells the head within 2 s, and tells none twice.
        - **Never**: what belongs to DVT middleware and to debugging is refused and reaches no node.

        At `all` three stacks nobody is well, and less is true:

        - Attestation data and blocks on the newest verified head that is left, or an error: both are truthful (E), because nobody can know of a newer one, and an old head that is right beats nothing. Where no head is verified (`el-syncing`, `optimistic`) an error is the only truth, whatever the node itself says: Prysm answers 200.
        - Reads and submissions go on as long as a node answers. What comes from a head that is not verified says so in its own flag.
        - Health is not 200 once the agent knows that no stack qualifies. Where all nodes stand still together (`stale-head`, `no-peers`, `clock-off`, `bn-fork`) or are merely slow, this box cannot tell it from empty slots, and may say either.
        - `wrong-network` during: every node is back from an absence and no probe was there yet. Reads and submissions go by a node's last word then (E); what is signed does not.

        `bn-fork` at more than one place leaves each node alone with its head, and nobody can know which is right: one consistent answer from a head that some node has is right there. A `wrong-network` node was away long enough to be missed before it came back. `dns-gone` is so from the start: making a name stop to resolve would change the machine. `returns` is looked at when the node dies for the second time, after it was healthy again.

        | fault | what it is |
        |---|---|
        {string.Join('\n', Fault.All.Select(f => $"| {f.Name} | {f.Title} |"))}

        ## The matrix


        """;
}
