using System.Threading.Channels;
using DVStakers.Edge.Agent.Cli;
using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Agent.Config;
using DVStakers.Edge.Agent.Duties;
using DVStakers.Edge.Agent.Mesh;
using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Agent.Panel;
using DVStakers.Edge.Agent.Power;
using DVStakers.Edge.Agent.Probes;
using DVStakers.Edge.Agent.Proxy;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Agent.Web;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Power;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;
using DVStakers.Edge.Linux.Kernel;
using DVStakers.Edge.Linux.Mosquitto;
using DVStakers.Edge.Linux.Systemd;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Service;

/// <summary>The agent, wired: what starts in which order, and stops in the reverse one.</summary>
/// <param name="membership">Null: this box is in no cluster.</param>
internal sealed class EdgeAgent(EdgeConfig config, Membership? membership, ILoggerFactory logs, TimeProvider time)
{
    /// <summary>Requests under way may end; event streams would not.</summary>
    private static readonly TimeSpan MomentForRequests = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan MomentForPart = TimeSpan.FromSeconds(1);

    /// <summary>For all parts together: with the requests' moment it stays below the 5 s within which the agent stops, however many parts hang.</summary>
    private static readonly TimeSpan MomentForParts = TimeSpan.FromSeconds(3);

    private readonly ILogger log = logs.CreateLogger("service");

    /// <summary>Runs until stopped. Returns the exit code.</summary>
    /// <param name="shutdown">Cancelled when the whole process ends. A stop without it is followed by another run, of which systemd need not know.</param>
    public async Task<int> Run(CancellationToken shutdown, CancellationToken stop)
    {
        using var systemd = SystemdNotify.FromEnvironment();
        var own = config.Stacks.Select(s => new NodeClient(s.Name, s.BeaconNode)).ToList();
        var executionClients = config.Stacks.Where(s => s.ExecutionClient is not null)
            .Select(s => (Stack: s, Client: new NodeClient(s.Name, s.ExecutionClient!))).ToList();
        var nodes = new NodeTable(own);
        var observations = Channel.CreateBounded<Observation>(1024);
        var judge = Judge.Start(membership is null ? config : PeerStacks.With(config, membership.Roster, membership.Box), time.GetUtcNow());
        var state = new SnapshotFeed(judge.Snapshot);

        var meshLog = logs.CreateLogger("mesh");
        var kept = StateDirectory.FromEnvironment(meshLog);
        var boot = config.Mqtt is null ? 0 : kept.NextBoot(time.GetUtcNow());
        var mailbox = membership is null || config.Mqtt is null ? null : new Mailbox(Inbox.Start(membership.Box, membership.Roster, kept.Marks()), time);

        var counts = new ProxyCounts();
        var witnesses = new WitnessChannel();
        var duties = new DutyFeed();
        var dutiesLog = logs.CreateLogger("duties");
        var proxy = Endpoint.Of(state, nodes, config.Proxy, new Witness(witnesses, state, time), counts, observations.Writer, time, logs.CreateLogger("proxy"));
        var status = new StatusServer(config, state, duties, counts.Read, AgentVersion.Text, time);
        var gateway = membership is not null && config.Gateway is not null && own.Count > 0 ? new GatewayParts(membership, state, own, time, logs.CreateLogger("gateway")) : null;

        await using var listeners = new Listeners(logs, log);
        if (await listeners.Open(config.Proxy.Listen, "proxy.listen", config.Proxy.MaxConnections, proxy.Handler.Handle).ConfigureAwait(false) is not { } proxyAddress
            || await listeners.Open(config.Status.Listen, "status.listen", StatusServer.MostConnections, status.Handle).ConfigureAwait(false) is null
            || (gateway is not null && await listeners.Open(config.Gateway!.Listen, "gateway.listen", GatewayParts.MostConnections, gateway.Handle, gateway.Around).ConfigureAwait(false) is null))
            return ExitCode.Failed;

        var probes = Probes(own, executionClients, state, observations.Writer);
        using var peers = membership is null ? null : new PeerNodes(config, membership, nodes, state, observations.Writer, time, logs.CreateLogger("probes"));
        var supervisor = new Supervisor(systemd, config.Stacks, state, proxyAddress, time, logs.CreateLogger("service"));

        var outage = config.Power is null ? null : Outage(config.Power, state, observations.Writer);
        if (outage is null)
            TellOfLeftOutage();

        // In this order they start; in the reverse order they stop.
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var onStop = stop.Register(stopping.SetResult).ConfigureAwait(false);
        List<Part> parts =
        [
            .. config.Panel is null ? [] : PanelParts.Of(
                config.Panel, ConfigFile.StateDirectory, KernelPaths.System, state, duties, observations.Writer, outage is null ? null : outage.Shutdown, time, stopping.Task,
                logs.CreateLogger("panel")),
            new("state loop", new StateLoop(judge, state, observations.Reader, time).Run),
            new("journal", new Journal(state, logs.CreateLogger("journal")).Run),
            .. probes,
            new("duties", new DutyLoop(witnesses, state, new ChainReader(nodes, time, dutiesLog), duties, time, dutiesLog).Run),
            new("preparations", proxy.Preparations.Run),
            Tolerant.Of("host", new HostProbe(config.Machine, new HostPlaces(), observations.Writer, time).Run, time, log),
            Tolerant.Of("units", new UnitsProbe(config.Machine.Units, UnitsProbe.Systemctl, observations.Writer, time).Run, time, log),
            Tolerant.Of("containers", new ContainersProbe(config.Machine.Containers, config.Machine.DockerSocket, ContainersProbe.Cgroups, observations.Writer, time).Run, time, log),
            new("load", new LoadProbe(LoadProbe.Path, observations.Writer, time).Run),
            new("drain", stop => new DrainFile(ConfigFile.StateDirectory, time).Watch(observations.Writer, logs.CreateLogger("config"), stop)),
        ];
        if (peers is not null)
            parts.Add(new("peers", peers.Run));
        if (membership is not null)
            parts.Add(new("membership", new MembershipWatch(membership, observations.Writer, time, logs.CreateLogger("cluster")).Run));
        if (mailbox is not null)
            parts.Add(new("inbox", new InboxLoop(mailbox, membership!, kept, observations.Writer, time, meshLog).Run));
        parts.Add(new("mesh", new Publisher(config, MosquittoLibrary.Probe(), state, duties, observations.Writer, AgentVersion.Text, boot, time, meshLog,
            membership, mailbox).Run));
        if (gateway is not null)
            parts.Add(new("gateway", gateway.Run));
        if (config.Power is { } power && Supply(power, observations.Writer) is { } supply)
            parts.Add(new("power", supply.Run));
        if (outage is not null)
            parts.Add(new("outage", outage.Run));
        if (!Console.IsOutputRedirected)
            parts.Add(new("panel", new TerminalPanel(state, Console.Out, Ink.ForOutput).Run));
        parts.Add(new("supervisor", supervisor.Run));

        var failed = await RunParts(parts, stop).ConfigureAwait(false);

        // After STOPPING=1 systemd ends a process that does not.
        if (shutdown.IsCancellationRequested || failed is not null)
        {
            systemd.Stopping("stopping");
            log.Stopping();
        }
        await listeners.Stop(MomentForRequests).ConfigureAwait(false);
        await StopParts(parts, failed).ConfigureAwait(false);
        foreach (var client in own.Concat(executionClients.Select(e => e.Client)))
            client.Dispose();
        return failed is null ? ExitCode.Ok : ExitCode.Failed;
    }

    /// <summary>What looks at the stacks: one part for all readings, one for each node's head events.</summary>
    private IEnumerable<Part> Probes(
        List<NodeClient> own, List<(StackConfig Stack, NodeClient Client)> executionClients, SnapshotFeed state, ChannelWriter<Observation> observations)
    {
        var log = logs.CreateLogger("probes");
        List<IProbe> probes =
        [
            .. own.Select(c => new BeaconProbe(c, time, log)),
            .. executionClients.Select(e => new ExecutionProbe(e.Client, e.Stack.JwtSecret, time, log)),
        ];
        yield return new("probes", new ProbeRunner(probes, () => state.Current.Spec, observations, time, log).Run);
        foreach (var client in own)
            yield return new($"heads of {client.Name}", new HeadFeed(client, () => state.Current.Spec, observations, time, log).Run);
    }

    /// <summary>What reads the UPS; null: there is none.</summary>
    private PowerProbe? Supply(PowerConfig power, ChannelWriter<Observation> observations)
    {
        if (Upses.Of(power, KernelPaths.System, time) is not { } ups)
            return null;
        logs.CreateLogger("power").Watching(PowerModels.Find(power.Model)!.Title, ups.Place);
        return new(ups, observations, time);
    }

    /// <summary>What stops and starts this box's clients.</summary>
    private OutageLoop Outage(PowerConfig power, SnapshotFeed state, ChannelWriter<Observation> observations)
    {
        var log = logs.CreateLogger("power");
        return new(power, state, new OutageFiles(ConfigFile.StateDirectory, log), new ClientCommands(time, log), new BootFacts(), observations, time, log);
    }

    /// <summary>Whoever takes the power out of the configuration in the middle of an outage has clients that nobody starts.</summary>
    private void TellOfLeftOutage()
    {
        var log = logs.CreateLogger("power");
        if (new OutageFiles(ConfigFile.StateDirectory, log).Read().Down.ToList() is { Count: > 0 } down)
            log.LeftDown(string.Join(", ", down), ConfigFile.StateDirectory);
    }

    /// <summary>One after the other, so that the last thing said is true of all before it; whatever a part does, the next one is stopped too.</summary>
    private async Task StopParts(List<Part> parts, Part? failed)
    {
        var began = time.GetTimestamp();
        foreach (var part in parts.AsEnumerable().Reverse())
        {
            var left = MomentForParts - time.GetElapsedTime(began);
            var moment = left <= TimeSpan.Zero ? TimeSpan.Zero : left < MomentForPart ? left : MomentForPart;
            if (!await part.Stop(moment, time).ConfigureAwait(false))
            {
                log.PartLate(part.Name);
                continue;
            }
            if (part != failed && part.Task.Exception is { InnerException: { } fault })
                log.PartFailedStopping(part.Name, fault.ToString());
            part.Dispose();
        }
    }

    /// <summary>Starts all, and waits for the stop, or for a part that fails, which none should: then it returns that one.</summary>
    private async Task<Part?> RunParts(List<Part> parts, CancellationToken stop)
    {
        var running = parts.Select(p => p.Start()).ToList();
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stop.Register(stopped.SetResult);
        while (true)
        {
            var ended = await Task.WhenAny([stopped.Task, .. running]).ConfigureAwait(false);
            if (ended == stopped.Task)
                return null;
            running.Remove(ended);
            if (ended.Exception is { InnerException: { } fault })
            {
                var failed = parts.First(p => p.Task == ended);
                log.PartFailed(failed.Name, fault.ToString());
                return failed;
            }
        }
    }
}
