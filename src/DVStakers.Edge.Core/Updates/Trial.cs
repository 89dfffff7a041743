namespace DVStakers.Edge.Core.Updates;

/// <summary>As systemd has it.</summary>
public enum UnitStanding
{
    Down,
    Starting,

    /// <summary>READY=1 was said.</summary>
    Active,
}

public enum ProxyAnswer
{
    /// <summary>Nobody answers.</summary>
    Silent,

    /// <summary>The agent answers for itself; no request comes to a node.</summary>
    Own,

    /// <summary>A request came to a node and back.</summary>
    Routes,
}

/// <summary>What was seen of the agent at one time.</summary>
/// <param name="Process">0: none.</param>
/// <param name="Restarts">How often systemd started it again by itself.</param>
/// <param name="IsInstalled">The process runs the file that is installed now, not one that was replaced.</param>
/// <param name="Words">The same for a person.</param>
public sealed record AgentReading(UnitStanding Unit, int Process, int Restarts, bool IsInstalled, ProxyAnswer Proxy, string Words)
{
    public bool IsReady => Unit == UnitStanding.Active && Process != 0 && IsInstalled && Proxy != ProxyAnswer.Silent;
    public bool Routes => IsReady && Proxy == ProxyAnswer.Routes;
}

public enum Verdict
{
    Waiting,
    Good,
    Bad,
}

/// <summary>Judges a version by what is seen of its agent: it must do what the agent did before the update, in time, and for a while.</summary>
/// <param name="AfterBoot">The box has only just started: its nodes need their time too.</param>
public sealed record Trial(AgentStandard Standard, bool AfterBoot)
{
    /// <summary>In one piece, by one process. Longer than the watchdog of the unit (15 s), so that a version whose loops hang is not taken for good.</summary>
    public static readonly TimeSpan Hold = TimeSpan.FromSeconds(20);

    /// <summary>For READY. A start takes a second; systemd gives up after 30 s and tries again.</summary>
    public static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(60);

    /// <summary>The same while the whole box starts.</summary>
    public static readonly TimeSpan ReadyWithinAfterBoot = TimeSpan.FromMinutes(3);

    /// <summary>For a request that comes to a node. Some slots, so that a node that is late for one is not held against the agent.</summary>
    public static readonly TimeSpan RoutesWithin = TimeSpan.FromMinutes(3);

    /// <summary>A beacon node and its execution client open their databases, find peers and catch up first.</summary>
    public static readonly TimeSpan RoutesWithinAfterBoot = TimeSpan.FromMinutes(20);

    /// <summary>As often may it end by itself; the second time shows that it was no accident.</summary>
    public const int MostEnds = 1;

    private TimeSpan? goodSince;
    private int process;
    private int? firstRestarts;

    public Verdict Verdict { get; private init; } = Standard == AgentStandard.Off ? Verdict.Good : Verdict.Waiting;

    /// <summary>Of the verdict, in words.</summary>
    public string Reason { get; private init; } = Standard == AgentStandard.Off ? "the agent was stopped before, and stays so" : "nothing is known of it yet";

    /// <param name="elapsed">Since the agent was started anew.</param>
    public Trial See(AgentReading reading, TimeSpan elapsed)
    {
        if (Verdict != Verdict.Waiting)
            return this;
        // systemd counts from anew when a person starts the unit; the first look may come before that.
        var first = Math.Min(firstRestarts ?? reading.Restarts, reading.Restarts);
        var good = Standard == AgentStandard.Routing ? reading.Routes : reading.IsReady;
        TimeSpan? since = !good ? null : goodSince is { } s && process == reading.Process ? s : elapsed;
        var (verdict, reason) = Judge(reading, elapsed, good, since, reading.Restarts - first);
        return this with { goodSince = since, process = reading.Process, firstRestarts = first, Verdict = verdict, Reason = reason };
    }

    private (Verdict, string) Judge(AgentReading reading, TimeSpan elapsed, bool good, TimeSpan? since, int ends)
    {
        if (since is { } s && elapsed - s >= Hold)
            return (Verdict.Good, reading.Words);
        var (ready, routes) = AfterBoot ? (ReadyWithinAfterBoot, RoutesWithinAfterBoot) : (ReadyWithin, RoutesWithin);
        var late = !reading.IsReady && elapsed >= ready;
        if (Standard == AgentStandard.Down)
            return late || elapsed >= routes || ends > MostEnds ? (Verdict.Good, $"{reading.Words}, as before the update") : (Verdict.Waiting, reading.Words);
        return ends > MostEnds ? (Verdict.Bad, $"the agent ended by itself {ends} times within {elapsed.TotalSeconds:0} s")
            : late ? (Verdict.Bad, $"the agent is not ready after {elapsed.TotalSeconds:0} s: {reading.Words}")
            : !good && elapsed >= routes ? (Verdict.Bad, $"the agent routes nothing after {elapsed.TotalSeconds:0} s, and did before: {reading.Words}")
            // It comes and goes.
            : elapsed >= routes + Hold ? (Verdict.Bad, $"the agent was not good for {Hold.TotalSeconds:0} s in one piece within {elapsed.TotalSeconds:0} s: {reading.Words}")
            : (Verdict.Waiting, reading.Words);
    }
}
