using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;
using DVStakers.Edge.Linux.Mosquitto;

namespace DVStakers.Edge.Agent.Mesh;

/// <summary>How a session ended.</summary>
/// <param name="Why">In words.</param>
/// <param name="Held">How long it was connected.</param>
internal readonly record struct SessionEnd(BrokerState State, string Why, TimeSpan Held);

/// <summary>Publishes over one connection, from the broker's first answer to the connection's end, and hands on what comes.</summary>
/// <param name="mailbox">Null: nothing is received.</param>
internal sealed class BrokerSession(MosquittoConnection connection, Outbox outbox, Mailbox? mailbox, IReadOnlyList<string> wanted, SnapshotFeed feed, TimeProvider time)
{
    /// <exception cref="OperationCanceledException">Stopped; the connection may still be open.</exception>
    public async Task<SessionEnd> Run(Func<Task> onConnected, CancellationToken stop)
    {
        // 1. The broker's answer.
        switch (await connection.Events.ReadAsync(stop).ConfigureAwait(false))
        {
            case MosquittoEvent.Refused refused:
                return new(BrokerState.Refused, refused.Words, TimeSpan.Zero);
            case MosquittoEvent.Closed closed:
                return new(BrokerState.Disconnected, closed.Words, TimeSpan.Zero);
        }
        var since = time.GetTimestamp();
        await onConnected().ConfigureAwait(false);

        // 2. Hear the peers, and publish, until the connection ends.
        var end = End();
        if (mailbox is not null)
            foreach (var filter in wanted)
                connection.Subscribe(filter, qos: 1);
        outbox.Forget();
        await PublishUntil(end, stop).ConfigureAwait(false);
        return new(BrokerState.Disconnected, await end.WaitAsync(stop).ConfigureAwait(false), time.GetElapsedTime(since));
    }

    /// <summary>Hands on what comes; completes with the connection's last word.</summary>
    private async Task<string> End()
    {
        var why = "closed";
        await foreach (var happened in connection.Events.ReadAllAsync().ConfigureAwait(false))
            if (happened is MosquittoEvent.Received { Message: var message })
                mailbox?.Put(message.Topic, message.Payload);
            else if (happened is MosquittoEvent.Closed closed)
                why = closed.Words;
        return why;
    }

    private async Task PublishUntil(Task end, CancellationToken stop)
    {
        var snapshot = feed.Current;
        var open = connection.TryPublish(outbox.Online);
        while (open && !end.IsCompleted)
        {
            foreach (var message in outbox.Due(snapshot, Now))
                open &= connection.TryPublish(message);
            snapshot = await Next(snapshot, end, stop).ConfigureAwait(false);
        }
    }

    /// <summary>The next snapshot; the same one when <c>health</c> is due again or the connection has ended.</summary>
    private async Task<Snapshot> Next(Snapshot seen, Task end, CancellationToken stop)
    {
        using var due = new CancellationTokenSource(outbox.UntilHealth(seen, Now), time);
        using var wake = CancellationTokenSource.CreateLinkedTokenSource(stop, due.Token);
        var newer = feed.NewerThan(seen, wake.Token);
        if (await Task.WhenAny(newer, end).ConfigureAwait(false) == end)
            await wake.CancelAsync().ConfigureAwait(false);
        try
        {
            return await newer.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return seen;
        }
    }

    private TimeSpan Now => time.GetElapsedTime(0);
}
