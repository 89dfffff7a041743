using System.Diagnostics;

namespace DVStakers.Edge.Fuzz;

/// <summary>What became of a target's inputs.</summary>
internal sealed class Tally
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, long> outcomes = [];
    private readonly long began = Stopwatch.GetTimestamp();
    private long inputs, believed, refused, upstream;
    private double slowest, mostAllocated;
    private string slowestWhat = "", mostAllocatedWhat = "";

    public long Input() => Interlocked.Increment(ref inputs);
    public long Inputs => Interlocked.Read(ref inputs);
    public void Believed() => Interlocked.Increment(ref believed);
    public void Refused() => Interlocked.Increment(ref refused);
    public void Upstream() => Interlocked.Increment(ref upstream);
    public long UpstreamCount => Interlocked.Read(ref upstream);

    /// <summary>Kept where it is the slowest or largest yet.</summary>
    public void Cost(TimeSpan took, double allocatedShare, int bytes, string what)
    {
        if (took.TotalMilliseconds <= slowest && allocatedShare <= mostAllocated)
            return;
        lock (gate)
        {
            if (took.TotalMilliseconds > slowest)
                (slowest, slowestWhat) = (took.TotalMilliseconds, $"{bytes} bytes, {what}");
            if (allocatedShare > mostAllocated)
                (mostAllocated, mostAllocatedWhat) = (allocatedShare, $"{bytes} bytes, {what}");
        }
    }

    public void Add(IReadOnlyDictionary<string, long> seen)
    {
        lock (gate)
            foreach (var (outcome, times) in seen)
                outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + times;
    }

    public IReadOnlyDictionary<string, long> Outcomes => outcomes;

    public void Print(string target, long failures)
    {
        foreach (var (outcome, times) in outcomes.OrderByDescending(o => o.Value).Take(25))
            Console.WriteLine($"  {times,10}  {outcome}");
        Console.WriteLine($"  {outcomes.Count} kinds of outcome; slowest {slowest:0.0} ms ({slowestWhat}); most allocated {mostAllocated:0.00} of what is allowed ({mostAllocatedWhat})");
        Console.WriteLine($"RESULT fuzz target={target} inputs={inputs} seconds={Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} believed={believed} refused={refused} upstream={upstream} failures={failures}");
    }
}
