using System.Diagnostics;
using System.Text.Json;
using DVStakers.Edge.FunctionalTests.Fakes;

namespace DVStakers.Edge.Faults;

/// <summary>When a cell was looked at.</summary>
internal enum Phase
{
    /// <summary>In the slot in which the fault began: the agent may have noticed it or not.</summary>
    During,

    /// <summary>When the agent says of each broken stack that it is not healthy.</summary>
    After,
}

/// <summary>One agent in front of three stacks of one client, and one fault at one place.</summary>
internal sealed record Scenario(int Number, Fault Fault, Place Place, ClientProfile Profile)
{
    /// <summary>A validator asks some time after its node has the block, and well before a third of the slot is over.</summary>
    private static readonly TimeSpan AsksAfterBlock = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan LongestBlindness = Site.Slot * 8;

    public string Name => $"{Fault.Name} {Place.Name} {Profile.Name}";

    /// <summary>Two nodes, each alone with its head, leave no majority: nobody can know which head is right.</summary>
    public bool Undecidable => Fault.Name == "bn-fork" && Place.Stacks.Length > 1;

    /// <summary>Every node is back from an absence, on another network, and no probe was there yet: a node is taken at its last word, for there is no other.</summary>
    public static bool AtItsLastWord(Fault fault, Place place, Phase phase) => fault.Name == "wrong-network" && place.Stacks.Length == 3 && phase == Phase.During;

    /// <summary>
    /// 1. Starts stacks and agent, all healthy. 2. Lets the fault begin as a block comes, and asks. 3. Waits until the agent has noticed, and asks again.
    /// </summary>
    public async Task<(IReadOnlyList<Cell> Cells, IReadOnlyList<string> Log)> Run(string binary, Certificates certificates)
    {
        // 1.
        var tls = Fault.Name == "tls-expired";
        await using var site = await Site.Start(Profile, name => tls && Place.Stacks.Contains(name) ? certificates.Valid : null, Number);
        await using var agent = await Agent.Start(binary, Configuration(site), tls ? certificates.File : null);
        using var client = new Client(agent.Proxy);
        var broken = site.Stacks.Where(s => Place.Stacks.Contains(s.Name)).ToList();
        foreach (var stack in broken.Where(_ => Fault.FromTheStart))
            await stack.Break(Fault, certificates.Expired);
        foreach (var stack in site.Stacks.Where(s => s.IsGood))
            await SeenAs(stack.Name, healthy: true);
        using var stream = await HeadStream.Open(client.Http);
        var questions = new Questions(client, stream);
        var oracle = new Oracle(this, site, stream);

        // 2.
        await Task.WhenAll(broken.Select(s => s.Prepare(Fault, SeenAs)));
        await site.NextBlock();
        var blinded = await questions.Blinded(site.Live.HeadSlot + 1);
        // For the second round, where by then nobody makes one any more: it is published all the same.
        var spare = await questions.Blinded(site.Live.HeadSlot + 50);
        await site.NextBlock(Fault.FromTheStart ? null : async () => await Task.WhenAll(broken.Select(s => s.Break(Fault, certificates.Expired))));
        var cells = await Look(Phase.During);

        // 3.
        var unseen = await Noticed();
        await site.NextBlock();
        blinded = await questions.Blinded(site.Live.HeadSlot) ?? spare;
        cells = [.. cells, .. await Look(Phase.After)];
        if (unseen is not null)
            cells = [.. cells.Where(c => (c.Column, c.Phase) != (Column.Own, Phase.After)), new Cell(Column.Own, Phase.After, Outcome.Wrong, unseen)];
        return (cells, agent.Log);

        async Task<IReadOnlyList<Cell>> Look(Phase phase)
        {
            var began = Stopwatch.GetTimestamp();
            await Task.Delay(AsksAfterBlock);
            var seen = await oracle.Judge(await questions.Ask(site.Best(), blinded), phase);
            return Machine.WasLateSince(began) && seen.FirstOrDefault(c => c.Outcome == Outcome.Wrong) is { } wrong ? throw new BusyMachineException(wrong.Why) : seen;
        }

        async Task SeenAs(string name, bool healthy)
        {
            if (await Until(site, agent, s => Tier(s, name) is "healthy" == healthy, LongestBlindness) is { } last)
                throw new TimeoutException($"{name} does not become {(healthy ? "" : "un")}healthy: {last}");
        }

        // Where nobody can know who is right, that they differ is all that can be seen.
        async Task<string?> Noticed() =>
            await Until(site, agent, s => Undecidable ? broken.Any(b => Tier(s, b.Name) != "healthy") : broken.All(b => Tier(s, b.Name) != "healthy"), LongestBlindness) is { } last
                ? $"the agent does not notice it within {LongestBlindness.TotalSeconds} s: {last}"
                : null;
    }

    private static string? Tier(JsonElement status, string stack) =>
        status.GetProperty("stacks").EnumerateArray().Where(s => s.GetProperty("name").GetString() == stack).Select(s => s.GetProperty("tier").GetString()).SingleOrDefault();

    /// <summary>Looks whenever the agent has asked some fake once more; null where the condition came true, else what the agent said last.</summary>
    private static async Task<string?> Until(Site site, Agent agent, Func<JsonElement, bool> condition, TimeSpan atMost)
    {
        var deadline = TimeProvider.System.GetUtcNow() + atMost;
        while (true)
        {
            var next = Task.WhenAny(site.Stacks.SelectMany(s => new FakeServer[] { s.Node, s.Execution }).Select(f =>
            {
                var count = f.Requests.All.Count;
                return f.Requests.Until(() => f.Requests.All.Count > count, TimeSpan.FromSeconds(1));
            }));
            var status = await agent.Status();
            if (condition(status))
                return null;
            if (TimeProvider.System.GetUtcNow() > deadline)
                return string.Join(", ", status.GetProperty("stacks").EnumerateArray().Select(s => $"{s.GetProperty("name")} {s.GetProperty("tier")} ({s.GetProperty("reason")})"));
            await next;
        }
    }

    private string Configuration(Site site) => "cluster: faults\nbox: box\nstacks:\n" + string.Concat(site.Stacks.Select(s =>
        $"""
          - name: {s.Name}
            beacon-node: {(Fault.FromTheStart && Place.Stacks.Contains(s.Name) ? $"http://{s.Name}.invalid:{s.Node.Address.Port}" : s.Node.Address)}
            execution-client: {s.Execution.Address}

        """));
}
