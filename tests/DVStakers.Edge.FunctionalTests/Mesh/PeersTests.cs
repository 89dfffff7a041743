using System.Security.Cryptography;
using System.Text.RegularExpressions;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Messages;
using DVStakers.Edge.Linux.Mosquitto;
using DVStakers.Edge.Tests.Core.Cluster;

namespace DVStakers.Edge.FunctionalTests.Mesh;

/// <summary>Members of a cluster over a real broker, and somebody who may do everything there but sign.</summary>
public sealed class PeersTests : IDisposable
{
    private const string FriendsTopic = "dvstakers/kili/friend/health";

    private readonly CertifiedCluster cluster = new("kili", "node-1", "friend", "rogue");

    [Fact]
    public async Task Two_boxes_hear_each_other_and_a_new_head_within_a_moment()
    {
        await using var broker = await Broker.Start();
        await using var one = new PeerBox(cluster, "node-1", broker);
        await using var friend = new PeerBox(cluster, "friend", broker);
        await one.Until(b => b.Peer("friend") is { Standing: Standing.Known, Said.Serving: "home-a" });
        await friend.Until(b => b.Peer("node-1") is { Standing: Standing.Known });
        Assert.Equal(Standing.NeverHeard, one.Peer("rogue")!.Standing);

        for (var i = 0; i < 5; i++)
        {
            var slot = friend.NextHead();
            await one.Until(b => b.Peer("friend")!.Said!.Vote?.Slot.Value == slot, seconds: 2);
        }
        Assert.Equal(0, one.Peer("friend")!.Refused.Total);
    }

    [Fact]
    public async Task Whoever_holds_the_broker_and_not_the_key_is_not_believed()
    {
        await using var broker = await Broker.Start();
        await using var one = new PeerBox(cluster, "node-1", broker);
        await using var friend = new PeerBox(cluster, "friend", broker);
        await one.Until(b => b.Peer("friend") is { Standing: Standing.Known });
        await using var watch = broker.Watch(FriendsTopic);
        var said = Bytes((await watch.Until(FriendsTopic)).Split(' ', 3)[2]);
        var newer = friend.NextHead();
        await one.Until(b => b.Peer("friend")!.Said!.Vote?.Slot.Value == newer);

        await using var liar = await Liar.At(broker);
        var dead = Bytes(Text(said).Replace("\"ready\":true", "\"ready\":false"));
        liar.Say(FriendsTopic, dead);
        liar.Say(FriendsTopic, said);
        liar.Say(FriendsTopic, Bytes("nonsense"));
        liar.Say(FriendsTopic, new byte[100_000]);
        liar.Say("dvstakers/kili/friend/roster", Bytes("{\"schema\":1}"));
        liar.Say("dvstakers/kili/rogue/health", said);
        liar.Say("dvstakers/kili/nobody/health", said);
        // What comes last of a topic in a moment is looked at, so each forgery in its own.
        var news = Bytes(Regex.Replace(Text(dead), "\"sequence\":\\d+", "\"sequence\":1000000"));
        foreach (var (forged, count) in new[] { (news, 1), (Liar.Resigned(news, FriendsTopic, cluster.KeyOf("rogue")), 2) })
        {
            liar.Say(FriendsTopic, forged);
            await one.Until(b => b.Peer("friend")!.Refused.Counts.GetValueOrDefault(Rejection.Forged) == count);
        }
        await one.Until(b => b.Peer("friend")!.Refused.Counts.Keys.Order().SequenceEqual([Rejection.Oversized, Rejection.Unsigned, Rejection.Forged, Rejection.Replayed])
            && b.Peer("rogue")!.Refused.Counts.ContainsKey(Rejection.Forged) && b.Strangers.Total == 1);

        Assert.True(one.Peer("friend") is { Standing: Standing.Known, Said.Ready: true, IsRefused: true });
        var next = friend.NextHead();
        await one.Until(b => b.Peer("friend")!.Said!.Vote?.Slot.Value == next);
    }

    [Fact]
    public async Task Leftovers_of_a_box_that_is_gone_are_not_believed_after_the_brokers_restart_and_the_box_itself_is()
    {
        await using var broker = await Broker.Start();
        await using var one = new PeerBox(cluster, "node-1", broker);
        await broker.Kill();
        await broker.Start();
        await broker.Log.Until("Sending SUBACK to dvstakers-edge-kili-node-1");
        await using var liar = await Liar.At(broker);
        // As a bridge hands over what its broker kept: without the flag.
        for (var i = 1; i <= 5; i++)
            liar.Say(FriendsTopic, Leftover(i, secondsAgo: 100 - (i * 12)));
        await one.Until(b => b.Peer("friend")!.Refused.Counts.GetValueOrDefault(Rejection.Unproven) > 0);
        Assert.Equal(Standing.NeverHeard, one.Peer("friend")!.Standing);

        await using var friend = new PeerBox(cluster, "friend", broker);
        await one.Until(b => b.Peer("friend") is { Standing: Standing.Known });
    }

    [Fact]
    public async Task A_newer_roster_reaches_all_whoever_passes_it_on_and_the_removed_box_is_a_stranger()
    {
        await using var broker = await Broker.Start();
        await using var one = new PeerBox(cluster, "node-1", broker);
        await using var friend = new PeerBox(cluster, "friend", broker);
        await using var rogue = new PeerBox(cluster, "rogue", broker);
        await one.Until(b => b.Peer("rogue") is { Standing: Standing.Known });

        // As if `cluster remove` had been run on friend's box.
        Assert.True(friend.Membership.Adopt(cluster.Without("rogue").Signed, out var why), why);
        friend.NextHead();
        await one.Until(b => b.Peer("rogue") is null);
        Assert.Equal(2, one.Membership.Roster.Version);
        rogue.NextHead();
        await one.Until(b => b.Strangers.LastReason == "rogue was removed from the cluster");
    }

    /// <summary>What it costs in memory is measured on the agent's own process (Whole/FloodTests): this one has those of all the tests.</summary>
    [Fact]
    public async Task Ten_thousand_messages_a_second_of_garbage_do_not_keep_a_true_peer_from_being_heard()
    {
        await using var broker = Broker.Prepare(quiet: true);
        await broker.Start();
        await using var one = new PeerBox(cluster, "node-1", broker);
        await using var friend = new PeerBox(cluster, "friend", broker);
        await one.Until(b => b.Peer("friend") is { Standing: Standing.Known });

        await using var liar = await Liar.At(broker);
        var flood = liar.Flood(
            (FriendsTopic, RandomNumberGenerator.GetBytes(300)),
            ("dvstakers/kili/rogue/health", Liar.Resigned(Leftover(1, 0), "dvstakers/kili/rogue/health", cluster.KeyOf("friend"))),
            ("dvstakers/kili/nobody/health", new byte[300]));
        for (var i = 0; i < 10; i++)
        {
            var slot = friend.NextHead();
            await one.Until(b => b.Peer("friend") is { Standing: Standing.Known } f && f.Said!.Vote?.Slot.Value == slot, seconds: 5);
            // Not before more of the flood was refused.
            var refused = Unsigned();
            await one.Until(_ => Unsigned() >= refused + 200);
        }
        var rate = await flood.Stop();
        Assert.True(rate > 3000, $"only {rate:0} messages a second were sent");
        Assert.True(Unsigned() > 1000);

        long Unsigned() => one.Peer("friend")!.Refused.Counts.GetValueOrDefault(Rejection.Unsigned);
    }

    public void Dispose() => cluster.Dispose();

    private byte[] Leftover(int sequence, double secondsAgo)
    {
        var snapshot = PeerBox.Snapshot(1000) with { At = DateTimeOffset.UtcNow.AddSeconds(-secondsAgo) };
        var json = HealthMessage.Of(snapshot, new(new Topics("kili", "friend"), "0.1.0", "old", 1_700_000_000, sequence, TimeSpan.FromSeconds(30))).ToUtf8();
        return SignedJson.Sign(json, FriendsTopic, cluster.KeyOf("friend"));
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static string Text(byte[] bytes) => System.Text.Encoding.UTF8.GetString(bytes);
}
