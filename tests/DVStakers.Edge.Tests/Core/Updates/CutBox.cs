using DVStakers.Edge.Core.Updates;

namespace DVStakers.Edge.Tests.Core.Updates;

/// <summary>
/// A box whose power may go at any moment of an update. What is on its disk is what a real one would have; the updater's own run is gone with each cut. It counts its acts, and a
/// cut comes before, within or after the act that it is set for.
/// </summary>
internal sealed class CutBox(NewVersion version, AgentStandard before, Queue<Cut> cuts)
{
    private const int MostActs = 2000;

    private int acts;

    /// <summary>Null: no update goes on.</summary>
    public UpdateState? State { get; private set; } = new()
    {
        Phase = UpdatePhase.Install, From = "1", To = "2", Before = before, StartedAt = DateTimeOffset.UnixEpoch, Boot = "first",
    };

    public DiskReading Disk { get; private set; } = DiskReading.Old;
    public bool? Kept { get; private set; }

    /// <summary>The last one that was judged before it was kept.</summary>
    public Verdict? Judged { get; private set; }

    public int Boots { get; private set; } = 1;
    public int TimesOldCouldNotBePutBack { get; init; }
    public bool GaveUp { get; private set; }

    /// <summary>At the moment when the agent may start, after each boot.</summary>
    public List<DiskReading> Released { get; } = [];

    private int oldFailures;

    /// <summary>Until the update has come to its end, through all cuts.</summary>
    public void Run()
    {
        while (State is not null && acts < MostActs)
            try
            {
                Start();
                if (GaveUp)
                    // Only the next boot tries again.
                    Boots++;
                GaveUp = false;
            }
            catch (PowerCut)
            {
                Boots++;
            }
    }

    private void Start()
    {
        var state = State!;
        var released = false;
        var run = new UpdateRun { Disk = Disk, Trial = new(state.Before, Boots > 1) };
        while (acts < MostActs)
            switch (UpdateMachine.Next(state, run))
            {
                case UpdateStep.Write(var next):
                    // A file is there as before or as after.
                    Act(() => { }, () => State = next);
                    run = run.Enter(state, next, Boots > 1) with { Disk = Disk };
                    state = next;
                    break;
                case UpdateStep.Put(PackageSide.New):
                    if (version == NewVersion.CannotBeInstalled)
                    {
                        Act(() => Disk = DiskReading.Broken, () => Disk = DiskReading.Broken);
                        run = run with { Disk = Disk, Failures = run.Failures + 1, Words = "no" };
                        break;
                    }
                    Act(() => Disk = DiskReading.Broken, () => Disk = DiskReading.New);
                    run = run with { Disk = Disk };
                    break;
                case UpdateStep.Put(_):
                    if (oldFailures < TimesOldCouldNotBePutBack)
                    {
                        oldFailures++;
                        Act(() => Disk = DiskReading.Broken, () => Disk = DiskReading.Broken);
                        run = run with { Disk = Disk, Failures = run.Failures + 1, Words = "full" };
                        break;
                    }
                    Act(() => Disk = DiskReading.Broken, () => Disk = DiskReading.Old);
                    run = run with { Disk = Disk };
                    break;
                case UpdateStep.Ask:
                    Act(() => { }, () => { });
                    run = run with { Asked = true, Objection = version == NewVersion.Objects ? "no" : null };
                    break;
                case UpdateStep.Restart:
                    if (!released)
                        Released.Add(Disk);
                    released = true;
                    Act(() => { }, () => { });
                    run = run with { Restarted = true };
                    break;
                case UpdateStep.Look:
                    Act(() => { }, () => { });
                    run = run with { Trial = Look(run.Trial) };
                    if (Disk == DiskReading.New && run.Trial.Verdict != Verdict.Waiting)
                        Judged = run.Trial.Verdict;
                    break;
                case UpdateStep.Finish(var kept):
                    // The packages go, and the state last.
                    Act(() => { }, () => { });
                    Act(() => { }, () => (State, Kept) = (null, kept));
                    return;
                case UpdateStep.GiveUp:
                    GaveUp = true;
                    return;
            }
    }

    private Trial Look(Trial trial)
    {
        var good = Disk == DiskReading.Old || version == NewVersion.Good;
        var reading = new AgentReading(good || version == NewVersion.RoutesNothing ? UnitStanding.Active : UnitStanding.Starting, 7, 0, true, good ? ProxyAnswer.Routes : ProxyAnswer.Own, "");
        // It is looked at often; only the two looks that decide matter here.
        return trial.See(reading, TimeSpan.Zero).See(reading, Trial.RoutesWithinAfterBoot);
    }

    private void Act(Action half, Action whole)
    {
        acts++;
        var cut = cuts.TryPeek(out var next) && next.At <= acts ? cuts.Dequeue() : null;
        if (cut is { Where: CutPlace.Before })
            throw new PowerCut();
        if (cut is { Where: CutPlace.Within })
        {
            half();
            throw new PowerCut();
        }
        whole();
        if (cut is { Where: CutPlace.After })
            throw new PowerCut();
    }

    private sealed class PowerCut : Exception;
}

internal enum NewVersion
{
    Good,
    CannotBeInstalled,
    Objects,
    NeverReady,
    RoutesNothing,
}

internal enum CutPlace
{
    Before,
    Within,
    After,
}

/// <param name="At">At or after which act.</param>
internal sealed record Cut(int At, CutPlace Where);
