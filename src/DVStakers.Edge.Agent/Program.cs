using DVStakers.Edge.Agent.Cli;
using DVStakers.Edge.Agent.Service;

return await CommandLine.Invoke(args, (config, _, logs, stop) => new EdgeAgent(config, logs, TimeProvider.System).Run(stop), TimeProvider.System);
