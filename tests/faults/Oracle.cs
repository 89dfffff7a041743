using System.Text.Json.Nodes;
using DVStakers.Edge.FunctionalTests.Fakes;

namespace DVStakers.Edge.Faults;

internal enum Outcome
{
    Served,
    Refused,
    Wrong,
}

/// <param name="Why">For a wrong one: what was expected, and what was seen.</param>
internal sealed record Cell(Column Column, Phase Phase, Outcome Outcome, string Why);

/// <summary>
/// Says of each cell what a validator must see, from the fault, its place and the fakes alone, and whether it saw that. It knows nothing of how the agent
/// decides: where a healthy stack can be reached it must be used, and where there is none, an error beats an answer that cannot be right.
/// </summary>
internal sealed class Oracle(Scenario scenario, Site site, HeadStream stream)
{
    /// <summary>The time-out of DVT clients.</summary>
    private static readonly TimeSpan InTime = TimeSpan.FromSeconds(2);

    /// <summary>A refusal may wait for a node that hangs, for two slots and something.</summary>
    private static readonly TimeSpan ToTheEnd = Site.Slot * 3;

    private bool atItsLastWord;

    private bool AnyGood => site.Stacks.Any(s => s.IsGood);

    public static Demand Demanded(Fault fault, Place place, Column column, Phase phase) => column switch
    {
        Column.Never => Demand.Refused,
        _ when place.Stacks.Length < 3 => Demand.Served,
        Column.AttestationData => fault.Attests,
        Column.BlockProduction => fault.Builds,
        _ when Scenario.AtItsLastWord(fault, place, phase) => Demand.Either,
        Column.Own => phase == Phase.During ? Demand.Either : fault.Health,
        // The root alone says nothing of being verified: its flag does.
        Column.HeadRead or Column.Duties or Column.PlainRead or Column.Aggregate => fault.Reads,
        Column.EventStream => Demand.Either,
        _ => fault.Takes,
    };

    public async Task<IReadOnlyList<Cell>> Judge(Round round, Phase phase)
    {
        atItsLastWord = Scenario.AtItsLastWord(scenario.Fault, scenario.Place, phase);
        List<Cell> cells = [];
        foreach (var column in Enum.GetValues<Column>())
            cells.Add(Judge(column, phase, await Look(column, round, phase)));
        return cells;
    }

    private Cell Judge(Column column, Phase phase, Seen seen)
    {
        var demand = Demanded(scenario.Fault, scenario.Place, column, phase);
        return (seen.Outcome, demand) switch
        {
            (Outcome.Refused, Demand.Served) => new Cell(column, phase, Outcome.Wrong, "must be served, and was refused: " + seen.Words),
            (Outcome.Served, Demand.Refused) => new Cell(column, phase, Outcome.Wrong, "must be refused, and was served: " + seen.Words),
            _ => new Cell(column, phase, seen.Outcome, seen.Outcome == Outcome.Wrong ? seen.Words : ""),
        };
    }

    private async Task<Seen> Look(Column column, Round round, Phase phase) => column switch
    {
        Column.Own => Own(round, phase),
        Column.AttestationData => AttestationData(round),
        Column.BlockProduction => All([round.Block], a => Head(a, a.Json?["data"]?["block"]?["parent_root"], round)),
        Column.Aggregate => All(round.Aggregates, a => Network(a)
            ?? Equal("the head", round.Head.HeadRoot, a.Json?["data"]?["data"]?["beacon_block_root"] ?? a.Json?["data"]?["beacon_block_root"])),
        Column.HeadRead or Column.Duties or Column.PlainRead when atItsLastWord => All([.. round.Heads, .. round.Duties, .. round.Reads], _ => null),
        Column.HeadRead => All(round.Heads, a => AnyGood ? Head(a, a.Json?["data"]?["root"], round) : Network(a) ?? Flagged(a)),
        Column.Duties => All(round.Duties, Verified),
        // Genesis is the same on every node of the network, whatever its head.
        Column.PlainRead => All(round.Reads, a => a.Body.Contains("genesis_time", StringComparison.Ordinal) ? Network(a) : Verified(a)),
        Column.Submission => await Delivered(round.Submissions),
        Column.Preparation => await Delivered([round.Preparation]),
        Column.SignedBlock => await Delivered([round.SignedBlock]),
        Column.BlindedBlock => await Revealed(round),
        Column.EventStream => Streamed(round),
        Column.Never => Never(round),
        _ => throw new ArgumentOutOfRangeException(nameof(column)),
    };

    private Seen Own(Round round, Phase phase)
    {
        var claims = round.Syncing.Ok && round.Syncing.Json?["data"] is { } d && !Flag(d, "is_syncing") && !Flag(d, "is_optimistic") && !Flag(d, "el_offline");
        if (round.Health.Status is not (200 or 206 or 503))
            return new(Outcome.Wrong, "/health: " + round.Health.Words);
        if (phase == Phase.After && claims != (round.Health.Status == 200))
            return new(Outcome.Wrong, $"/health says {round.Health.Status}, /syncing {round.Syncing.Words}");
        if (AnyGood && phase == Phase.After && round.Syncing.Json?["data"]?["head_slot"]?.GetValue<string>() is { } slot && ulong.Parse(slot) + 1 < round.Head.HeadSlot)
            return new(Outcome.Wrong, $"the head is at slot {round.Head.HeadSlot}, /syncing {round.Syncing.Words}");
        return round.Health.Status == 200 ? new(Outcome.Served, "200") : new(Outcome.Refused, $"/health {round.Health.Status}");
    }

    private Seen AttestationData(Round round)
    {
        var given = round.AttestationData.Where(a => a.Ok).Select(a => a.Json?["data"]?.ToJsonString()).Distinct().ToList();
        if (given.Count > 1)
            return new(Outcome.Wrong, $"{given.Count} different data for one slot and committee: {string.Join(" / ", given)}");
        return All(round.AttestationData, a => Equal("the slot", $"{round.Slot}", a.Json?["data"]?["slot"]) ?? Head(a, a.Json?["data"]?["beacon_block_root"], round));
    }

    private async Task<Seen> Delivered(Submitted[] submitted)
    {
        var takers = site.Stacks.Where(s => s.TakesSubmissions).ToList();
        if (scenario.Fault.Name != "wrong-network" || AnyGood)
            foreach (var s in submitted)
                foreach (var taker in takers)
                    if (!await Gets(taker, s))
                        return new(Outcome.Wrong, $"{taker.Name} never got POST {s.Path}; the client got {s.Answer.Words}");
        return All([.. submitted.Select(s => s.Answer)], _ => null) is { Outcome: not Outcome.Wrong } seen && Leaked(submitted) is { } leak ? new(Outcome.Wrong, leak)
            : All([.. submitted.Select(s => s.Answer)], _ => null);
    }

    private string? Leaked(IEnumerable<Submitted> submitted) => atItsLastWord ? null : submitted
        .SelectMany(s => site.Stacks.Where(t => t.Fault?.Name == "wrong-network" && Has(t, s)).Select(t => $"{t.Name}, on another network, got POST {s.Path}")).FirstOrDefault();

    private async Task<Seen> Revealed(Round round)
    {
        if (round.BlindedBlock is not { } block)
            return AnyGood ? new(Outcome.Wrong, "no node made a blinded block") : new(Outcome.Refused, "no node made one");
        var maker = site.Stacks.Single(s => s.Name == round.Maker);
        if (Leaked([block]) is { } leak)
            return new(Outcome.Wrong, leak);
        if (maker.Fault is not { Closed: true } and not { Name: "wrong-network" })
        {
            if (!await Gets(maker, block))
                return new(Outcome.Wrong, $"its maker {maker.Name} never got it; the client got {block.Answer.Words}");
            var first = site.Stacks.Where(s => Has(s, block)).MinBy(s => s.Node.Requests.All.First(r => r.Text == block.Body).Arrived)!;
            if (first != maker)
                return new(Outcome.Wrong, $"{first.Name} got it before its maker {maker.Name}");
        }
        return All([block.Answer], _ => null);
    }

    private Seen Streamed(Round round)
    {
        var repeated = stream.Blocks.GroupBy(b => b).Where(g => g.Count() > 1).Select(g => $"{g.Key[..10]} {g.Count()} times").ToList();
        if (repeated.Count > 0)
            return new(Outcome.Wrong, "heads told more than once: " + string.Join(", ", repeated));
        if (stream.Ended is { } why)
            return new(Outcome.Wrong, "the stream ended: " + why);
        var other = Enumerable.Range(100, 100).Select(slot => FakeChain.Hash($"block other network {slot}")).Intersect(stream.Blocks).Count();
        if (other > 0)
            return new(Outcome.Wrong, $"{other} heads of another network were told");
        return round.HeadTold || scenario.Undecidable ? new(Outcome.Served, "") : new(Outcome.Refused, $"the head of slot {round.Head.HeadSlot} was not told within 2 s");
    }

    private Seen Never(Round round)
    {
        var asked = site.Stacks.SelectMany(s => s.Node.Requests.All)
            .FirstOrDefault(r => r.Path.Contains("selections", StringComparison.Ordinal) || r.Path.Contains("/debug/", StringComparison.Ordinal));
        return asked is not null ? new(Outcome.Wrong, $"a node was asked {asked.Method} {asked.Path}")
            : round.Never.FirstOrDefault(a => a.Status != 404) is { } wrong ? new(Outcome.Wrong, wrong.Words)
            : All(round.Never, _ => null);
    }

    /// <summary>Served where every answer is a right one and in time; refused where some are, truthfully; wrong otherwise.</summary>
    private Seen All(Answer[] answers, Func<Answer, string?> complaint)
    {
        var seen = Outcome.Served;
        var words = answers[0].Words;
        foreach (var answer in answers)
        {
            if (answer.Took > (AnyGood ? InTime : ToTheEnd))
                return new(Outcome.Wrong, $"too late: {answer.Words}");
            if (answer.Ok && complaint(answer) is { } wrong)
                return new(Outcome.Wrong, $"{wrong}: {answer.Words}");
            if (answer.Ok)
                continue;
            if (answer.Status is not (404 or >= 500) || answer.Json?["message"]?.GetValue<string>() is not { Length: > 0 })
                return new(Outcome.Wrong, $"neither an answer nor an error that says what is wrong: {answer.Words}");
            (seen, words) = (Outcome.Refused, answer.Words);
        }
        return new(seen, words);
    }

    /// <summary>The answer rests on the right head, and on one that its node has verified.</summary>
    private string? Head(Answer answer, JsonNode? root, Round round)
    {
        if (Verified(answer) is { } complaint)
            return complaint;
        if (scenario.Fault.Unverified && answer.From is { } from && !site.Stacks.Single(s => s.Name == from).IsGood)
            return $"from {from}, whose head is not verified";
        return scenario.Undecidable && site.Stacks.Any(s => s.Node.Chain.HeadRoot == root?.GetValue<string>()) ? null : Equal("the head", round.Head.HeadRoot, root);
    }

    /// <summary>Not from another network; and where a healthy stack is there, not from one whose head is not verified.</summary>
    private string? Verified(Answer answer) => Network(answer)
        ?? (AnyGood && scenario.Fault.Unverified && answer.From is { } from && !site.Stacks.Single(s => s.Name == from).IsGood ? $"from {from}, whose head is not verified" : null);

    private string? Network(Answer answer) =>
        answer.From is { } from && site.Stacks.Single(s => s.Name == from).Fault?.Name == "wrong-network" ? $"from {from}, which is on another network" : null;

    /// <summary>Nobody is healthy: then a head that is not verified must at least say so.</summary>
    private string? Flagged(Answer answer) =>
        scenario.Fault.Unverified && answer.Json?["execution_optimistic"]?.GetValue<bool>() != true ? "not verified, and does not say so" : null;

    private static string? Equal(string what, string expected, JsonNode? seen) =>
        seen?.GetValue<string>() == expected ? null : $"{what} is {expected}, not {seen?.GetValue<string>() ?? "missing"}";

    private static bool Flag(JsonNode data, string name) => data[name]?.GetValue<bool>() == true;

    private static bool Has(Stack stack, Submitted submitted) => stack.Node.Requests.All.Any(r => r.Method == "POST" && r.Path == submitted.Path && r.Text == submitted.Body);

    private static async Task<bool> Gets(Stack stack, Submitted submitted)
    {
        try
        {
            await stack.Node.Requests.Until(() => Has(stack, submitted), InTime);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private readonly record struct Seen(Outcome Outcome, string Words);
}
