using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Agent.State;

/// <summary>The one current snapshot, and a way to wait for the next. The state loop publishes; every output only reads.</summary>
internal sealed class SnapshotFeed(Snapshot first)
{
    private volatile Version current = new(first);

    public Snapshot Current => current.Snapshot;

    public void Publish(Snapshot snapshot)
    {
        var previous = current;
        current = new Version(snapshot);
        previous.Replaced.SetResult();
    }

    /// <summary>The current snapshot if it is not <paramref name="seen"/>, else the next one. A slow reader skips versions; it never sees an old one.</summary>
    public async Task<Snapshot> NewerThan(Snapshot? seen, CancellationToken cancel)
    {
        var version = current;
        if (ReferenceEquals(version.Snapshot, seen))
            await version.Replaced.Task.WaitAsync(cancel).ConfigureAwait(false);
        return current.Snapshot;
    }

    private sealed class Version(Snapshot snapshot)
    {
        public readonly Snapshot Snapshot = snapshot;
        public readonly TaskCompletionSource Replaced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
