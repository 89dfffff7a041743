using System.Net;
using System.Text.Json;
using DVStakers.Edge.FunctionalTests.Fakes;

namespace DVStakers.Edge.FunctionalTests.Proxy;

/// <summary>Rule 12: one unbroken stream, whatever becomes of the nodes; nothing twice, nothing lost, nothing closed for being idle.</summary>
public sealed class StreamTests
{
    [Fact]
    public async Task An_event_that_both_nodes_tell_is_told_once_and_in_the_words_of_the_node_in_use()
    {
        await using var box = await TestBox.Start();
        using var stream = await Listen(box, "head");
        for (var slot = 101UL; slot <= 104; slot++)
        {
            var chain = box.Chain with { HeadSlot = slot };
            box.Secondary.Import(chain);
            box.Primary.Import(chain);
            var (type, data) = await stream.Next();
            Assert.Equal("head", type);
            Assert.Equal(slot, Slot(data));
        }
    }

    [Fact]
    public async Task It_survives_the_death_of_its_node_and_tells_the_next_head_once()
    {
        await using var box = await TestBox.Start();
        using var stream = await Listen(box, "head");
        box.Primary.Import(box.Chain.Extend());
        box.Secondary.Import(box.Chain.Extend());
        Assert.Equal(101UL, Slot((await stream.Next()).Data));
        await box.Primary.Node.Kill();
        box.Secondary.Import(box.Chain.Extend(2));
        Assert.Equal(102UL, Slot((await stream.Next()).Data));
        await box.UntilServing("secondary");
        box.Secondary.Import(box.Chain.Extend(3));
        Assert.Equal(103UL, Slot((await stream.Next()).Data));
    }

    [Fact]
    public async Task A_head_that_the_node_in_use_does_not_tell_is_told_by_another_in_time()
    {
        await using var box = await TestBox.Start();
        using var stream = await Listen(box, "head");
        // The primary's execution client hangs: its beacon node stays where it is, and says nothing of it.
        box.Secondary.Import(box.Chain.Extend());
        Assert.Equal(101UL, Slot((await stream.Next(atMostSeconds: 5)).Data));
        // It catches up later; the client has heard of that head already.
        box.Primary.Import(box.Chain.Extend());
        box.Primary.Import(box.Chain.Extend(2));
        box.Secondary.Import(box.Chain.Extend(2));
        Assert.Equal(102UL, Slot((await stream.Next()).Data));
    }

    [Fact]
    public async Task An_idle_stream_is_kept_alive_by_comments()
    {
        await using var box = await TestBox.Start();
        using var stream = await Listen(box, "voluntary_exit");
        await stream.Comment(atMostSeconds: 5);
        await stream.Comment(atMostSeconds: 15);
        box.Primary.Node.Events.Publish("voluntary_exit", """{"message":{"epoch":"1","validator_index":"2"}}""");
        Assert.Equal("voluntary_exit", (await stream.Next()).Type);
    }

    [Fact]
    public async Task Topics_that_every_node_refuses_are_refused_and_one_that_only_one_node_knows_is_served()
    {
        await using var box = await TestBox.Start(b => b.Secondary.Node.On("GET", "/eth/v1/events", Reply.Error(400, "unknown topic")));
        using var stream = await EventReader.Open(box.Client, "payload_attestation_message");
        await box.Primary.Node.Events.WaitForCount(2);
        box.Primary.Node.Events.Publish("payload_attestation_message", "{}");
        Assert.Equal("payload_attestation_message", (await stream.Next()).Type);

        box.Primary.Node.On("GET", "/eth/v1/events", Reply.Error(400, "unknown topic"));
        using var refused = await box.Client.GetAsync("/eth/v1/events?topics=nonsense");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        using var missing = await box.Client.GetAsync("/eth/v1/events");
        Assert.Equal(HttpStatusCode.BadRequest, missing.StatusCode);
    }

    [Fact]
    public async Task A_client_that_does_not_read_its_stream_is_cut_off_and_leaves_its_place_to_others()
    {
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        using var client = await RawClient.Connect(box);
        await client.Send("GET /eth/v1/events?topics=voluntary_exit HTTP/1.1\r\nHost: edge\r\n\r\n");
        await box.Primary.Node.Events.WaitForCount(2);
        for (var i = 0; i < 200; i++)
            box.Primary.Node.Events.Publish("voluntary_exit", $"\"{i}{new string('x', 100_000)}\"");
        await box.Until(r => r.GetProperty("proxy").GetProperty("streams_open").GetInt32() == 0, TimeSpan.FromSeconds(60));
    }

    /// <summary>A stream of these topics that both nodes' streams are open behind.</summary>
    private static async Task<EventReader> Listen(TestBox box, string topics)
    {
        await box.UntilServing("primary");
        var stream = await EventReader.Open(box.Client, topics);
        // The agent's own head stream, and the client's.
        await box.Primary.Node.Events.WaitForCount(2);
        await box.Secondary.Node.Events.WaitForCount(2);
        return stream;
    }

    private static ulong Slot(string data) => ulong.Parse(JsonDocument.Parse(data).RootElement.GetProperty("slot").GetString()!);
}
