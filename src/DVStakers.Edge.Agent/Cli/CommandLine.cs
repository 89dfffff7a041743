using System.CommandLine;
using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Agent.Config;
using DVStakers.Edge.Core.Configuration;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Cli;

/// <summary>Runs the agent with a complete configuration until <paramref name="stop"/>; returns the exit code. It may be called again in one process, when discovery finds more.</summary>
/// <param name="membership">Null where this box is in no cluster. It outlives the run.</param>
/// <param name="shutdown">Cancelled when the whole process ends. If only <paramref name="stop"/> is, the agent is run again at once.</param>
internal delegate Task<int> RunAgent(EdgeConfig config, Membership? membership, ILoggerFactory logs, CancellationToken shutdown, CancellationToken stop);

/// <summary>The commands and their options.</summary>
internal static class CommandLine
{
    // Longer than the agent's own 5 s, so that its ordered stop is what ends it.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(8);

    public static Task<int> Invoke(string[] args, RunAgent agent, TimeProvider time)
    {
        var config = new Option<string?>("--config", "-c")
        {
            Description = $"The configuration file. Default: {ConfigFile.DefaultPath}; without one, the agent looks for nodes on this machine.",
            HelpName = "FILE",
        };
        var url = new Option<string?>("--url") { Description = "Ask the agent at this address instead of the configured one.", HelpName = "URL" };
        var json = new Option<bool>("--json") { Description = "Print the report as JSON." };
        var discovery = new Discovery(new DiscoveryPlaces(), time);

        var run = new Command("run", "Run the agent: watch the stacks and route the validator to the best one.") { config };
        run.SetAction((parsed, stop) => new RunCommand(agent, discovery, time).Execute(parsed.GetValue(config), stop));

        var status = new Command("status", "Show how the running agent sees things, on one screen. Exit code: 0 ready, 2 running but not ready, 1 not running.") { config, url, json };
        status.SetAction((parsed, stop) => StatusCommand.Execute(parsed.GetValue(config), parsed.GetValue(url), parsed.GetValue(json), time, stop));

        var epochs = new Option<int>("--epochs") { Description = "How many epochs to show.", HelpName = "N", DefaultValueFactory = _ => 5 };
        var validator = new Option<ulong?>("--validator") { Description = "Show this validator alone, by its index.", HelpName = "INDEX" };
        var duties = new Command("duties", "Show what became of the validators' duties, and why. Exit code: 0, or 1 where the agent does not run.") { config, url, json, epochs, validator };
        duties.SetAction((parsed, stop) => DutiesCommand.Execute(
            parsed.GetValue(config), parsed.GetValue(url), parsed.GetValue(json), parsed.GetValue(epochs), parsed.GetValue(validator), time, stop));

        var check = new Command("check-config", "Check the configuration and say what the agent would do. Exit code: 0 good, 78 not.") { config };
        check.SetAction((parsed, stop) => CheckConfigCommand.Execute(parsed.GetValue(config), discovery, Console.Out, Console.Error, time, stop));

        var once = new Option<bool>("--once") { Description = "Print one screen and end." };
        var watch = new Command("watch", "Watch the cluster live: each box, its stacks, who serves whom, what changed last and why. Exit code: 0, or 1 where the agent does not run.") { config, url, once };
        watch.SetAction((parsed, stop) => WatchCommand.Execute(
            parsed.GetValue(config), parsed.GetValue(url), parsed.GetValue(once) || Console.IsOutputRedirected, Console.Out, Console.Error, time, stop));

        var version = new Command("version", "Print the version.");
        version.SetAction(_ => Console.WriteLine(AgentVersion.Line));

        var root = new RootCommand("DVStakers.Edge: keeps a staking box's validator on the best beacon node there is.") { run, status, watch, duties, PowerCommand.Create(config, url, json, time), ClusterCommand.Create(config, time), PanelCommand.Create(config, url, time), BrokerCommands.Create(config, time), check, FirstBootCommand.Create(), UpdateCommand.Create(time), version };
        foreach (var command in DrainCommand.Create(config, url, time).Concat(BackupCommand.Create(config, time)))
            root.Subcommands.Add(command);
        return root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = StopLimit });
    }
}
