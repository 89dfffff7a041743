using DVStakers.Edge.Linux.Mosquitto;

namespace DVStakers.Edge.FunctionalTests.Mesh;

public sealed class MosquittoConnectionTests
{
    private static readonly MosquittoLibrary Library = MosquittoLibrary.Probe();

    [Fact]
    public async Task Messages_come_back_byte_for_byte_and_in_order()
    {
        await using var broker = await Broker.Start();
        await using var connection = Connect(broker, "one");
        Assert.IsType<MosquittoEvent.Connected>(await Next(connection));
        connection.Subscribe("t/#", qos: 1);

        var everyByte = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();
        for (var i = 0; i < 200; i++)
            Assert.True(connection.TryPublish(new($"t/{i}", everyByte, Qos: 1, Retain: false)));
        for (var i = 0; i < 200; i++)
        {
            var message = Assert.IsType<MosquittoEvent.Received>(await Next(connection)).Message;
            Assert.Equal($"t/{i}", message.Topic);
            Assert.Equal(everyByte, message.Payload.ToArray());
        }
        Assert.Equal(0, connection.Dropped);
    }

    [Fact]
    public async Task A_retained_message_says_that_it_was_kept()
    {
        await using var broker = await Broker.Start();
        await using var first = Connect(broker, "first");
        await Next(first);
        first.Subscribe("kept", qos: 1);
        first.TryPublish(new("kept", "x"u8.ToArray(), Qos: 1, Retain: true));
        Assert.False(Assert.IsType<MosquittoEvent.Received>(await Next(first)).Message.Retain);

        await using var second = Connect(broker, "second");
        await Next(second);
        second.Subscribe("kept", qos: 1);
        Assert.True(Assert.IsType<MosquittoEvent.Received>(await Next(second)).Message.Retain);
    }

    [Fact]
    public async Task A_second_client_of_the_same_name_throws_the_first_out()
    {
        await using var broker = await Broker.Start();
        await using var first = Connect(broker, "same");
        await Next(first);
        await using var second = Connect(broker, "same");
        Assert.IsType<MosquittoEvent.Connected>(await Next(second));
        Assert.Equal(new MosquittoEvent.Closed("the broker closed the connection"), await Next(first));
        Assert.False(first.TryPublish(new("t", default, Qos: 0, Retain: false)));
    }

    [Fact]
    public async Task A_topic_that_MQTT_does_not_allow_is_refused_in_words()
    {
        await using var broker = await Broker.Start();
        await using var connection = Connect(broker, "one");
        await Next(connection);
        Assert.Contains("a/#/b", Assert.Throws<MosquittoException>(() => connection.TryPublish(new("a/#/b", default, Qos: 0, Retain: false))).Message);
    }

    [Fact]
    public async Task Messages_that_nobody_takes_are_dropped_and_counted_and_the_end_is_still_told()
    {
        await using var broker = await Broker.Start();
        await using var connection = Connect(broker, "slow");
        await using var sender = Connect(broker, "sender");
        await Next(sender);
        Assert.IsType<MosquittoEvent.Connected>(await Next(connection));
        connection.Subscribe("t", qos: 0);
        connection.Subscribe("t/end", qos: 0);
        await broker.Log.Until("Sending SUBACK to slow");
        await broker.Log.Until("Sending SUBACK to slow");

        for (var i = 0; i < 3000; i++)
            sender.TryPublish(new("t", new byte[16], Qos: 0, Retain: false));
        await sender.DisposeAsync();
        await broker.Log.Until("Client sender disconnected.");
        await connection.DisposeAsync();

        var events = new List<MosquittoEvent>();
        await foreach (var happened in connection.Events.ReadAllAsync())
            events.Add(happened);
        Assert.IsType<MosquittoEvent.Closed>(events[^1]);
        Assert.Equal(1024, events.Count - 1);
        Assert.InRange(connection.Dropped, 1, 3000 - 1024);
    }

    private static MosquittoConnection Connect(Broker broker, string id) =>
        new(Library, new MosquittoOptions { ClientId = id, Host = "127.0.0.1", Port = broker.Port, KeepAlive = TimeSpan.FromSeconds(5) }, TimeProvider.System);

    private static async Task<MosquittoEvent> Next(MosquittoConnection connection)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await connection.Events.ReadAsync(limit.Token);
    }
}
