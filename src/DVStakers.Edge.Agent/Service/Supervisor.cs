using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.State;
using DVStakers.Edge.Linux.Systemd;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Service;

/// <summary>
/// Tells systemd how the agent is. READY when the proxy listens and every stack was read once; WATCHDOG, from the start on, only while the main loops
/// make progress: the state loop publishes, the probes bring readings, and the proxy answers its own health request.
/// </summary>
internal sealed class Supervisor(SystemdNotify systemd, IReadOnlyList<StackConfig> stacks, SnapshotFeed state, Uri proxy, TimeProvider time, ILogger log)
{
    /// <summary>A stack that is slow to answer its first probe must not hold up the units that wait for this one.</summary>
    private static readonly TimeSpan ReadyAtTheLatest = TimeSpan.FromSeconds(5);

    /// <summary>Probes come at least every 3 s and take at most 1 s each; this is far beyond.</summary>
    private static readonly TimeSpan ReadingsStopped = TimeSpan.FromSeconds(15);

    private readonly HashSet<string> withExecution = [.. stacks.Where(s => s.ExecutionClient is not null).Select(s => s.Name)];
    private readonly DateTimeOffset started = time.GetUtcNow();

    /// <summary>Returns when stopped.</summary>
    public async Task Run(CancellationToken stop)
    {
        try
        {
            await Task.WhenAll(ReadyThenStatus(stop), Watchdog(stop)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    private async Task ReadyThenStatus(CancellationToken stop)
    {
        await FirstReadings(stop).ConfigureAwait(false);
        systemd.Ready(Line(state.Current));
        log.Ready(proxy, Line(state.Current));
        await Status(stop).ConfigureAwait(false);
    }

    private async Task FirstReadings(CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await using var timer = time.CreateTimer(_ => limit.Cancel(), null, ReadyAtTheLatest, Timeout.InfiniteTimeSpan);
        try
        {
            var seen = state.Current;
            while (!seen.Stacks.All(WasRead) || !seen.Ready)
                seen = await state.NewerThan(seen, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // Ready to answer truthfully, even if the truth is that nothing qualifies.
        }
    }

    private bool WasRead(StackStatus stack) => stack.Beacon is not null && (stack.Execution is not null || !withExecution.Contains(stack.Name));

    private async Task Status(CancellationToken stop)
    {
        string? told = null;
        for (Snapshot? seen = null; ;)
        {
            seen = await state.NewerThan(seen, stop).ConfigureAwait(false);
            var line = Line(seen);
            if (line != told)
                systemd.Status(told = line);
        }
    }

    private async Task Watchdog(CancellationToken stop)
    {
        if (systemd.WatchdogTime is not { } limit)
            return;
        // Not through an HTTP proxy of the environment: that one cannot reach this agent, or answers in its place.
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
        while (true)
        {
            var problem = await Problem(client, limit / 4, stop).ConfigureAwait(false);
            if (problem is null)
                systemd.Watchdog();
            else
                log.NoProgress(problem);
            await Task.Delay(limit / 3, time, stop).ConfigureAwait(false);
        }
    }

    private async Task<string?> Problem(HttpClient client, TimeSpan patience, CancellationToken stop)
    {
        var now = time.GetUtcNow();
        var snapshot = state.Current;
        if (now - snapshot.At > ReadingsStopped)
            return $"nothing was judged for {(now - snapshot.At).TotalSeconds:0} s";
        foreach (var stack in snapshot.OwnStacks)
        {
            var beacon = now - (stack.Beacon?.At ?? started);
            if (beacon > ReadingsStopped)
                return $"the beacon node of {stack.Name} was not probed for {beacon.TotalSeconds:0} s";
            var execution = now - (stack.Execution?.At ?? started);
            if (withExecution.Contains(stack.Name) && execution > ReadingsStopped)
                return $"the execution client of {stack.Name} was not probed for {execution.TotalSeconds:0} s";
        }
        using var limit = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            // Any status will do: what is asked is whether the proxy answers.
            using var response = await client.GetAsync(new Uri(proxy, "/eth/v1/node/health"), either.Token).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            return $"the proxy does not answer itself: {(e is HttpRequestException ? e.Message : $"nothing within {patience.TotalSeconds:0.#} s")}";
        }
    }

    /// <summary>The line that <c>systemctl status</c> shows.</summary>
    public static string Line(Snapshot snapshot) => snapshot.Serving is { } serving
        ? $"serving from {serving}: {snapshot.ServingReason}; {snapshot.Ranking.Count(r => Core.Ranking.TierRules.Qualifies(r.Tier))} of {snapshot.Ranking.Count} stacks qualify"
        : $"not serving: {snapshot.ServingReason}";
}
