using System.Threading.Channels;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Agent.State;

/// <summary>The one place where what was seen becomes what is held true: takes observations one by one, judges, publishes.</summary>
internal sealed class StateLoop(Judge first, SnapshotFeed feed, ChannelReader<Observation> observations, TimeProvider time)
{
    /// <summary>Without any observation the judge still runs this often: a slot's end is an event too.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private Judge judge = first;

    /// <summary>Returns when stopped.</summary>
    public async Task Run(CancellationToken stop)
    {
        try
        {
            var arrival = observations.WaitToReadAsync(stop).AsTask();
            while (true)
            {
                using (var timer = CancellationTokenSource.CreateLinkedTokenSource(stop))
                {
                    await Task.WhenAny(arrival, Task.Delay(Tick, time, timer.Token)).ConfigureAwait(false);
                    await timer.CancelAsync().ConfigureAwait(false);
                }
                stop.ThrowIfCancellationRequested();
                if (!arrival.IsCompleted)
                {
                    Judge(null);
                    continue;
                }
                if (!await arrival.ConfigureAwait(false))
                    return;
                while (observations.TryRead(out var seen))
                    Judge(seen);
                arrival = observations.WaitToReadAsync(stop).AsTask();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    private void Judge(Observation? seen)
    {
        judge = judge.Next(seen, time.GetUtcNow());
        feed.Publish(judge.Snapshot);
    }
}
