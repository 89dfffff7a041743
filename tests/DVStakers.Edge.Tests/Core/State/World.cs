using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;
using DVStakers.Edge.Tests.Core.Chain;

namespace DVStakers.Edge.Tests.Core.State;

public enum Life
{
    Runs,
    Killed,
    Stopped,
}

/// <summary>A stack as it really is, behind what can be read of it. A beacon node goes on answering "in sync" when its execution client is dead.</summary>
internal sealed class RealStack(string name)
{
    public string Name { get; } = name;
    public Life Beacon { get; set; } = Life.Runs;
    public Life Execution { get; set; } = Life.Runs;
    public bool HasExecution { get; init; } = true;
    public ChainSpec Spec { get; set; } = Given.Mainnet;
    public bool? ElOffline { get; set; } = false;
    public bool Optimistic { get; set; }
    public bool Seen { get; set; } = true;
    public TimeSpan? ClockOffset { get; set; }
    public ulong Head { get; set; } = World.FirstSlot - 1;

    /// <summary>The execution client stands at this block and says that all is well, while its beacon node goes on.</summary>
    public ulong? ExecutionStandsAt { get; set; }

    public bool Imports => Beacon == Life.Runs && (Execution == Life.Runs || !HasExecution);
}

/// <summary>Stacks, a clock and the judge: each second every part is probed once, each slot's block comes one second into it.</summary>
internal sealed class World
{
    public const ulong FirstSlot = 1000;

    private readonly RealStack[] stacks;
    private Judge judge;

    public World(params RealStack[] stacks) : this(null, stacks)
    {
    }

    public World(MqttConfig? mqtt, params RealStack[] stacks)
    {
        this.stacks = stacks;
        var config = new EdgeConfig
        {
            Mqtt = mqtt,
            Stacks = [.. stacks.Select(s => new StackConfig
            {
                Name = s.Name, BeaconNode = new Uri("http://127.0.0.1:5052"), ExecutionClient = s.HasExecution ? new Uri("http://127.0.0.1:8545") : null,
            })],
        };
        Now = Given.At(FirstSlot, 0.5);
        judge = Judge.Start(config, Now);
        Past.Add(judge.Snapshot);
    }

    public DateTimeOffset Now { get; private set; }
    public Snapshot Snapshot => judge.Snapshot;

    /// <summary>Every snapshot there was.</summary>
    public List<Snapshot> Past { get; } = [];

    public IEnumerable<string> Codes => Snapshot.Conditions.Select(c => $"{c.Kind.Code}:{c.Subject}");

    public Tier TierOf(string stack) => Snapshot.Stacks.Single(s => s.Name == stack).Tier;

    public Snapshot See(Observation? seen)
    {
        judge = judge.Next(seen, Now);
        Past.Add(judge.Snapshot);
        return judge.Snapshot;
    }

    public void Slots(int slots) => Seconds(slots * 12);

    public void Seconds(int seconds)
    {
        for (var i = 0; i < seconds; i++)
            Second();
    }

    private void Second()
    {
        Now = Now.AddSeconds(1);
        var wall = Given.Mainnet.SlotAt(Now);
        var blockCame = Now >= Given.Mainnet.StartOf(wall).AddSeconds(1);
        foreach (var stack in stacks)
        {
            if (!stack.Imports || !blockCame || stack.Head == wall.Value)
                continue;
            stack.Head = wall.Value;
            if (stack.Seen)
                See(new HeadSeen(new HeadEvent(stack.Name, HeadOf(stack), Now)));
        }
        foreach (var stack in stacks.Where(s => s.Seen))
        {
            See(new BeaconSeen(stack.Name, ReadBeacon(stack)));
            if (stack.HasExecution)
                See(new ExecutionSeen(stack.Name, ReadExecution(stack)));
        }
        See(null);
        foreach (var recovering in Snapshot.Stacks.Where(s => s is { IsRecovering: true, IsPrepared: false }))
            See(new PreparedSeen(recovering.Name));
    }

    private static Head HeadOf(RealStack stack) => Given.Head(stack.Head, stack.Spec == Given.Mainnet ? 0 : 1, stack.Optimistic);

    public BeaconReading ReadBeacon(RealStack stack) => stack.Beacon switch
    {
        Life.Killed => new BeaconReading { At = Now, Reach = Reach.Unreachable, Problem = "connection refused" },
        Life.Stopped => new BeaconReading { At = Now, Reach = Reach.Silent, Problem = "no answer in 1 s" },
        _ => new BeaconReading
        {
            At = Now, Reach = Reach.Ok, Head = HeadOf(stack), ExecutionHash = Given.Payload(stack.Head), IsOptimistic = stack.Optimistic,
            ElOffline = stack.ElOffline, Peers = 60, Spec = stack.Spec, ClockOffset = stack.ClockOffset, RoundTrip = TimeSpan.FromMilliseconds(3),
        },
    };

    private ExecutionReading ReadExecution(RealStack stack) => stack.Execution switch
    {
        Life.Killed => new ExecutionReading { At = Now, Reach = Reach.Unreachable, Problem = "connection refused" },
        Life.Stopped => new ExecutionReading { At = Now, Reach = Reach.Silent, Problem = "no answer in 1 s" },
        _ => new ExecutionReading
        {
            At = Now, Reach = Reach.Ok, LatestHash = Given.Payload(stack.ExecutionStandsAt ?? stack.Head), LatestNumber = stack.ExecutionStandsAt ?? stack.Head,
            LatestTime = Given.At(stack.ExecutionStandsAt ?? stack.Head, 0),
            ChainId = stack.Spec.DepositChainId,
        },
    };
}
