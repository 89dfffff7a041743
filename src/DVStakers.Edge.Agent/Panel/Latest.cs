namespace DVStakers.Edge.Agent.Panel;

/// <summary>The newest of something, and a way to wait for the next. A slow reader skips some; it never sees an old one.</summary>
internal sealed class Latest<T>(T first) where T : class
{
    private volatile Version current = new(first);

    public T Current => current.Value;

    public void Publish(T value)
    {
        var previous = current;
        current = new Version(value);
        previous.Replaced.SetResult();
    }

    /// <summary>Completes when there is another than this one.</summary>
    public Task After(T seen, CancellationToken cancel)
    {
        var version = current;
        return ReferenceEquals(version.Value, seen) ? version.Replaced.Task.WaitAsync(cancel) : Task.CompletedTask;
    }

    private sealed class Version(T value)
    {
        public readonly T Value = value;
        public readonly TaskCompletionSource Replaced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
