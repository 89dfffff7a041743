using static DVStakers.Edge.Core.Updates.UpdateStep;

namespace DVStakers.Edge.Core.Updates;

/// <summary>
/// What comes next in an update, by what is on the disk. It may be cut between any two steps and within each: whoever asks it again with the state that is on the disk
/// goes on from there, and comes to an end with one whole version.
/// </summary>
public static class UpdateMachine
{
    /// <summary>So often is the new version tried; whatever cut the others short, perhaps the version itself, is left alone then.</summary>
    public const int MostStarts = 5;

    /// <summary>So often in one run dpkg may fail to put the old version back.</summary>
    public const int MostFailures = 3;

    public static UpdateStep Next(UpdateState state, UpdateRun run) => state.Phase switch
    {
        UpdatePhase.Install or UpdatePhase.Judge when !run.Counted => Count(state),
        UpdatePhase.Install => Install(state, run),
        UpdatePhase.Judge => Judge(state, run),
        UpdatePhase.Keep => new Finish(Kept: true),
        UpdatePhase.Return => Return(state, run),
        _ => Returned(state, run),
    };

    private static Write Count(UpdateState state) => state.Starts >= MostStarts
        ? Back(state, $"it was interrupted {MostStarts} times")
        : new Write(state with { Starts = state.Starts + 1 });

    private static UpdateStep Install(UpdateState state, UpdateRun run) =>
        run.Disk != DiskReading.New ? run.Failures > 0 ? Back(state, $"it cannot be installed: {run.Words}") : new Put(PackageSide.New)
        : !run.Asked ? new Ask()
        : run.Objection is { } objection ? Back(state, objection)
        : new Write(state with { Phase = UpdatePhase.Judge });

    private static UpdateStep Judge(UpdateState state, UpdateRun run) =>
        // What was on the disk before the cut is not.
        run.Disk != DiskReading.New ? new Write(state with { Phase = UpdatePhase.Install })
        : !run.Restarted ? new Restart()
        : run.Trial.Verdict switch
        {
            Verdict.Good => new Write(state with { Phase = UpdatePhase.Keep }),
            Verdict.Bad => Back(state, run.Trial.Reason),
            _ => new Look(),
        };

    private static UpdateStep Return(UpdateState state, UpdateRun run) =>
        run.Disk == DiskReading.Old ? new Write(state with { Phase = UpdatePhase.Returned })
        : run.Failures >= MostFailures ? new GiveUp($"version {state.From} cannot be put back: {run.Words}")
        : new Put(PackageSide.Old);

    /// <summary>Good or bad, there is no third version to go to.</summary>
    private static UpdateStep Returned(UpdateState state, UpdateRun run) =>
        run.Disk != DiskReading.Old ? new Write(state with { Phase = UpdatePhase.Return })
        : !run.Restarted ? new Restart()
        : run.Trial.Verdict == Verdict.Waiting ? new Look()
        : new Finish(Kept: false);

    private static Write Back(UpdateState state, string reason) => new(state with { Phase = UpdatePhase.Return, Reason = reason });
}
