using System.Text;
using DVStakers.Edge.Core.Messages;
using DVStakers.Edge.Linux.Mosquitto;

namespace DVStakers.Edge.FunctionalTests.Mesh;

/// <summary>Three boxes, each with its own mosquitto as <c>broker render</c> sets it up, and each pulling from the two others.</summary>
public sealed class BrokerMeshTests : IAsyncLifetime
{
    private static readonly string[] Boxes = ["alpha", "beta", "gamma"];

    private readonly TestCluster cluster = new(Boxes);
    private readonly Dictionary<string, MeshBroker> brokers = [];
    private readonly Dictionary<string, MosquittoConnection> agents = [];
    private Relay? towardsAlpha;

    public async ValueTask InitializeAsync()
    {
        var detour = cluster.Detour("alpha");
        foreach (var box in Boxes)
            brokers[box] = await MeshBroker.Start(cluster, box);
        towardsAlpha = new Relay(cluster.Port("alpha"), detour);
        foreach (var box in Boxes)
        {
            agents[box] = await brokers[box].Connected(box);
            await brokers[box].UntilPulling([.. Boxes.Where(b => b != box)]);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var agent in agents.Values)
            await agent.DisposeAsync();
        foreach (var broker in brokers.Values)
            await broker.DisposeAsync();
        await towardsAlpha!.DisposeAsync();
        cluster.Dispose();
    }

    [Fact]
    public async Task What_a_box_says_reaches_every_box_exactly_once()
    {
        await using var watches = new Watches(brokers.Values);
        for (var round = 1; round <= 3; round++)
        {
            foreach (var box in Boxes)
                Say(box, $"{box}-{round}");
            foreach (var box in Boxes)
                await watches.UntilAllSaw(box, $"{box}-{round}");
        }
        // A message that went round, or came by way of the third, would have come before the later rounds.
        foreach (var box in Boxes)
            Assert.All(watches.Counts($"{box}-1").Concat(watches.Counts($"{box}-2")), count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task What_a_box_said_last_is_there_for_whoever_comes_later_at_any_broker()
    {
        await using (var watches = new Watches(brokers.Values))
        {
            Say("alpha", "kept");
            await watches.UntilAllSaw("alpha", "kept");
        }
        foreach (var broker in brokers.Values)
        {
            await using var later = broker.Watch("dvstakers/kili/alpha/health");
            await later.Until("1 dvstakers/kili/alpha/health kept");
        }
    }

    [Fact]
    public async Task A_broker_that_was_gone_has_everything_again_and_the_others_miss_nothing_of_it()
    {
        await using var watches = new Watches([brokers["alpha"], brokers["gamma"]]);
        Say("alpha", "alpha-before");
        Say("beta", "beta-before");
        await watches.UntilAllSaw("alpha", "alpha-before");
        await watches.UntilAllSaw("beta", "beta-before");

        await brokers["beta"].Kill();
        await agents["beta"].DisposeAsync();
        Say("alpha", "alpha-meanwhile");
        await watches.UntilAllSaw("alpha", "alpha-meanwhile");
        await brokers["beta"].Start();
        agents["beta"] = await brokers["beta"].Connected("beta");
        await using var again = new Watches([brokers["beta"]]);
        await again.UntilAllSaw("alpha", "alpha-meanwhile");
        Assert.Equal([0], again.Counts("alpha-before"));

        await brokers["alpha"].UntilPulling("beta");
        await brokers["gamma"].UntilPulling("beta");
        Say("beta", "beta-after");
        Say("alpha", "alpha-after");
        await watches.UntilAllSaw("beta", "beta-after");
        await watches.UntilAllSaw("alpha", "alpha-after");
        await again.UntilAllSaw("alpha", "alpha-after");
        Say("alpha", "alpha-last");
        await watches.UntilAllSaw("alpha", "alpha-last");
        Assert.All(watches.Counts("beta-after").Concat(watches.Counts("alpha-after")).Concat(watches.Counts("beta-before")), count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task After_a_cut_only_what_holds_now_comes_again_and_what_is_new_comes_once()
    {
        await using var watches = new Watches(brokers.Values);
        Say("alpha", "alpha-1");
        await watches.UntilAllSaw("alpha", "alpha-1");
        Say("alpha", "alpha-2");
        await watches.UntilAllSaw("alpha", "alpha-2");
        MeshBroker[] pulling = [brokers["beta"], brokers["gamma"]];
        foreach (var broker in pulling)
            for (var i = 0; i < 2; i++)
                await broker.Log.Until($"Received PUBLISH from local.{broker.Box}-pulls-alpha");

        towardsAlpha!.Cut();
        foreach (var broker in pulling)
            await broker.Log.Until($"Received PUBLISH from local.{broker.Box}-pulls-alpha");
        Say("alpha", "alpha-3");
        await watches.UntilAllSaw("alpha", "alpha-3");
        Say("alpha", "alpha-4");
        await watches.UntilAllSaw("alpha", "alpha-4");
        Assert.Equal([1, 1, 1], watches.Counts("alpha-1"));
        // The retained message, handed over again with the new subscription; it is the same one, by its sequence number.
        Assert.Equal([1, 2, 2], watches.Counts("alpha-2"));
        Assert.Equal([1, 1, 1], watches.Counts("alpha-3"));
    }

    [Fact]
    public async Task Nobody_writes_below_another_s_name_at_any_broker()
    {
        foreach (var broker in brokers.Values)
        {
            await using var watches = new Watches([broker]);
            foreach (var box in Boxes)
            {
                await using var own = box == broker.Box ? null : await broker.Connected(box);
                foreach (var target in Boxes.Where(b => b != box || b != broker.Box))
                {
                    Assert.True((own ?? agents[box]).TryPublish(Health(target, $"forged by {box}")));
                    await broker.Log.Until(line => line.Contains($"Denied PUBLISH from {box} ", StringComparison.Ordinal) && line.Contains($"/{target}/", StringComparison.Ordinal));
                }
            }
            // Without a name, and with one but no certificate for it.
            await using var unnamed = Lines.Of("mosquitto_pub", "-h", "127.0.0.1", "-p", $"{broker.LocalPort}", "-t", $"dvstakers/kili/{broker.Box}/health", "-m", "forged");
            await broker.Log.Until("Denied PUBLISH");
            await using var named = Lines.Of("mosquitto_pub", "-h", "127.0.0.1", "-p", $"{broker.LocalPort}", "-u", broker.Box, "-t", $"dvstakers/kili/{broker.Box}/health", "-m", "forged");
            Assert.Equal(5, await named.Exit());

            Say(broker.Box, "true");
            await watches.UntilAllSaw(broker.Box, "true");
            Assert.Equal([0], watches.Counts("forged"));
        }
    }

    [Fact]
    public async Task A_member_reads_at_another_s_broker_only_what_that_box_says()
    {
        // Its bridges have the same certificate, and would take the connection over.
        await brokers["beta"].Kill();
        await using var watches = new Watches([brokers["alpha"], brokers["gamma"]]);
        Say("alpha", "alpha-1");
        Say("gamma", "gamma-1");
        await watches.UntilAllSaw("alpha", "alpha-1");
        await watches.UntilAllSaw("gamma", "gamma-1");

        await using var beta = await brokers["alpha"].Connected("beta");
        beta.Subscribe("#", qos: 1);
        Assert.Equal("alpha-1", Text(Assert.IsType<MosquittoEvent.Received>(await beta.Next())));
        Say("gamma", "gamma-2");
        await watches.UntilAllSaw("gamma", "gamma-2");
        Say("alpha", "alpha-2");
        Assert.Equal("alpha-2", Text(Assert.IsType<MosquittoEvent.Received>(await beta.Next())));
    }

    [Fact]
    public async Task Nobody_throws_an_agent_out_by_taking_its_client_id()
    {
        await using var rival = brokers["alpha"].Connect(cluster.DirectoryOf("beta"), clientId: "alpha");
        Assert.IsType<MosquittoEvent.Connected>(await rival.Next());

        await using var watches = new Watches([brokers["alpha"]]);
        Say("alpha", "still there");
        await watches.UntilAllSaw("alpha", "still there");
    }

    private void Say(string box, string payload) => Assert.True(agents[box].TryPublish(Health(box, payload)));

    private static MosquittoMessage Health(string box, string payload) =>
        new(new Topics(TestCluster.Name, box).Health, Encoding.UTF8.GetBytes(payload), Qos: 1, Retain: true);

    private static string Text(MosquittoEvent.Received received) => Encoding.UTF8.GetString(received.Message.Payload.Span);

    /// <summary>Somebody at each of these brokers who reads everything.</summary>
    private sealed class Watches(IEnumerable<MeshBroker> brokers) : IAsyncDisposable
    {
        private readonly List<Lines> lines = [.. brokers.Select(b => b.Watch())];

        public async Task UntilAllSaw(string box, string payload)
        {
            foreach (var watch in lines)
                if (!watch.Seen.Any(Fits))
                    await watch.Until(Fits);
            bool Fits(string line) => line.EndsWith($" dvstakers/kili/{box}/health {payload}", StringComparison.Ordinal);
        }

        /// <summary>How often each of them saw it.</summary>
        public IEnumerable<int> Counts(string payload) => lines.Select(w => w.Seen.Count(l => l.Contains(payload, StringComparison.Ordinal)));

        public async ValueTask DisposeAsync()
        {
            foreach (var watch in lines)
                await watch.DisposeAsync();
        }
    }
}
