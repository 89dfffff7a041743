using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Agent.Config;
using DVStakers.Edge.Core.Configuration;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Cli;

/// <summary>
/// Runs the agent on what is found on this machine. It runs even when nothing is: then the proxy says so to whoever asks.
/// Meanwhile the machine is looked at again, because at boot the agent is up long before the nodes are; more found means to start anew with it. What was found once is never dropped.
/// </summary>
internal sealed class DiscoveredRun(RunAgent agent, Membership? membership, Discovery discovery, ILogger logger)
{
    public async Task<int> Execute(EdgeConfig config, ILoggerFactory logs, CancellationToken stop)
    {
        logger.Looking();
        try
        {
            var found = await discovery.Look(stop);
            while (true)
            {
                Say(found);
                using var inner = CancellationTokenSource.CreateLinkedTokenSource(stop);
                var running = agent(config with { Stacks = found.Stacks }, membership, logs, stop, inner.Token);
                var more = discovery.LookForMore(found, inner.Token);
                if (await Task.WhenAny(running, more) == running)
                {
                    await inner.CancelAsync();
                    await ((Task)more).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    return await running;
                }
                if (!stop.IsCancellationRequested)
                    logger.StartingAnew();
                await inner.CancelAsync();
                var code = await running;
                if (code != ExitCode.Ok || stop.IsCancellationRequested)
                    return code;
                found = await more;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCode.Ok;
        }
    }

    private void Say(Discovered found)
    {
        foreach (var note in found.Notes)
            if (found.Stacks.Count > 0)
                logger.Found(note);
            else
                logger.NothingFound(note, (int)discovery.Interval.TotalSeconds);
    }
}
