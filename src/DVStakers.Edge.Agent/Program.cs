using DVStakers.Edge.Agent.Cli;
using DVStakers.Edge.Agent.Service;

// What a socket brings is handled on the thread that waits for sockets: a change of threads would cost more than most requests. Nothing of the agent
// blocks there. The runtime reads this once, with the first socket.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
return await CommandLine.Invoke(args, (config, membership, logs, shutdown, stop) => new EdgeAgent(config, membership, logs, TimeProvider.System).Run(shutdown, stop), TimeProvider.System);
