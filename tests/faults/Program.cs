using System.Diagnostics;
using DVStakers.Edge.Faults;
using DVStakers.Edge.FunctionalTests.Fakes;

// Every fault at every place with every client, many side by side: a scenario waits more than it computes.
const int AtOnce = 54;
// A scenario's slots begin with it, and what it computes is at one place of the slot: those that begin together stay together.
var apart = TimeSpan.FromMilliseconds(350);

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

var binary = Option("--agent") ?? throw new ArgumentException("--agent PATH: the native binary");
var document = Option("--document") ?? throw new ArgumentException("--document PATH: docs/fault-matrix.md");
var faults = Fault.All.Where(f => Option("--fault") is not { } only || only.Split(',').Contains(f.Name)).ToList();
var places = Place.All.Where(p => Option("--place") is not { } only || p.Name == only).ToList();
var profiles = ClientProfile.Clients.Where(p => Option("--profile") is not { } only || p.Name == only).ToList();
if (faults.Count == 0 || places.Count == 0 || profiles.Count == 0)
{
    Console.Error.WriteLine($"no such fault, place or profile; there are: {string.Join(' ', Fault.All.Select(f => f.Name))}; "
        + $"{string.Join(' ', Place.All.Select(p => p.Name))}; {string.Join(' ', ClientProfile.Clients.Select(p => p.Name))}");
    return 2;
}

List<Scenario> scenarios = [.. faults.SelectMany(f => places.SelectMany(p => profiles.Select(c => (f, p, c)))).Select((s, i) => new Scenario(i, s.f, s.p, s.c))];
// A fake that waits for a thread would look like a slow node.
ThreadPool.SetMinThreads(64, 64);
_ = Machine.Watch();
using var certificates = new Certificates();
var results = new (Scenario Scenario, IReadOnlyList<Cell> Cells)[scenarios.Count];
var began = Stopwatch.GetTimestamp();
var (done, wrong) = (0, 0);
var gate = new Lock();
var broken = await Run(scenarios, AtOnce);
if (broken.Count > 0)
{
    // What a busy machine kept from coming about says nothing of the agent; what cannot be brought about alone does.
    Console.Error.WriteLine($"{broken.Count} scenarios could not be carried out, once more: {string.Join(", ", broken.Select(s => s.Name))}");
    broken = await Run(broken, AtOnce / 6);
}

var all = results.SelectMany(r => r.Cells).ToList();
var complete = faults.Count == Fault.All.Count && places.Count == Place.All.Count && profiles.Count == ClientProfile.Clients.Count;
var stale = complete && broken.Count == 0 && !MatrixDocument.Write(document, results, check: args.Contains("--check"));
if (stale)
    Console.Error.WriteLine($"{document} is not what this run gives; run without --check to write it");
Console.WriteLine($"RESULT cells={all.Count} served={all.Count(c => c.Outcome == Outcome.Served)} refused_truthfully={all.Count(c => c.Outcome == Outcome.Refused)} wrong={wrong}");
return wrong > 0 || broken.Count > 0 || stale ? 1 : 0;

// Returns those that could not be carried out.
async Task<List<Scenario>> Run(List<Scenario> some, int atOnce)
{
    List<Scenario> failed = [];
    using var starts = new PeriodicTimer(apart);
    using var start = new SemaphoreSlim(1);
    await Parallel.ForEachAsync(some, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (scenario, _) =>
    {
        IReadOnlyList<Cell> cells = [];
        IReadOnlyList<string> log = [];
        string? failure = null;
        await start.WaitAsync(CancellationToken.None);
        await starts.WaitForNextTickAsync(CancellationToken.None);
        start.Release();
        try
        {
            (cells, log) = await scenario.Run(binary, certificates);
        }
        catch (Exception e)
        {
            // One scenario that could not be carried out must not hide the others; it makes the whole run fail.
            failure = e.ToString();
        }
        lock (gate)
            Report(scenario, cells, log, failure, failed);
    });
    return failed;
}

void Report(Scenario scenario, IReadOnlyList<Cell> cells, IReadOnlyList<string> log, string? failure, List<Scenario> failed)
{
    results[scenario.Number] = (scenario, cells);
    if (failure is not null)
    {
        failed.Add(scenario);
        Console.Error.WriteLine($"BROKEN {scenario.Name}: {failure}");
        return;
    }
    done++;
    foreach (var cell in cells.Where(c => c.Outcome == Outcome.Wrong))
    {
        wrong++;
        Console.Error.WriteLine($"WRONG {scenario.Name} {cell.Phase} {cell.Column}: {cell.Why}");
    }
    if (cells.Any(c => c.Outcome == Outcome.Wrong) && Option("--logs") is { } folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllLines(Path.Combine(folder, scenario.Name.Replace(' ', '_') + ".log"), log);
    }
    if (done % 20 == 0 || done == scenarios.Count)
        Console.Error.WriteLine($"{done} of {scenarios.Count} scenarios, {wrong} wrong cells, {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s");
}
