namespace DVStakers.Edge.Core.Updates;

public enum PackageSide
{
    Old,
    New,
}

/// <summary>What is to be done next.</summary>
public abstract record UpdateStep
{
    /// <summary>Puts this state on the disk before anything else happens.</summary>
    public sealed record Write(UpdateState State) : UpdateStep;

    /// <summary>Has dpkg install this package over whatever is there.</summary>
    public sealed record Put(PackageSide Side) : UpdateStep;

    /// <summary>Asks the new binary, while the old one still runs, whether it can start with this box's configuration.</summary>
    public sealed record Ask : UpdateStep;

    /// <summary>Starts the agent anew, from what is on the disk.</summary>
    public sealed record Restart : UpdateStep;

    /// <summary>Looks at the agent once, a moment from now.</summary>
    public sealed record Look : UpdateStep;

    /// <summary>Writes how it ended, and removes the packages and, last of all, the state.</summary>
    public sealed record Finish(bool Kept) : UpdateStep;

    /// <summary>Nothing more can be done now; the state stays, and the next boot tries again.</summary>
    public sealed record GiveUp(string Reason) : UpdateStep;
}

/// <summary>What dpkg has of the package.</summary>
public enum DiskReading
{
    /// <summary>Neither version whole.</summary>
    Broken,
    Old,
    New,
}

/// <summary>What one run of the updater has seen and done; gone with a power cut.</summary>
public sealed record UpdateRun
{
    public required DiskReading Disk { get; init; }

    /// <summary>This run is counted in the state.</summary>
    public bool Counted { get; init; }

    /// <summary>How often dpkg could not install the package of this phase.</summary>
    public int Failures { get; init; }

    /// <summary>Of the last failure.</summary>
    public string Words { get; init; } = "";

    /// <summary>The new binary was asked.</summary>
    public bool Asked { get; init; }

    /// <summary>Why it cannot start; null: it can.</summary>
    public string? Objection { get; init; }
    public bool Restarted { get; init; }
    public required Trial Trial { get; init; }

    /// <summary>As it is when that state was written.</summary>
    public UpdateRun Enter(UpdateState before, UpdateState after, bool afterBoot) =>
        before.Phase == after.Phase ? this with { Counted = true }
        : this with
        {
            // Back from judging to installing is a new start.
            Counted = Counted && !(before.Phase == UpdatePhase.Judge && after.Phase == UpdatePhase.Install),
            Failures = 0,
            Words = "",
            Asked = false,
            Objection = null,
            Restarted = false,
            Trial = new Trial(after.Before, afterBoot),
        };
}
