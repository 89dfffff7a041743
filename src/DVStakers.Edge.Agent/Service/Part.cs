namespace DVStakers.Edge.Agent.Service;

/// <summary>A part of the agent that runs from start to stop.</summary>
internal sealed class Part(string name, Func<CancellationToken, Task> run) : IDisposable
{
    private readonly CancellationTokenSource stop = new();

    public string Name { get; } = name;
    public Task Task { get; private set; } = Task.CompletedTask;

    /// <summary>Begins on the thread pool, so that no part can hold up the next.</summary>
    public Task Start() => Task = Task.Run(() => run(stop.Token));

    /// <summary>False where it did not stop in this time. A part that failed has stopped: its fault is in <see cref="Task"/>.</summary>
    public async Task<bool> Stop(TimeSpan moment, TimeProvider time)
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await Task.WaitAsync(moment, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Task.IsCompleted;
    }

    public void Dispose() => stop.Dispose();
}
