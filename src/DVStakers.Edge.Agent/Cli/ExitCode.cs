namespace DVStakers.Edge.Agent.Cli;

/// <summary>What the process returns.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary><c>run</c>: it could not start, or a part of it failed; systemd starts it anew.</summary>
    public const int Failed = 1;

    /// <summary><c>status</c>: no agent answered.</summary>
    public const int NotRunning = 1;

    /// <summary><c>status</c>: the agent runs, but no stack qualifies.</summary>
    public const int NotReady = 2;

    /// <summary><c>power cut</c>: mains are back, and the box should boot instead of going off.</summary>
    public const int Boot = 3;

    /// <summary>EX_CONFIG of sysexits.h. systemd tries again even so: a secret's file may only come with its mount.</summary>
    public const int Config = 78;
}
