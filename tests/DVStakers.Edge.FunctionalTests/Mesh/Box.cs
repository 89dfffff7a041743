using System.Diagnostics;
using System.Threading.Channels;
using DVStakers.Edge.Agent.Duties;
using DVStakers.Edge.Agent.Mesh;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;
using DVStakers.Edge.Linux.Mosquitto;
using Microsoft.Extensions.Logging.Abstractions;

namespace DVStakers.Edge.FunctionalTests.Mesh;

/// <summary>A running publisher with a snapshot feed of its own.</summary>
internal sealed class Box : IAsyncDisposable
{
    public const string Prefix = "dvstakers/kili/node-1/";

    private readonly Channel<Observation> observations = Channel.CreateUnbounded<Observation>();
    private readonly CancellationTokenSource stop = new();
    private readonly Task run;

    /// <param name="membership">The cluster directory.</param>
    public Box(MqttConfig? mqtt, MosquittoLibrary? library = null, string membership = "/not/here")
    {
        var config = new EdgeConfig { Cluster = "kili", Box = "node-1", Mqtt = mqtt, Membership = new MembershipConfig { Directory = membership } };
        run = new Publisher(config, library ?? MosquittoLibrary.Probe(), Feed, new DutyFeed(), observations.Writer, "0.1.0", 41, TimeProvider.System, NullLogger.Instance)
            .Run(stop.Token);
    }

    public SnapshotFeed Feed { get; } = new(SnapshotOf(Tier.Healthy));

    public bool NothingMoreObserved => !observations.Reader.TryPeek(out _);

    /// <summary>Reads the broker readings until one is in this state.</summary>
    public async Task<BrokerReading> Until(BrokerState state)
    {
        var seen = new List<BrokerReading>();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            while (true)
            {
                var reading = ((BrokerSeen)await observations.Reader.ReadAsync(limit.Token)).Reading;
                seen.Add(reading);
                if (reading.State == state)
                    return reading;
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"no {state}, but: {string.Join("; ", seen)}");
        }
    }

    /// <summary>Stops the publisher and says how long that took.</summary>
    public async Task<TimeSpan> Stop()
    {
        var since = Stopwatch.GetTimestamp();
        await stop.CancelAsync();
        await run;
        return Stopwatch.GetElapsedTime(since);
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        stop.Dispose();
    }

    public static MqttConfig At(int port) => new() { Port = port, KeepAliveSeconds = 5 };

    /// <summary>One stack, home-a, which serves whatever its tier.</summary>
    public static Snapshot SnapshotOf(Tier tier) => new()
    {
        At = DateTimeOffset.UtcNow,
        Stacks = [new StackStatus { Name = "home-a", Tier = tier, Reason = "as the test says", Since = DateTimeOffset.UtcNow }],
        Ranking = [new RankedStack(1, "home-a", tier, "as the test says")],
        Heads = HeadHistory.Empty,
        Serving = "home-a",
        ServingReason = "the only one",
        Conditions = [],
        Broker = new BrokerReading(BrokerState.Connecting, "", DateTimeOffset.UtcNow),
    };
}
