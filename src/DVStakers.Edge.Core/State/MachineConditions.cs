namespace DVStakers.Edge.Core.State;

/// <summary>What can be wrong with the box itself: its hardware, its clients' processes, its panel.</summary>
public static class MachineConditions
{
    public static readonly ConditionKind DiskFilling = new("disk-filling", "A disk fills up", Severity.Warning,
        "Prune the execution client, delete old snapshots and logs, or fit a larger disk; do it before it is full.");

    public static readonly ConditionKind DiskFull = new("disk-full", "A disk is full", Severity.Error,
        "Free space at once: clients stop, and their databases can be damaged, where they cannot write.");

    public static readonly ConditionKind DiskReadOnly = new("disk-read-only", "A disk is read-only", Severity.Error,
        "The kernel found an error (journalctl -k): save what matters, then check or replace the disk.");

    public static readonly ConditionKind MemoryTight = new("memory-tight", "Memory is short", Severity.Warning,
        "See what takes it (systemd-cgtop); give the clients smaller caches, or the box more memory, before the kernel kills one.");

    public static readonly ConditionKind TooHot = new("too-hot", "Too hot", Severity.Warning,
        "Clean the fan, give it air, lower the room's temperature.");

    public static readonly ConditionKind Throttled = new("throttled", "The processor is slowed down for heat", Severity.Warning,
        "Clean the fan, give it air; until then duties may be late.");

    public static readonly ConditionKind UnderVoltage = new("under-voltage", "The supply voltage is too low", Severity.Warning,
        "Fit the board's own power supply and a short, thick cable: data can be lost.");

    public static readonly ConditionKind ClockUnsynchronised = new("clock-unsynchronised", "Nothing keeps the clock right", Severity.Warning,
        "Switch time synchronisation on (timedatectl set-ntp true), and let it reach its servers.");

    public static readonly ConditionKind LinkDown = new("link-down", "No network link", Severity.Warning,
        "Check the cable and the switch.");

    public static readonly ConditionKind LinkUnsteady = new("link-unsteady", "The network link comes and goes", Severity.Warning,
        "Replace the cable, try another port of the switch.");

    public static readonly ConditionKind ClientStopped = new("client-stopped", "A client is meant to run and does not", Severity.Warning,
        "See why (journalctl -u, docker logs), then start it; the agent starts none.");

    public static readonly ConditionKind ClientRestarting = new("client-restarting", "A client restarts again and again", Severity.Warning,
        "See why in its log (journalctl -u, docker logs).");

    public static readonly ConditionKind ClientKilled = new("client-killed", "A client was killed", Severity.Warning,
        "For memory: give it less cache or the box more. By SIGKILL: raise its stop time-out (TimeoutStopSec, stop_grace_period). Check its database.");

    public static readonly ConditionKind PanelLedMissing = new("panel-led-missing", "An LED of the panel is not there", Severity.Info,
        "Correct its name in the configuration (`dvstakers-edge panel` lists what is there); one that comes late is taken then.");

    public static readonly ConditionKind PanelLedDenied = new("panel-led-denied", "An LED of the panel may not be used", Severity.Info,
        "Let the agent's user have it: docs/panel.md, Permissions.");

    public static readonly ConditionKind PanelLedBusy = new("panel-led-busy", "An LED of the panel is in use by something else", Severity.Info,
        "Stop that program, or choose another line.");

    public static readonly ConditionKind PanelLedFailed = new("panel-led-failed", "An LED of the panel cannot be driven", Severity.Info,
        "Look at what the kernel says; another line or LED may do.");

    public static readonly ConditionKind PanelButtonMissing = new("panel-button-missing", "The panel's button cannot be read", Severity.Info,
        "Correct its line in the configuration, or let the agent's user have it (docs/panel.md).");

    public static readonly ConditionKind PanelButtonStuck = new("panel-button-stuck", "The panel's button is stuck or bounces", Severity.Info,
        "Check the button and its wiring; until it was let go and quiet it does nothing.");

    /// <summary>In order of declaration.</summary>
    public static readonly IReadOnlyList<ConditionKind> All =
    [
        DiskFilling, DiskFull, DiskReadOnly, MemoryTight, TooHot, Throttled, UnderVoltage, ClockUnsynchronised, LinkDown, LinkUnsteady,
        ClientStopped, ClientRestarting, ClientKilled,
        PanelLedMissing, PanelLedDenied, PanelLedBusy, PanelLedFailed, PanelButtonMissing, PanelButtonStuck,
    ];
}
