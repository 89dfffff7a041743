using DVStakers.Edge.Core.Updates;
using FsCheck;
using FsCheck.Fluent;

namespace DVStakers.Edge.Tests.Core.Updates;

/// <summary>Wherever the power goes, and however often: one whole version at the end, and the new one only if it was seen to be good.</summary>
public sealed class UpdateMachineTests
{
    private sealed record Story(NewVersion Version, AgentStandard Before, Cut[] Cuts, int OldFailures);

    private static readonly Arbitrary<Story> Stories =
        (from version in Gen.Elements(Enum.GetValues<NewVersion>())
         from before in Gen.Elements(Enum.GetValues<AgentStandard>())
         from cuts in (from at in Gen.Choose(1, 60) from place in Gen.Elements(Enum.GetValues<CutPlace>()) select new Cut(at, place)).ArrayOf(25)
         from failures in Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Choose(1, 10)))
         select new Story(version, before, [.. cuts.OrderBy(c => c.At)], failures)).ToArbitrary();

    [Fact]
    public void Through_any_cuts_it_ends_with_one_whole_version() =>
        Prop.ForAll(Stories, story =>
        {
            var box = Run(story);
            return box.State is null && box.Disk is DiskReading.Old or DiskReading.New && box.Kept == (box.Disk == DiskReading.New)
                // Whoever may start the agent has a whole version to start.
                && box.Released.TrueForAll(d => d is DiskReading.Old or DiskReading.New);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_version_that_is_not_good_is_never_kept_where_the_old_one_was() =>
        Prop.ForAll(Stories, story =>
        {
            var box = Run(story);
            var mustBeGood = story.Before is AgentStandard.Ready or AgentStandard.Routing;
            var good = story.Version == NewVersion.Good || (story.Version == NewVersion.RoutesNothing && story.Before == AgentStandard.Ready);
            return box.Kept == false || (!mustBeGood || good && box.Judged == Verdict.Good) && story.Version is not (NewVersion.CannotBeInstalled or NewVersion.Objects);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(CutPlace.Before)]
    [InlineData(CutPlace.Within)]
    [InlineData(CutPlace.After)]
    public void One_cut_at_each_act_of_a_good_update_loses_it_never(object place)
    {
        for (var at = 1; at <= 20; at++)
        {
            var box = new CutBox(NewVersion.Good, AgentStandard.Routing, new([new Cut(at, (CutPlace)place)]));
            box.Run();
            Assert.Equal((null, DiskReading.New, true), (box.State, box.Disk, box.Kept));
        }
    }

    [Theory]
    [InlineData(CutPlace.Before)]
    [InlineData(CutPlace.Within)]
    [InlineData(CutPlace.After)]
    public void One_cut_at_each_act_of_a_bad_update_never_keeps_it(object place)
    {
        foreach (var version in Enum.GetValues<NewVersion>().Where(v => v != NewVersion.Good))
            for (var at = 1; at <= 30; at++)
            {
                var box = new CutBox(version, AgentStandard.Routing, new([new Cut(at, (CutPlace)place)]));
                box.Run();
                Assert.Equal((null, DiskReading.Old, false), (box.State, box.Disk, box.Kept));
            }
    }

    [Fact]
    public void What_cuts_itself_short_again_and_again_is_left_alone()
    {
        var box = new CutBox(NewVersion.Good, AgentStandard.Routing, new(Enumerable.Range(0, 30).Select(i => new Cut(2 + (i * 2), CutPlace.Within))));
        box.Run();
        Assert.Equal((null, DiskReading.Old, false), (box.State, box.Disk, box.Kept));
    }

    [Fact]
    public void Where_the_old_version_cannot_be_put_back_the_next_boot_tries_again()
    {
        var box = new CutBox(NewVersion.NeverReady, AgentStandard.Ready, new()) { TimesOldCouldNotBePutBack = 7 };
        box.Run();
        Assert.Equal((null, DiskReading.Old, false), (box.State, box.Disk, box.Kept));
        Assert.Equal(1 + 7 / UpdateMachine.MostFailures, box.Boots);
    }

    [Fact]
    public void The_state_outlives_the_box_and_others_are_refused()
    {
        var state = new UpdateState { Phase = UpdatePhase.Return, From = "0.1.0", To = "0.2.0~rc1", Before = AgentStandard.Routing, StartedAt = DateTimeOffset.UnixEpoch, Boot = "b", Starts = 3, Reason = "it hangs" };
        Assert.Equal(state, UpdateState.Parse(state.ToUtf8()));
        Assert.Throws<System.Text.Json.JsonException>(() => UpdateState.Parse((state with { Schema = 2 }).ToUtf8()));
        Assert.Throws<System.Text.Json.JsonException>(() => UpdateState.Parse("{}"u8));
        Assert.Throws<System.Text.Json.JsonException>(() => UpdateState.Parse(""u8));
    }

    private static CutBox Run(Story story)
    {
        var box = new CutBox(story.Version, story.Before, new(story.Cuts)) { TimesOldCouldNotBePutBack = story.OldFailures };
        box.Run();
        return box;
    }
}
