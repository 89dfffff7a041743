using System.Text;
using System.Text.Json;
using DVStakers.Edge.Agent.Mesh;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Messages;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.State;
using DVStakers.Edge.Linux.Mosquitto;
using DVStakers.Edge.Tests.Core.Cluster;
using DVStakers.Edge.Tests.Core.Messages;

namespace DVStakers.Edge.Tests.Agent.Mesh;

public sealed class OutboxTests
{
    private readonly Outbox outbox = new(new Topics("kili", "node-1"), "0.1.0", "boot", 41, () => DVStakers.Edge.Core.Duties.DutyBook.Empty);
    private readonly Snapshot first = Sample.Snapshot;

    [Fact]
    public void A_new_connection_gets_everything_retained_and_no_events()
    {
        Assert.Equal(TimeSpan.Zero, outbox.UntilHealth(first, At(0)));
        var due = outbox.Due(first, At(0));
        Assert.Equal(["health", "ranking"], due.Select(Name));
        Assert.All(due, m => Assert.True(m is { Retain: true, Qos: 1 }));
        Assert.Empty(outbox.Due(first, At(0)));
    }

    [Fact]
    public void Readings_alone_wait_for_the_next_refresh()
    {
        outbox.Due(first, At(0));
        var second = first with { At = first.At.AddSeconds(0.3) };
        Assert.Empty(outbox.Due(second, At(0.3)));
        Assert.Equal(TimeSpan.FromSeconds(14.7), outbox.UntilHealth(second, At(0.3)));
        Assert.Equal(["health"], outbox.Due(second, At(15)).Select(Name));
    }

    [Fact]
    public void A_reason_that_changes_with_every_reading_waits_for_the_next_refresh()
    {
        outbox.Due(first, At(0));
        Assert.Empty(outbox.Due(first.With("home-b", Tier.Suspect, "4 slots apart"), At(0.3)));
        Assert.Equal(["health", "ranking"], outbox.Due(first.With("home-b", Tier.Suspect, "5 slots apart"), At(15)).Select(Name));
    }

    [Fact]
    public void A_change_of_tier_is_told_at_once_with_its_event()
    {
        outbox.Due(first, At(0));
        var due = outbox.Due(first.With("home-b", Tier.Healthy, "back"), At(0.01));
        Assert.Equal(["health", "ranking", "events"], due.Select(Name));
        Assert.False(due[2].Retain);
        Assert.Equal("tier-changed", Json(due[2]).GetProperty("code").GetString());
    }

    [Fact]
    public void A_new_head_is_told_at_once_and_the_next_one_a_quarter_of_a_second_later()
    {
        outbox.Due(first, At(0));
        Assert.Equal(["health"], outbox.Due(Headed('d'), At(0.3)).Select(Name));
        Assert.Empty(outbox.Due(Headed('e'), At(0.4)));
        Assert.Equal(TimeSpan.FromSeconds(0.15), outbox.UntilHealth(Headed('e'), At(0.4)));
        Assert.Equal(["health"], outbox.Due(Headed('e'), At(0.55)).Select(Name));
    }

    [Fact]
    public void A_head_of_a_stack_that_others_would_not_trust_is_no_hurry()
    {
        outbox.Due(first, At(0));
        var moved = first with { Stacks = [first.Stacks[0], first.Stacks[1] with { Head = new(new(1001), Sample.Root('d'), false) }] };
        Assert.Empty(outbox.Due(moved, At(5)));
    }

    private Snapshot Headed(char root) => first with { Stacks = [first.Stacks[0] with { Head = new(new(1001), Sample.Root(root), false) }, first.Stacks[1]] };

    [Fact]
    public void Health_is_refreshed_at_half_its_time_to_live()
    {
        outbox.Due(first, At(0));
        Assert.Equal(TimeSpan.FromSeconds(15), outbox.UntilHealth(first, At(0)));
        Assert.Equal(Outbox.TimeToLive / 2, outbox.UntilHealth(first, At(0)));
        Assert.Empty(outbox.Due(first, At(14.9)));
        Assert.Equal(["health"], outbox.Due(first, At(15)).Select(Name));
    }

    [Fact]
    public void After_an_outage_the_retained_come_again_and_the_events_say_what_changed_meanwhile()
    {
        outbox.Due(first, At(0));
        outbox.Forget();
        var later = first with { Conditions = [] };
        Assert.Equal(["health", "ranking", "events"], outbox.Due(later, At(0.1)).Select(Name));
        outbox.Forget();
        Assert.Equal(["health", "ranking"], outbox.Due(later, At(0.2)).Select(Name));
    }

    [Fact]
    public void The_duties_are_told_when_their_sums_change_and_again_on_a_new_connection()
    {
        var book = DVStakers.Edge.Core.Duties.DutyBook.Empty;
        var outbox = new Outbox(new Topics("kili", "node-1"), "0.1.0", "boot", 41, () => book);
        Assert.Equal(["health", "ranking"], outbox.Due(first, At(0)).Select(Name));
        book = Sample.Book;
        Assert.Equal(["health", "duties"], outbox.Due(first with { At = first.At.AddSeconds(15) }, At(15)).Select(Name));
        book = book with { Open = 4 };
        Assert.Equal(["health"], outbox.Due(first with { At = first.At.AddSeconds(30) }, At(30)).Select(Name));
        outbox.Forget();
        var again = outbox.Due(first, At(31));
        Assert.Equal(["health", "ranking", "duties"], again.Select(Name));
        Assert.True(again[2] is { Retain: true, Qos: 1 });
    }

    [Fact]
    public void The_sequence_rises_over_all_messages()
    {
        var messages = outbox.Due(first, At(0)).Concat(outbox.Due(first.With("home-b", Tier.Healthy, "back"), At(0.1))).ToList();
        Assert.Equal([1, 2, 3, 4, 5], messages.Select(m => Json(m).GetProperty("sequence").GetInt64()));
    }

    [Fact]
    public void In_a_cluster_every_message_is_signed_for_its_topic_and_the_roster_is_passed_on()
    {
        using var cluster = new CertifiedCluster("kili", "node-1", "node-2");
        using var member = cluster.Of("node-1");
        var signing = new Outbox(new Topics("kili", "node-1"), "0.1.0", "boot", 41, () => Sample.Book, member);
        var due = signing.Due(first, At(0)).Concat(signing.Due(first.With("home-b", Tier.Healthy, "back"), At(0.01))).ToList();
        // Written by hand, it is not passed on.
        Assert.Equal(["health", "ranking", "duties", "health", "ranking", "events"], due.Select(Name));
        foreach (var message in due)
        {
            Assert.True(SignedJson.TrySplit(message.Payload.Span, out var json, out var signature));
            Assert.True(SignedJson.Verify(json, signature, message.Topic, member.KeyOf("node-1", DateTimeOffset.UnixEpoch.AddYears(60))!));
            Assert.Equal(41, Json(message).GetProperty("boot").GetInt64());
            Assert.Equal(30, Json(message).GetProperty("ttl_seconds").GetInt32());
            Assert.Equal("signature", Json(message).EnumerateObject().Last().Name);
        }

        var (_, newer) = cluster.Without("node-2");
        Assert.True(member.Adopt(newer, out _));
        var roster = Assert.Single(signing.Due(first.With("home-b", Tier.Healthy, "back"), At(0.02)));
        Assert.Equal(("dvstakers/kili/node-1/roster", true), (roster.Topic, roster.Retain));
        Assert.Equal(newer, roster.Payload.ToArray());
        Assert.Empty(signing.Due(first.With("home-b", Tier.Healthy, "back"), At(0.03)));
        signing.Forget();
        Assert.Contains("roster", signing.Due(first, At(0.04)).Select(Name));
    }

    private static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);

    private static string Name(MosquittoMessage message) => message.Topic.Split('/')[^1];

    private static JsonElement Json(MosquittoMessage message) => JsonDocument.Parse(Encoding.UTF8.GetString(message.Payload.Span)).RootElement;
}
