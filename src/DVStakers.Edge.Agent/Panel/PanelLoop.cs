using System.Threading.Channels;
using DVStakers.Edge.Agent.Duties;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Panel;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Agent.Panel;

/// <summary>
/// Keeps the lamps at what the snapshot says. Each turn: 1. whether the lamps are ours, 2. what each should show, 3. shows it, 4. tells how they are, 5. waits for
/// the next step, the next snapshot or the button.
/// </summary>
/// <param name="stopping">Completes when the agent begins to stop; the loop itself stops last, so that the panel shows it.</param>
internal sealed class PanelLoop(
    IReadOnlyList<LampDriver> lamps, bool flashOnDuty, SnapshotFeed state, DutyFeed duties, Latest<ButtonView> button, PanelLocks locks,
    ChannelWriter<Observation> observations, TimeProvider time, Task stopping)
{
    /// <summary>How often it is asked whether <c>panel test</c> wants the lamps.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LookForDuties = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a flash is, and how far apart two of them.</summary>
    private static readonly TimeSpan Flash = TimeSpan.FromMilliseconds(80);
    private static readonly TimeSpan BetweenFlashes = TimeSpan.FromMilliseconds(500);

    private readonly long began = time.GetTimestamp();
    private readonly IReadOnlyList<Lamp> all = [.. lamps.Select(l => l.Lamp)];
    private IDisposable? ours;
    private bool lockless;
    private TimeSpan? lookedAt;
    private long attestations;
    private (TimeSpan From, TimeSpan Until) flash = (TimeSpan.Zero, TimeSpan.Zero);
    private PanelReading told = PanelReading.None;

    /// <summary>Returns when stopped, with every lamp as it was found.</summary>
    public async Task Run(CancellationToken stop)
    {
        try
        {
            attestations = duties.Current.AttestationsSent;
            while (true)
            {
                // What is seen here is what is waited to change, so that nothing is missed in between.
                var (snapshot, view, isStopping) = (state.Current, button.Current, stopping.IsCompleted);
                var now = time.GetElapsedTime(began);

                // 1.
                var next = Own(now);

                // 2. and 3.
                if (ours is not null || lockless)
                    next = Earlier(next, Show(snapshot, view, isStopping, now));

                // 4.
                var reading = new PanelReading([.. lamps.Select(l => l.Reading)], view.Hold, view.Trouble);
                if (reading != told)
                    await observations.WriteAsync(new PanelSeen(told = reading), stop).ConfigureAwait(false);

                // 5.
                await Wait(snapshot, view, isStopping, next - time.GetElapsedTime(began), stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (ChannelClosedException)
        {
        }
        finally
        {
            Release("the agent stopped");
        }
    }

    /// <summary>Takes the lamps, or lets them go where <c>panel test</c> wants them. Returns when to look again.</summary>
    private TimeSpan Own(TimeSpan now)
    {
        if (lookedAt + Look is { } again && now < again)
            return again;
        lookedAt = now;
        if (locks.AreWanted)
        {
            Release("lent to `dvstakers-edge panel test`");
        }
        else if (ours is null)
        {
            try
            {
                ours = locks.Take();
                lockless = false;
            }
            catch (Exception e) when (e is UnauthorizedAccessException or DirectoryNotFoundException)
            {
                // Without a state directory there is nobody to share with.
                lockless = true;
            }
            if (ours is null && !lockless)
                Release("another process has the panel");
        }
        return now + Look;
    }

    private TimeSpan Show(Snapshot snapshot, ButtonView view, bool isStopping, TimeSpan now)
    {
        var states = PanelDecision.Of(snapshot);
        if (isStopping)
            states = PanelDecision.Stopping(states);
        var next = TimeSpan.MaxValue;
        foreach (var lamp in lamps)
        {
            var pattern = view.Acknowledge ?? PanelPlan.Shown(lamp.Lamp, all, states);
            next = Earlier(next, lamp.Step(Flashing(lamp.Lamp, pattern, now) ? LedPattern.Off : pattern, now));
        }
        if (flashOnDuty)
            next = Earlier(next, now < flash.Until ? flash.Until : now + LookForDuties);
        return next;
    }

    /// <summary>An attestation went out, and this lamp says so now.</summary>
    private bool Flashing(Lamp lamp, LedPattern pattern, TimeSpan now)
    {
        if (!flashOnDuty || pattern != LedPattern.Solid)
            return false;
        var sent = duties.Current.AttestationsSent;
        if (sent != attestations && now - flash.From >= BetweenFlashes)
        {
            attestations = sent;
            flash = (now, now + Flash);
        }
        var shows = all.Any(l => l.Shows is PanelRole.Validator) ? PanelRole.Validator : PanelRole.Single;
        return lamp.Shows == shows && now < flash.Until;
    }

    private async Task Wait(Snapshot snapshot, ButtonView view, bool isStopping, TimeSpan rest, CancellationToken stop)
    {
        if (rest <= TimeSpan.Zero)
        {
            stop.ThrowIfCancellationRequested();
            return;
        }
        using var turn = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var waits = new List<Task> { state.NewerThan(snapshot, turn.Token), button.After(view, turn.Token), Task.Delay(rest, time, turn.Token) };
        if (!isStopping)
            waits.Add(stopping.WaitAsync(turn.Token));
        await Task.WhenAny(waits).ConfigureAwait(false);
        await turn.CancelAsync().ConfigureAwait(false);
        stop.ThrowIfCancellationRequested();
    }

    private void Release(string why)
    {
        foreach (var lamp in lamps)
            lamp.Release(why);
        ours?.Dispose();
        ours = null;
        lockless = false;
    }

    private static TimeSpan Earlier(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
