using System.Threading.Channels;
using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Agent.Duties;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Messages;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Linux.Mosquitto;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace DVStakers.Edge.Agent.Mesh;

/// <summary>
/// Tells the box's broker how the box is (docs/mqtt.md). Without broker, library or configuration it says so once, as an observation, and nothing else
/// of the agent notices; what that means to a person is said by the condition that follows from it. A member of a cluster signs what it says, and puts
/// what its peers say into the mailbox.
/// </summary>
internal sealed class Publisher(
    EdgeConfig config, MosquittoLibrary library, SnapshotFeed feed, DutyFeed duties, ChannelWriter<Observation> observations, string agentVersion,
    long boot, TimeProvider time, ILogger log, Membership? membership = null, Mailbox? mailbox = null)
{
    /// <summary>A connection that held for this long starts the back-off anew; two boxes of one name, each throwing the other out, do not.</summary>
    private static readonly TimeSpan Stable = TimeSpan.FromMinutes(1);

    private readonly Topics topics = new(config.Cluster, config.Box);

    /// <summary>Connections in a row that the broker had taken and that ended soon.</summary>
    private int thrownOut;

    private readonly Outbox outbox =
        new(new Topics(config.Cluster, config.Box), agentVersion, Guid.NewGuid().ToString("N"), boot, () => duties.Current, membership);

    private readonly ResiliencePipeline<SessionEnd> retry = new ResiliencePipelineBuilder<SessionEnd> { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions<SessionEnd>
        {
            ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Exception is null && args.Outcome.Result.Held < Stable),
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromSeconds(1),
            MaxDelay = TimeSpan.FromSeconds(30),
        })
        .Build();

    /// <summary>Returns when stopped, after at most a second, in which it publishes <c>offline</c> and disconnects.</summary>
    public async Task Run(CancellationToken stop)
    {
        try
        {
            if (config.Mqtt is not { } mqtt)
                await Rest(BrokerState.NotConfigured, "no mqtt in the configuration", stop).ConfigureAwait(false);
            else if (!library.IsAvailable)
                await Rest(BrokerState.LibraryMissing, library.Reason, stop).ConfigureAwait(false);
            else
                await KeepConnected(mqtt, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped, as asked.
        }
    }

    /// <summary>Nothing to do until the stop: neither the configuration nor the library changes while the agent runs.</summary>
    private async Task Rest(BrokerState state, string why, CancellationToken stop)
    {
        await Report(state, why, stop).ConfigureAwait(false);
        await Task.Delay(Timeout.InfiniteTimeSpan, time, stop).ConfigureAwait(false);
    }

    private async Task KeepConnected(MqttConfig mqtt, CancellationToken stop)
    {
        // Only before the first attempt: later ones keep the last result in sight.
        await Report(BrokerState.Connecting, Address(mqtt), stop).ConfigureAwait(false);
        while (true)
            await retry.ExecuteAsync(async cancel => await Connect(mqtt, cancel).ConfigureAwait(false), stop).ConfigureAwait(false);
    }

    private async Task<SessionEnd> Connect(MqttConfig mqtt, CancellationToken stop)
    {
        SessionEnd end;
        try
        {
            await using var connection = new MosquittoConnection(library, await Options(mqtt, stop).ConfigureAwait(false), time);
            end = await new BrokerSession(connection, outbox, mailbox, topics.Wanted, feed, time).Run(() => Connected(mqtt, stop), stop).ConfigureAwait(false);
            if (connection.Dropped > 0)
                log.MessagesLost(connection.Dropped);
        }
        catch (Exception e) when (e is MosquittoException or IOException or UnauthorizedAccessException)
        {
            end = new(BrokerState.Disconnected, e.Message, TimeSpan.Zero);
        }
        thrownOut = end.Held > TimeSpan.Zero && end.Held < Stable ? thrownOut + 1 : 0;
        // MQTT 3.1.1 has no word for it.
        if (thrownOut > 1)
            end = end with { Why = $"{end.Why} {end.Held.TotalSeconds:0.#} s after it had let us in, {thrownOut} times in a row: is there another agent of this name, {config.Cluster}/{config.Box}? Each throws the other out" };
        log.ConnectionEnded(Address(mqtt), end.Why, end.Held);
        await Report(end.State, $"{Address(mqtt)}: {end.Why}", stop).ConfigureAwait(false);
        return end;
    }

    private async Task Connected(MqttConfig mqtt, CancellationToken stop)
    {
        log.Connected(Address(mqtt), config.Cluster, config.Box);
        await Report(BrokerState.Connected, Address(mqtt), stop).ConfigureAwait(false);
    }

    private ValueTask Report(BrokerState state, string detail, CancellationToken stop) =>
        observations.WriteAsync(new BrokerSeen(new BrokerReading(state, detail, time.GetUtcNow())), stop);

    private async Task<MosquittoOptions> Options(MqttConfig mqtt, CancellationToken stop) => new()
    {
        ClientId = $"dvstakers-edge-{config.Cluster}-{config.Box}",
        Host = mqtt.Host,
        Port = mqtt.Port,
        KeepAlive = TimeSpan.FromSeconds(mqtt.KeepAliveSeconds),
        Username = mqtt.Username,
        // Read each time, so that a corrected file needs no restart.
        Password = mqtt.PasswordFile is { } file ? await FirstLine(file, stop).ConfigureAwait(false) : null,
        Tls = TlsFiles.Of(config) is { } tls ? new(tls.Authority, tls.Certificate, tls.Key) : null,
        Will = outbox.Offline,
        Farewell = outbox.Offline,
    };

    private static async Task<string> FirstLine(string file, CancellationToken stop)
    {
        using var reader = new StreamReader(file);
        return await reader.ReadLineAsync(stop).ConfigureAwait(false) ?? throw new IOException($"The password file '{file}' is empty.");
    }

    private static string Address(MqttConfig mqtt) => mqtt.Host.Contains(':') ? $"[{mqtt.Host}]:{mqtt.Port}" : $"{mqtt.Host}:{mqtt.Port}";
}
