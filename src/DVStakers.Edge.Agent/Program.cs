using DVStakers.Edge.Agent.Cli;
using DVStakers.Edge.Agent.Service;

return await CommandLine.Invoke(args, (config, logs, shutdown, stop) => new EdgeAgent(config, logs, TimeProvider.System).Run(shutdown, stop), TimeProvider.System);
