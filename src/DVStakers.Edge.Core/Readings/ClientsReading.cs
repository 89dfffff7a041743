namespace DVStakers.Edge.Core.Readings;

/// <summary>The clients' processes as one source tells of them: systemd, or Docker.</summary>
/// <param name="Source">systemd or docker.</param>
/// <param name="Problem">Why nothing is known, in words; null: what is in the list is all there is.</param>
public sealed record ClientsReading(string Source, DateTimeOffset At, IReadOnlyList<ClientProcess> Clients, string? Problem = null);

/// <summary>A client as whoever runs it tells of it. Only looked at: the agent starts and stops none.</summary>
public sealed record ClientProcess
{
    /// <summary>The unit or the container.</summary>
    public required string Name { get; init; }

    public required ClientKind Role { get; init; }

    public required ClientState State { get; init; }

    /// <summary>It is meant to run: enabled, or its restart policy says so.</summary>
    public required bool Wanted { get; init; }

    /// <summary>By whoever runs it, since it was last started by hand.</summary>
    public int Restarts { get; init; }

    /// <summary>Bytes; null: not told.</summary>
    public long? Memory { get; init; }

    /// <summary>How the last run ended, in words: exit code 1, SIGKILL, out of memory; null: it has not ended.</summary>
    public string? LastEnd { get; init; }

    /// <summary>The last run was killed, by the kernel for memory or by SIGKILL: data may be damaged.</summary>
    public bool Killed { get; init; }

    /// <summary>Since when it is in this state; null: not told.</summary>
    public DateTimeOffset? Since { get; init; }
}

public enum ClientKind
{
    Execution,
    Consensus,
    Validator,

    /// <summary>Charon, SSV, Vouch and the like: between validator and beacon node.</summary>
    Middleware,

    Other,
}

public enum ClientState
{
    Running,
    Starting,
    Stopping,
    Stopped,
    Failed,
}
