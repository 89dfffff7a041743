using DVStakers.Edge.Core.State;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.State;

/// <summary>Says every transition in the log, at the level of what it means for the validator. Construct it before the first snapshot is published.</summary>
internal sealed class Journal(SnapshotFeed feed, ILogger log)
{
    private Snapshot told = feed.Current;

    /// <summary>Returns when stopped, having said what was published until then.</summary>
    public async Task Run(CancellationToken stop)
    {
        try
        {
            while (true)
                Tell(await feed.NewerThan(told, stop).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Tell(feed.Current);
        }
    }

    private void Tell(Snapshot snapshot)
    {
        foreach (var transition in Transitions.Between(told, snapshot))
        {
            var level = Level(transition.Severity);
            log.Transition(level, transition.Text);
        }
        told = snapshot;
    }

    private static LogLevel Level(Severity severity) => severity switch
    {
        Severity.Error => LogLevel.Error,
        Severity.Warning => LogLevel.Warning,
        _ => LogLevel.Information,
    };
}
