using System.Net;
using System.Net.Sockets;
using DVStakers.Edge.FunctionalTests.Fakes;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Linux.Mosquitto;

namespace DVStakers.Edge.FunctionalTests.Mesh;

public sealed class PublisherTests
{
    private const string Online = $"{Box.Prefix}availability online";
    private const string Offline = $"{Box.Prefix}availability offline";

    [Fact]
    public async Task A_later_subscriber_sees_all_retained_topics_and_no_past_event()
    {
        await using var broker = await Broker.Start();
        await using var box = new Box(Box.At(broker.Port));
        await using var early = broker.Watch();
        await early.Until($"{Box.Prefix}ranking");

        box.Feed.Publish(Box.SnapshotOf(Tier.Suspect));
        Assert.Contains("\"tier\":\"suspect\"", await early.Until($"0 {Box.Prefix}health"));
        Assert.Contains("\"tier\":\"suspect\"", await early.Until($"0 {Box.Prefix}ranking"));
        Assert.Contains("\"code\":\"tier-changed\"", await early.Until($"0 {Box.Prefix}events"));
        Assert.Contains("\"code\":\"not-ready\"", await early.Until($"0 {Box.Prefix}events"));

        await using var later = broker.Watch();
        string[] topics = ["availability", "health", "ranking"];
        foreach (var _ in topics)
            Assert.StartsWith($"1 {Box.Prefix}", await later.Until("dvstakers/"));
        Assert.Equal(topics, later.Seen.Select(l => l.Split(' ')[1][Box.Prefix.Length..]).Order());

        await box.Stop();
        await later.Until(Offline);
        Assert.DoesNotContain(later.Seen, l => l.Contains("events"));
    }

    [Fact]
    public async Task On_stop_it_says_offline_and_leaves_in_order_within_a_second()
    {
        await using var broker = await Broker.Start();
        await using var box = new Box(Box.At(broker.Port));
        await using var watch = broker.Watch();
        await watch.Until(Online);

        Assert.InRange(await box.Stop(), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        await watch.Until(Offline);
        // In order: mosquitto says otherwise "closed its connection", and publishes the will.
        await broker.Log.Until("Client dvstakers-edge-kili-node-1 disconnected.");
        await using var later = broker.Watch();
        await later.Until($"1 {Offline}");
    }

    [Fact]
    public async Task When_the_line_is_cut_the_last_will_says_offline_and_it_comes_back()
    {
        await using var broker = await Broker.Start();
        await using var relay = new Relay(broker.Port);
        await using var box = new Box(Box.At(relay.Port));
        await using var watch = broker.Watch();
        await watch.Until(Online);

        relay.Cut();
        await watch.Until(Offline);
        Assert.NotEmpty((await box.Until(BrokerState.Disconnected)).Detail);
        await box.Until(BrokerState.Connected);
        await watch.Until(Online);
        await watch.Until($"{Box.Prefix}health");
    }

    [Fact]
    public async Task A_broker_that_lost_everything_in_a_restart_is_told_again()
    {
        await using var broker = await Broker.Start();
        await using var box = new Box(Box.At(broker.Port));
        await box.Until(BrokerState.Connected);

        await broker.Kill();
        await box.Until(BrokerState.Disconnected);
        await broker.Start();
        await box.Until(BrokerState.Connected);

        // Nothing has changed for the agent, so only the new connection is a reason to say it.
        await using var watch = broker.Watch();
        await watch.Until($"{Box.Prefix}ranking");
    }

    [Fact]
    public async Task A_broker_that_starts_after_the_agent_is_found()
    {
        await using var broker = Broker.Prepare();
        await using var box = new Box(Box.At(broker.Port));
        Assert.Equal($"127.0.0.1:{broker.Port}: Connection refused", (await box.Until(BrokerState.Disconnected)).Detail);

        await broker.Start();
        await box.Until(BrokerState.Connected);
        await using var watch = broker.Watch();
        await watch.Until(Online);
    }

    [Fact]
    public async Task A_wrong_password_is_a_refusal_in_words_and_a_corrected_file_is_enough()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "wrong\n");
        await using var broker = await Broker.Start(password: "right");
        await using var box = new Box(Box.At(broker.Port) with { Username = Broker.User, PasswordFile = file });
        Assert.Contains("not authorised", (await box.Until(BrokerState.Refused)).Detail);

        await File.WriteAllTextAsync(file, "right\n");
        await box.Until(BrokerState.Connected);
        await using var watch = broker.Watch();
        await watch.Until(Online);
        File.Delete(file);
    }

    [Fact]
    public async Task A_password_file_that_is_not_there_is_named()
    {
        await using var box = new Box(Box.At(Ports.Free()) with { Username = "edge", PasswordFile = "/not/here" });
        Assert.Contains("/not/here", (await box.Until(BrokerState.Disconnected)).Detail);
    }

    [Fact]
    public async Task A_host_name_that_does_not_exist_is_said()
    {
        await using var box = new Box(Box.At(1883) with { Host = "broker.invalid" });
        Assert.Equal("broker.invalid:1883: the host name cannot be resolved", (await box.Until(BrokerState.Disconnected)).Detail);
    }

    [Fact]
    public async Task A_missing_library_is_said_once_and_nothing_else_happens()
    {
        await using var box = new Box(Box.At(1883), MosquittoLibrary.Probe("libmosquitto-of-nowhere.so.1"));
        Assert.Contains("libmosquitto-of-nowhere.so.1 is not installed", (await box.Until(BrokerState.LibraryMissing)).Detail);
        await box.Stop();
        Assert.True(box.NothingMoreObserved);
    }

    [Fact]
    public async Task No_mqtt_in_the_configuration_is_said_once_and_nothing_else_happens()
    {
        await using var box = new Box(mqtt: null);
        await box.Until(BrokerState.NotConfigured);
        await box.Stop();
        Assert.True(box.NothingMoreObserved);
    }

    [Fact]
    public async Task A_broker_that_hangs_does_not_hold_up_the_stop()
    {
        await using var broker = await Broker.Start();
        await using var relay = new Relay(broker.Port);
        await using var box = new Box(Box.At(relay.Port));
        await using var watch = broker.Watch();
        await watch.Until($"{Box.Prefix}ranking");

        relay.GoSilent();
        Assert.InRange(await box.Stop(), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        relay.Cut();
        await watch.Until(Offline);
    }

    [Fact]
    public async Task A_port_that_never_answers_is_given_up_after_the_keep_alive()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var box = new Box(Box.At(((IPEndPoint)listener.LocalEndpoint).Port));
        Assert.Contains("did not answer within the keep-alive time", (await box.Until(BrokerState.Disconnected)).Detail);
        Assert.InRange(await box.Stop(), TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }
}
