using System.Threading.Channels;
using DVStakers.Edge.Agent.Cli;
using DVStakers.Edge.Agent.Mesh;
using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Agent.Panel;
using DVStakers.Edge.Agent.Probes;
using DVStakers.Edge.Agent.Proxy;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Agent.Web;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;
using DVStakers.Edge.Linux.Mosquitto;
using DVStakers.Edge.Linux.Systemd;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Service;

/// <summary>The agent, wired: what starts in which order, and stops in the reverse one.</summary>
internal sealed class EdgeAgent(EdgeConfig config, ILoggerFactory logs, TimeProvider time)
{
    /// <summary>Requests under way may end; event streams would not.</summary>
    private static readonly TimeSpan MomentForRequests = TimeSpan.FromSeconds(1);

    /// <summary>Each part's share of the 5 s within which the agent stops.</summary>
    private static readonly TimeSpan MomentForPart = TimeSpan.FromSeconds(1);

    private readonly ILogger log = logs.CreateLogger("service");

    /// <summary>Runs until stopped. Returns the exit code.</summary>
    public async Task<int> Run(CancellationToken stop)
    {
        using var systemd = SystemdNotify.FromEnvironment();
        var clients = config.Stacks.Select(s => new NodeClient(s.Name, s.BeaconNode)).ToList();
        var executionClients = config.Stacks.Where(s => s.ExecutionClient is not null)
            .Select(s => (Stack: s, Client: new NodeClient(s.Name, s.ExecutionClient!))).ToList();
        var nodes = new NodeTable(clients);
        var observations = Channel.CreateBounded<Observation>(1024);
        var judge = Judge.Start(config, time.GetUtcNow());
        var state = new SnapshotFeed(judge.Snapshot);

        var proxyLog = logs.CreateLogger("proxy");
        var counts = new ProxyCounts();
        var memory = new SlotMemory();
        var preparations = new Preparations(state, nodes, time, proxyLog);
        // Two of the largest bodies, beside what is usual.
        var posts = new Posts((config.Proxy.MaxBodyMib * 2L + 64) << 20, time);
        var reads = new Reads(state, nodes, memory, posts, counts, time, proxyLog);
        var proxy = new ProxyHandler(
            reads,
            new AttestationAnswers(reads, state, memory, proxyLog),
            new Submissions(state, nodes, memory, preparations, posts, counts, time, proxyLog),
            new Streams(new EventHub(state, nodes, time, proxyLog), state, counts, config.Proxy.MaxStreams, time, proxyLog),
            new OwnAnswers(state), counts, config.Proxy.MaxBodyMib, proxyLog);
        var status = new StatusServer(config, state, counts.Read, AgentVersion.Text, time);

        if (await Listen(config.Proxy.Listen, "proxy.listen", proxy.Handle, stop).ConfigureAwait(false) is not { } proxyListener)
            return ExitCode.Failed;
        if (await Listen(config.Status.Listen, "status.listen", status.Handle, stop).ConfigureAwait(false) is not { } statusListener)
        {
            await proxyListener.DisposeAsync().ConfigureAwait(false);
            return ExitCode.Failed;
        }

        var probes = Probes(clients, executionClients, state, observations.Writer);
        var supervisor = new Supervisor(systemd, state, proxyListener.Address, time, logs.CreateLogger("service"));

        // In this order they start; in the reverse order they stop.
        List<Part> parts =
        [
            new("state loop", new StateLoop(judge, state, observations.Reader, time).Run),
            new("journal", new Journal(state, logs.CreateLogger("journal")).Run),
            .. probes,
            new("preparations", preparations.Run),
            new("mesh", new Publisher(config, MosquittoLibrary.Probe(), state, observations.Writer, AgentVersion.Text, time, logs.CreateLogger("mesh")).Run),
        ];
        if (!Console.IsOutputRedirected)
            parts.Add(new("panel", new TerminalPanel(state, Console.Out, Ink.ForOutput).Run));
        parts.Add(new("supervisor", supervisor.Run));

        var code = await RunParts(parts, stop).ConfigureAwait(false);

        systemd.Stopping("stopping");
        log.Stopping();
        await Task.WhenAll(proxyListener.Stop(MomentForRequests), statusListener.Stop(MomentForRequests)).ConfigureAwait(false);
        foreach (var part in parts.AsEnumerable().Reverse())
        {
            if (await part.Stop(MomentForPart, time).ConfigureAwait(false))
                part.Dispose();
            else
                log.PartLate(part.Name);
        }
        await proxyListener.DisposeAsync().ConfigureAwait(false);
        await statusListener.DisposeAsync().ConfigureAwait(false);
        foreach (var client in clients.Concat(executionClients.Select(e => e.Client)))
            client.Dispose();
        return code;
    }

    /// <summary>What looks at the stacks: one part for all readings, one for each node's head events.</summary>
    private IEnumerable<Part> Probes(
        List<NodeClient> clients, List<(StackConfig Stack, NodeClient Client)> executionClients, SnapshotFeed state, ChannelWriter<Observation> observations)
    {
        var log = logs.CreateLogger("probes");
        List<IProbe> probes =
        [
            .. clients.Select(c => new BeaconProbe(c, time, log)),
            .. executionClients.Select(e => new ExecutionProbe(e.Client, e.Stack.JwtSecret, time, log)),
        ];
        yield return new("probes", new ProbeRunner(probes, () => state.Current.Spec, observations, time, log).Run);
        foreach (var client in clients)
            yield return new($"heads of {client.Name}", new HeadFeed(client, () => state.Current.Spec, observations, time, log).Run);
    }

    private async Task<HttpListener?> Listen(string address, string setting, RequestDelegate handler, CancellationToken stop)
    {
        try
        {
            return await HttpListener.Start(address, handler, logs, stop).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            log.CannotListen(address, setting, e.Message);
            return null;
        }
    }

    /// <summary>Starts all, and waits for the stop, or for a part that fails, which none should.</summary>
    private async Task<int> RunParts(List<Part> parts, CancellationToken stop)
    {
        var running = parts.Select(p => p.Start()).ToList();
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stop.Register(stopped.SetResult);
        while (true)
        {
            var ended = await Task.WhenAny([stopped.Task, .. running]).ConfigureAwait(false);
            if (ended == stopped.Task)
                return ExitCode.Ok;
            running.Remove(ended);
            if (ended.Exception is { InnerException: { } fault })
            {
                log.PartFailed(parts.First(p => p.Task == ended).Name, fault.ToString());
                return ExitCode.Failed;
            }
        }
    }
}
