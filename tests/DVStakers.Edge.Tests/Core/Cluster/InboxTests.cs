using System.Text;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Tests.Core.Cluster;

public sealed class InboxTests
{
    private readonly Post post = new();

    [Fact]
    public void A_fresh_message_of_a_member_is_believed_at_once()
    {
        Assert.Equal(Standing.NeverHeard, post.Friend.Standing);
        Assert.True(post.Hear(5, 1));
        var friend = post.Friend;
        Assert.Equal((Standing.Known, Post.Noon), (friend.Standing, friend.HeardAt));
        Assert.Equal((true, "home-a", "mainnet", "0.2.0", 1, 5L, 1L), (friend.Said!.Ready, friend.Said.Serving, friend.Said.Network, friend.Said.AgentVersion, friend.Said.Schema, friend.Said.Boot, friend.Said.Sequence));
        Assert.Equal([("home-a", (Tier?)Tier.Healthy), ("home-b", Tier.Suspect)], friend.Said.Stacks.Select(s => (s.Name, s.Tier)));
        Assert.Equal((1, (Severity?)Severity.Warning), (friend.Said.Conditions, friend.Said.Worst));
        Assert.Equal(0, friend.Refused.Total);
        Assert.Equal(["friend", "cloud", "rogue"], post.Book.Peers.Select(p => p.Box));
    }

    [Fact]
    public void It_is_believed_until_its_time_to_live_has_passed_and_then_nothing_is_known()
    {
        post.Hear(5, 1);
        post.After(10);
        post.Hear(5, 2);
        Assert.Equal(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(40), post.Inbox.Until(post.Since));
        Assert.Equal(Standing.Known, post.After(29.9).Friend.Standing);
        Assert.Equal(Standing.Silent, post.After(0.1).Friend.Standing);
        Assert.True(post.Hear(5, 3));
        Assert.Equal(Standing.Known, post.Friend.Standing);
    }

    public static TheoryData<string, Rejection, string> Refused => new()
    {
        { "unsigned", Rejection.Unsigned, "no signature" },
        { "empty", Rejection.Unsigned, "no signature" },
        { "by another member", Rejection.Forged, "friend's key" },
        { "moved from another topic", Rejection.Forged, "this topic" },
        { "in another's name inside", Rejection.Malformed, "says that it is cloud" },
        { "oversized", Rejection.Oversized, "65" },
        { "no time", Rejection.Malformed, "'time'" },
        { "schema 0", Rejection.Malformed, "'schema'" },
        { "no object", Rejection.Malformed, "not such a message" },
        { "stranger", Rejection.Foreign, "nobody is not on the roster" },
        { "another cluster", Rejection.Foreign, "not a topic" },
        { "another topic", Rejection.Foreign, "not a topic" },
        { "certificate expired", Rejection.Expired, "certificate" },
        { "future boot far off", Rejection.Unproven, "in the future" },
        { "leftover", Rejection.Unproven, "too old" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_is_not_to_be_believed_is_refused_by_its_kind(string what, Rejection kind, string why)
    {
        var said = Encoding.UTF8.GetString(Post.Health("friend", 5, 2, post.Now));
        var topic = Post.Topic("friend");
        var (to, payload) = what switch
        {
            "unsigned" => (topic, Bytes(said)),
            "empty" => (topic, []),
            "by another member" => (topic, Post.Sign(Bytes(said), "rogue", topic)),
            "moved from another topic" => (topic, Post.Sign(Bytes(said), "friend", "dvstakers/kili/friend/events")),
            "in another's name inside" => (topic, Post.Sign(Post.Health("cloud", 5, 2, post.Now), "friend")),
            "oversized" => (topic, Post.Sign(Bytes(said.Replace("\"summary\":\"", "\"summary\":\"" + new string('x', 65_000))), "friend")),
            "no time" => (topic, Post.Sign(Bytes(said.Replace("\"time\":\"2030", "\"time\":\"soon")), "friend")),
            "schema 0" => (topic, Post.Sign(Bytes(said.Replace("\"schema\":1", "\"schema\":0")), "friend")),
            "no object" => (topic, Post.Sign("[5}"u8.ToArray(), "friend")),
            "stranger" => (Post.Topic("nobody"), Post.Sign(Bytes(said), "friend", Post.Topic("nobody"))),
            "another cluster" => ("dvstakers/other/friend/health", Post.Sign(Bytes(said), "friend", "dvstakers/other/friend/health")),
            "another topic" => ("dvstakers/kili/friend/health/x", Post.Sign(Bytes(said), "friend", "dvstakers/kili/friend/health/x")),
            "certificate expired" => (topic, Post.Sign(Bytes(said), "friend")),
            "future boot far off" => (topic, Post.Signed("friend", 5, 2, post.Now.AddSeconds(40))),
            _ => (topic, Post.Signed("friend", 5, 2, post.Now.AddSeconds(-40))),
        };
        Assert.False(post.Take(to, payload, out var refused, valid: what != "certificate expired"));
        Assert.Equal(kind, refused!.Kind);
        Assert.Contains(why, refused.Why, StringComparison.Ordinal);
        Assert.Equal((Standing.NeverHeard, null), (post.Friend.Standing, post.Friend.Said));
        var counted = kind == Rejection.Foreign ? post.Book.Strangers : post.Friend.Refused;
        Assert.Equal((1L, 1L, refused.Why), (counted.Total, counted.Counts[kind], counted.LastReason));
        Assert.Equal(kind is not Rejection.Foreign and not Rejection.Unproven, post.Friend.IsRefused);

        // And the true one still is believed.
        Assert.True(post.After(1).Hear(5, 3));
        post.After(299.1);
        Assert.False(post.Friend.IsRefused);
    }

    [Fact]
    public void Our_own_messages_are_not_worth_a_word() =>
        Assert.Equal((null, null), post.Inbox.Look(Post.Topic("node-1"), Post.Signed("node-1", 1, 1, post.Now), post.Now, post.Since));

    [Fact]
    public void A_newer_schema_is_understood_as_far_as_it_goes_and_named()
    {
        var newer = Bytes(Encoding.UTF8.GetString(Post.Health("friend", 5, 1, post.Now))
            .Replace("\"schema\":1", "\"schema\":2").Replace("\"tier\":\"suspect\"", "\"tier\":\"sleepy\"").Replace("\"head\":{", "\"head\":{\"new\":[1],"));
        Assert.True(post.Take(Post.Topic("friend"), Post.Sign(newer, "friend"), out var named));
        Assert.Equal((Rejection.NewerSchema, "schema 2, 1 is known here"), (named!.Kind, named.Why));
        Assert.Equal([Tier.Healthy, null], post.Friend.Said!.Stacks.Select(s => s.Tier));
        Assert.NotNull(post.Friend.Said.Vote);
        Assert.Equal((0L, false), (post.Friend.Refused.Total, post.Friend.IsRefused));
    }

    [Fact]
    public void What_was_said_before_is_refused_and_the_very_last_again_is_not_worth_a_word()
    {
        var first = Post.Signed("friend", 5, 1, post.Now);
        var second = Post.Signed("friend", 5, 2, post.Now);
        Assert.True(post.Take(Post.Topic("friend"), second, out _));
        Assert.False(post.Take(Post.Topic("friend"), first, out var refused));
        Assert.Equal(Rejection.Replayed, refused!.Kind);
        Assert.False(post.Take(Post.Topic("friend"), second, out refused));
        Assert.Null(refused);
        Assert.Equal((1L, false), (post.Friend.Refused.Total, post.Friend.IsRefused));
        Assert.True(post.Hear(6, 1));
        Assert.False(post.Hear(5, 1000));
    }

    [Fact]
    public void A_recorded_stream_is_not_believed_after_our_restart_but_the_next_start_of_the_box_is()
    {
        for (var i = 1; i <= 5; i++, post.After(12))
            Assert.True(post.Hear(5, i));
        var marks = PeerMark.Parse(PeerMark.ToUtf8(post.Inbox.Marks));
        Assert.Equal((5L, 5L), (marks["friend"].Boot, marks["friend"].Sequence));

        var later = new Post(marks);
        for (var i = 1; i <= 5; i++, later.After(12))
            Assert.False(later.Hear(5, i));
        Assert.Equal(Standing.NeverHeard, later.Friend.Standing);
        Assert.True(later.Hear(6, 1));
    }

    [Theory]
    [InlineData(long.MaxValue, false)]
    [InlineData(8 * 86400, false)]
    [InlineData((7 * 86400) + 1, false)]
    [InlineData(7 * 86400, true)]
    [InlineData(14 * 3600, true)]
    [InlineData(0, true)]
    public void A_boot_that_cannot_be_yet_is_refused_by_name_and_does_not_silence_its_box(long ahead, bool possible)
    {
        var now = post.Now.ToUnixTimeSeconds();
        var boot = ahead == long.MaxValue ? ahead : now + ahead;
        Assert.True(post.Hear(now, 1));
        Assert.Equal(possible, post.Take(Post.Topic("friend"), Post.Signed("friend", boot, 2, post.Now), out var refused));
        if (possible)
            return;
        Assert.Equal(Rejection.Malformed, refused!.Kind);
        Assert.Contains($"'boot' is {boot}", refused.Why, StringComparison.Ordinal);
        Assert.Contains("days ahead", refused.Why, StringComparison.Ordinal);
        Assert.Equal((now, 1L), (post.Inbox.Marks["friend"].Boot, post.Inbox.Marks["friend"].Sequence));

        // Its true ones are believed as before, by us now and after a restart of ours.
        Assert.True(post.After(12).Hear(now, 2));
        Assert.True(new Post(PeerMark.Parse(PeerMark.ToUtf8(post.Inbox.Marks))).Hear(now, 3));
    }

    [Theory]
    [InlineData(-40)]
    [InlineData(-6 * 86400)]
    public void A_box_whose_clock_is_ahead_and_was_when_it_started_is_believed_once_its_clock_is_known(int seconds)
    {
        // Ours is behind by that, which is the same.
        var boot = post.Now.AddSeconds(-seconds).ToUnixTimeSeconds();
        post.Hear(boot, 1, -seconds);
        Assert.True(post.After(12).Hear(boot, 2, -seconds));
    }

    [Fact]
    public void A_removed_member_is_a_stranger_and_one_with_a_new_key_begins_anew()
    {
        post.Hear(5, 9);
        var (without, _) = Post.Cluster.Without("friend");
        post.Inbox = post.Inbox.With(without);
        Assert.DoesNotContain(post.Book.Peers, p => p.Box == "friend");
        Assert.False(post.Hear(5, 10));
        Assert.Equal("friend was removed from the cluster", post.Book.Strangers.LastReason);

        using var other = new CertifiedCluster("kili", "friend");
        post.Inbox = post.Inbox.With(Post.Cluster.Roster).With(Post.Cluster.Roster with { Members = [.. Post.Cluster.Roster.Members.Select(m => m.Box == "friend" ? other.Roster.Members[0] : m)] });
        Assert.Equal(Standing.NeverHeard, post.Friend.Standing);
        Assert.Empty(post.Inbox.Marks);
    }

    [Fact]
    public void A_change_of_the_roster_that_does_not_touch_a_member_forgets_nothing()
    {
        post.Hear(5, 9);
        post.Inbox = post.Inbox.With(Post.Cluster.Without("rogue").Roster);
        Assert.Equal(Standing.Known, post.Friend.Standing);
        Assert.False(post.Hear(5, 8));
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
