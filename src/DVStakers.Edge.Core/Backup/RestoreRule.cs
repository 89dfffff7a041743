namespace DVStakers.Edge.Core.Backup;

/// <summary>What is known before a restore.</summary>
/// <param name="Present">Whose identity this box has now; null: none.</param>
/// <param name="Answers">Where the box's own gateway should be, something answers; null: nothing does, or it has none.</param>
public sealed record RestoreFacts(BackupManifest Backup, (string Box, string Ca)? Present, string? Answers, DateTimeOffset Now);

/// <summary>What speaks against putting a backup into this box.</summary>
public static class RestoreRule
{
    /// <summary>More than clocks that are set differ.</summary>
    public static readonly TimeSpan ClockSlack = TimeSpan.FromMinutes(10);

    /// <summary>Each is said; <c>--force</c> overrides all.</summary>
    public static IEnumerable<string> Objections(RestoreFacts facts)
    {
        if (facts.Present is { } present && facts.Backup.Identity is { } other && present != other)
            yield return present.Box == other.Box
                ? $"this box is {present.Box} of another cluster than the backup's. Restored, it leaves that one"
                : $"this box is {present.Box}, and the backup is of {other.Box}. Restored, {present.Box} is gone";
        // Two boxes with one identity take each other's sessions and numbers: the others then believe neither.
        if (facts.Answers is { } address)
            yield return $"something answers at {address}, where {facts.Backup.Box} lends its nodes: if that is the box that this one replaces, switch it off first, for two with one identity throw each other out";
        // The agent numbers its starts by the clock, and the others refuse a lower number than they had.
        if (facts.Now < facts.Backup.MadeAt - ClockSlack)
            yield return $"by this box's clock it is {facts.Now:yyyy-MM-dd HH:mm} UTC, and the backup was made at {facts.Backup.MadeAt:yyyy-MM-dd HH:mm}: the others would refuse what it says. Set the clock first: timedatectl";
    }
}
