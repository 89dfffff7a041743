using DVStakers.Edge.Core.Backup;

namespace DVStakers.Edge.Tests.Core.Backup;

public sealed class RestoreRuleTests
{
    private static readonly DateTimeOffset Made = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly BackupManifest Backup = new(1, Made, "0.1.0", "host", "nuc-2", "kili", "aa", 7, "https://nuc-2.example:5071", false);

    [Fact]
    public void A_new_board_and_the_same_box_are_nothing_to_object_to()
    {
        Assert.Empty(Objections(null));
        Assert.Empty(Objections(("nuc-2", "aa")));
        Assert.Empty(RestoreRule.Objections(new(Backup with { Cluster = null, Ca = null }, ("nuc-1", "aa"), null, Made)));
    }

    [Fact]
    public void Another_identity_is_not_overwritten_unasked()
    {
        Assert.Contains("this box is nuc-1, and the backup is of nuc-2", Assert.Single(Objections(("nuc-1", "aa"))));
        Assert.Contains("of another cluster", Assert.Single(Objections(("nuc-2", "bb"))));
    }

    [Fact]
    public void Two_boxes_with_one_identity_are_not_made_unasked() =>
        Assert.Contains("switch it off first", Assert.Single(RestoreRule.Objections(new(Backup, null, "https://nuc-2.example:5071", Made.AddDays(1)))));

    [Fact]
    public void A_clock_that_is_behind_the_backup_is_to_be_set_first()
    {
        Assert.Contains("Set the clock first", Assert.Single(RestoreRule.Objections(new(Backup, null, null, Made.AddHours(-1)))));
        Assert.Empty(RestoreRule.Objections(new(Backup, null, null, Made.AddMinutes(-5))));
    }

    [Fact]
    public void The_manifest_outlives_its_file_and_a_newer_one_is_called_that()
    {
        Assert.Equal(Backup, BackupManifest.Parse(Backup.ToUtf8()));
        Assert.Contains("of schema 2", Assert.Throws<BackupException>(() => BackupManifest.Parse((Backup with { Schema = 2 }).ToUtf8())).Message);
        Assert.Throws<BackupException>(() => BackupManifest.Parse("[]"u8));
        Assert.Throws<BackupException>(() => BackupManifest.Parse("{}"u8));
    }

    private static IEnumerable<string> Objections((string, string)? present) => RestoreRule.Objections(new(Backup, present, null, Made.AddHours(1)));
}
