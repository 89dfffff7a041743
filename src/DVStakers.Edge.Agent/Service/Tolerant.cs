using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Service;

/// <summary>A part that no duty depends on: a fault of its own is told and it begins again, and the agent goes on.</summary>
internal static class Tolerant
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    public static Part Of(string name, Func<CancellationToken, Task> run, TimeProvider time, ILogger log) => new(name, async stop =>
    {
        while (true)
        {
            try
            {
                await run(stop).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (!stop.IsCancellationRequested)
            {
                log.PartBeginsAgain(name, e.ToString(), (int)Pause.TotalSeconds);
            }
            await Task.Delay(Pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    });
}
