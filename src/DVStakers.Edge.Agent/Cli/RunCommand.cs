using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Agent.Config;
using DVStakers.Edge.Core.Configuration;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Cli;

/// <summary><c>run</c>: reads the configuration, finds stacks where none is written, and hands over to the agent.</summary>
internal sealed class RunCommand(RunAgent agent, Discovery discovery, TimeProvider time)
{
    public async Task<int> Execute(string? file, CancellationToken stop)
    {
        var read = ConfigFile.Load(file, ConfigFile.ProcessEnvironment(), Environment.MachineName, out var source);
        read = ConfiguredMembership.Join(read, out var joined);
        using var membership = joined;
        if (read.Config is not { } config)
        {
            // Through the log as well, so that the journal marks them as errors.
            using var early = Logging.Create(LogLevelName.Info, Logging.UnderJournal, time);
            early.CreateLogger("config").ConfigurationRefused(read.Problems.Count(p => !p.IsWarning), string.Join('\n', read.Problems));
            return ExitCode.Config;
        }
        using var logs = Logging.Create(config.Log.Level, Logging.UnderJournal, time);
        var logger = logs.CreateLogger("config");
        if (!StateLock.TryTake(ConfigFile.StateDirectory, out var held))
        {
            logger.AnotherRuns(StateLock.FileIn(ConfigFile.StateDirectory));
            return ExitCode.Failed;
        }
        using var alone = held;
        logger.ConfigurationRead(source);
        foreach (var problem in read.Problems)
            logger.ConfigurationWarning(problem.ToString());
        if (membership is not null)
            logger.Member(ConfiguredMembership.Describe(membership, config, time.GetUtcNow()));
        return config.Stacks.Count > 0 || config.Role == BoxRole.Auxiliary
            ? await agent(config, membership, logs, stop, stop)
            : await new DiscoveredRun(agent, membership, discovery, logger).Execute(config, logs, stop);
    }
}
