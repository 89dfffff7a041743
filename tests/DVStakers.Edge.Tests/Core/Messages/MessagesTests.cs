using System.Text.Json;
using System.Text;
using DVStakers.Edge.Core.Machine;
using DVStakers.Edge.Core.Messages;
using DVStakers.Edge.Core.Power;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Tests.Core.Messages;

public sealed class MessagesTests
{
    private static readonly string A = new('a', 64);
    private static readonly string B = new('b', 64);
    private static readonly string E = new('e', 64);

    [Fact]
    public void Topics_are_below_cluster_and_box()
    {
        var topics = Sample.Header.Topics;
        Assert.Equal(
            ["dvstakers/kili/node-1/availability", "dvstakers/kili/node-1/health", "dvstakers/kili/node-1/ranking", "dvstakers/kili/node-1/duties", "dvstakers/kili/node-1/events", "dvstakers/kili/node-1/roster"],
            [topics.Availability, topics.Health, topics.Ranking, topics.Duties, topics.Events, topics.Roster]);
    }

    [Fact]
    public void Health_reads_as_documented()
    {
        var json = Encoding.UTF8.GetString(HealthMessage.Of(Sample.Snapshot, Sample.Header).ToUtf8());
        Assert.Equal(OneLine($$$"""
            {"schema":1,"summary":"Ready: home-a serves the validator, 1 of 2 stacks can serve.","cluster":"kili","box":"node-1",
            "agent_version":"0.1.0","boot_id":"6f1c0a","boot":41,"sequence":7,"time":"2026-01-31T12:00:00.250Z","ttl_seconds":30,
            "ready":true,"serving":"home-a","serving_reason":"first in the ranking",
            "expected_head":{"slot":1000,"root":"0x{{{A}}}","optimistic":false},
            "stacks":[
            {"name":"home-a","tier":"healthy","reason":"on the expected head","since":"2026-01-31T09:00:00.250Z",
            "head":{"slot":1000,"root":"0x{{{A}}}","optimistic":false},"lag_slots":0,
            "beacon":{"reach":"ok","version":"Lighthouse/v7.0.1","syncing":false,"optimistic":false,"el_offline":false,"peers":62,
            "round_trip_ms":3.4,"time":"2026-01-31T12:00:00.250Z"},
            "execution":{"reach":"ok","version":"Nethermind/1.30","syncing":false,"block":900,"block_hash":"0x{{{E}}}","peers":31,
            "round_trip_ms":2,"time":"2026-01-31T12:00:00.250Z"}},
            {"name":"home-b","tier":"suspect","reason":"its execution client isn't there","since":"2026-01-31T11:59:18.250Z",
            "head":{"slot":990,"root":"0x{{{B}}}","optimistic":false},"lag_slots":10,
            "beacon":{"reach":"ok","syncing":false,"optimistic":false,"round_trip_ms":0,"time":"2026-01-31T12:00:00.250Z"},
            "execution":{"reach":"unreachable","problem":"connection refused","syncing":false,
            "round_trip_ms":0,"time":"2026-01-31T12:00:00.250Z"}}],
            "conditions":[{"code":"execution-unreachable","title":"Execution client unreachable","severity":"warning","subject":"home-b",
            "detail":"connection refused",
            "remedy":"Start the execution client. Its beacon node still looks alive, but every attestation from it would be wrong.",
            "since":"2026-01-31T11:59:18.250Z"}]}
            """),
            json);
    }

    [Fact]
    public void Hardware_and_clients_read_as_documented()
    {
        var json = JsonDocument.Parse(HealthMessage.Of(Sample.Everything, Sample.Header).ToUtf8()).RootElement;
        Assert.Equal(OneLine("""
            {"processor_celsius":54,"drive_celsius":41,"under_voltage":true,"memory_available_percent":44,"clock_synchronised":true,
            "disks":[{"mount":"/","free_percent":41,"days_left":23,"read_only":true}],"wear":[{"drive":"mmcblk0","percent_used":10}]}
            """), json.GetProperty("host").GetRawText());
        Assert.Equal(OneLine("""
            [{"name":"geth.service","role":"execution","state":"failed","restarts":2,"last_end":"out of memory"},
            {"name":"lighthousebeacon.service","role":"consensus","state":"running"}]
            """), json.GetProperty("clients").GetRawText());
    }

    /// <summary>docs/mqtt.md reckons with it: so much of hardware and clients on top.</summary>
    [Fact]
    public void Hardware_and_four_clients_that_are_well_add_half_a_thousand_bytes()
    {
        var host = Sample.Everything.Machine.Host;
        var machine = new MachineStatus(PanelReading.None,
            new(host.Reading! with { UnderVoltage = null }, [host.Disks[0] with { Reading = host.Disks[0].Reading with { ReadOnly = false } }]),
            [.. new[] { "lighthousevalidator", "lighthousebeacon", "geth", "charon" }.Select(n => Sample.Everything.Machine.Clients[1] with { Name = n + ".service" })]);
        var more = HealthMessage.Of(Sample.Snapshot with { Machine = machine }, Sample.Header).ToUtf8().Length - HealthMessage.Of(Sample.Snapshot, Sample.Header).ToUtf8().Length;
        Assert.InRange(more, 450, 550);
    }

    /// <summary>docs/mqtt.md reckons with it.</summary>
    [Fact]
    public void Health_of_a_box_with_two_good_stacks_is_below_two_thousand_bytes()
    {
        var good = Sample.Everything with { Stacks = [Sample.Everything.Stacks[0], Sample.Everything.Stacks[0] with { Name = "home-b" }], Conditions = [], Busy = false, Machine = MachineStatus.Unseen,
            Power = new() { Source = PowerSource.Mains, Reason = "the UPS says so", Since = Sample.Noon, ChargePercent = 100 } };
        Assert.InRange(HealthMessage.Of(good, Sample.Header).ToUtf8().Length + 104, 1500, 2000);
    }

    [Fact]
    public void Nobody_serving_is_said_as_null()
    {
        var nobody = Sample.Snapshot.With("home-a", Tier.Out, "gone") with { Serving = null, ServingReason = "no stack answers" };
        var json = JsonDocument.Parse(HealthMessage.Of(nobody, Sample.Header).ToUtf8()).RootElement;
        Assert.Equal(JsonValueKind.Null, json.GetProperty("serving").ValueKind);
        Assert.False(json.GetProperty("ready").GetBoolean());
        Assert.Equal("Not ready: no stack can serve the validator.", json.GetProperty("summary").GetString());
    }

    [Fact]
    public void Ranking_reads_as_documented() =>
        Assert.Equal(OneLine("""
            {"schema":1,"cluster":"kili","box":"node-1","boot_id":"6f1c0a","boot":41,"sequence":7,"time":"2026-01-31T12:00:00.250Z","ttl_seconds":30,"ready":true,
            "serving":"home-a","serving_reason":"first in the ranking","places":[
            {"place":1,"name":"home-a","tier":"healthy","reason":"on the expected head"},
            {"place":2,"name":"home-b","tier":"suspect","reason":"its execution client isn't there"}]}
            """),
            Encoding.UTF8.GetString(RankingMessage.Of(Sample.Snapshot, Sample.Header).ToUtf8()));

    [Fact]
    public void Ranking_is_the_same_until_a_reader_would_learn_something()
    {
        var later = Sample.Snapshot with { At = Sample.Noon.AddSeconds(1), Ranking = [.. Sample.Snapshot.Ranking] };
        Assert.True(RankingMessage.Same(Sample.Snapshot, later));
        Assert.False(RankingMessage.Same(Sample.Snapshot, later with { ServingReason = "another" }));
        Assert.False(RankingMessage.Same(Sample.Snapshot, later.With("home-b", Tier.Healthy, "back")));
    }

    [Fact]
    public void Duties_read_as_documented()
    {
        const string None = "{\"due\":0,\"made\":0,\"late\":0,\"wrong_head\":0,\"wrong_target\":0,\"partial\":0,\"missed\":0,\"unknown\":0,\"would_have_been_missed\":0,\"unnoticed\":0}";
        var attestations = None.Replace("\"due\":0,\"made\":0", "\"due\":2,\"made\":1").Replace("\"missed\":0", "\"missed\":1").Replace("_been_missed\":0,\"unnoticed\":0", "_been_missed\":1,\"unnoticed\":1");
        var kinds = $"\"attestations\":{attestations},\"proposals\":{None.Replace("\"due\":0,\"made\":0", "\"due\":1,\"made\":1")},\"sync\":{None.Replace("\"due\":0", "\"due\":1").Replace("\"partial\":0", "\"partial\":1")},\"aggregates\":{None},\"contributions\":{None}";
        Assert.Equal(
            "{\"schema\":1,\"summary\":\"4 duties since the start: 2 made, 0 late, 0 wrong, 1 missed. 1 would have been missed without the agent, 1 of them unnoticed.\","
            + "\"cluster\":\"kili\",\"box\":\"node-1\",\"boot_id\":\"6f1c0a\",\"boot\":41,\"sequence\":7,\"time\":\"2026-01-31T12:00:00.250Z\",\"ttl_seconds\":30,\"head_slot\":1000,\"open\":3,"
            + $"\"witnesses_dropped\":0,\"totals\":{{{kinds}}},\"epochs\":[{{\"epoch\":31,{kinds}}}]}}",
            Encoding.UTF8.GetString(DutiesMessage.Of(Sample.Book, Sample.Header).ToUtf8()));
    }

    [Fact]
    public void An_event_reads_as_documented() =>
        Assert.Equal(OneLine("""
            {"schema":1,"time":"2026-01-31T12:00:00.250Z","ttl_seconds":30,"cluster":"kili","box":"node-1","boot_id":"6f1c0a","boot":41,"sequence":7,
            "code":"condition-raised","severity":"warning","subject":"home-b","text":"It's gone.","condition":"execution-unreachable"}
            """),
            Encoding.UTF8.GetString(EventMessage.Of(
                new Transition("condition-raised", Severity.Warning, "home-b", "It's gone.", "execution-unreachable"), Sample.Noon, Sample.Header).ToUtf8()));

    [Fact]
    public void Every_enum_value_has_a_word_of_its_own()
    {
        Assert.Equal(7, Enum.GetValues<Tier>().Select(Words.Of).Distinct().Count());
        Assert.Equal(6, Enum.GetValues<Reach>().Select(Words.Of).Distinct().Count());
        Assert.Equal(3, Enum.GetValues<Severity>().Select(Words.Of).Distinct().Count());
    }

    private static string OneLine(string text) => text.ReplaceLineEndings("");
}
