using System.Diagnostics;
using System.Security.Cryptography;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Linux.Mosquitto;

namespace DVStakers.Edge.FunctionalTests.Mesh;

/// <summary>A client that may write every topic of the broker.</summary>
internal sealed class Liar : IAsyncDisposable
{
    private readonly MosquittoConnection connection;

    private Liar(Broker broker) => connection = new(MosquittoLibrary.Probe(),
        new MosquittoOptions { ClientId = "liar", Host = "127.0.0.1", Port = broker.Port, KeepAlive = TimeSpan.FromSeconds(5) }, TimeProvider.System);

    public static async Task<Liar> At(Broker broker)
    {
        var liar = new Liar(broker);
        Assert.IsType<MosquittoEvent.Connected>(await liar.connection.Events.ReadAsync());
        return liar;
    }

    public void Say(string topic, byte[] payload, int qos = 1) => Assert.True(connection.TryPublish(new(topic, payload, qos, Retain: false)));

    /// <summary>The same, signed by another key.</summary>
    public static byte[] Resigned(byte[] signed, string topic, ECDsa key)
    {
        Assert.True(SignedJson.TrySplit(signed, out var json, out _));
        return SignedJson.Sign(json, topic, key);
    }

    /// <summary>About ten thousand messages a second, in turn, until it is stopped.</summary>
    public Flooding Flood(params (string Topic, byte[] Payload)[] messages)
    {
        var stop = new CancellationTokenSource();
        return new(stop, Task.Run(async () =>
        {
            var began = Stopwatch.GetTimestamp();
            var sent = 0;
            while (!stop.IsCancellationRequested)
            {
                while (sent < Stopwatch.GetElapsedTime(began).TotalSeconds * 10_000 && !stop.IsCancellationRequested)
                {
                    var (topic, payload) = messages[sent++ % messages.Length];
                    Say(topic, payload, qos: 0);
                }
                await Task.Delay(5);
            }
            return sent / Stopwatch.GetElapsedTime(began).TotalSeconds;
        }));
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}

internal sealed record Flooding(CancellationTokenSource Cancel, Task<double> Sent)
{
    /// <summary>Says how many messages a second it were.</summary>
    public async Task<double> Stop()
    {
        await Cancel.CancelAsync();
        return await Sent;
    }
}
