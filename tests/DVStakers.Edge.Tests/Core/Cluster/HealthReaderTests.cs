using System.Text;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Messages;
using DVStakers.Edge.Core.Power;
using DVStakers.Edge.Tests.Core.Messages;

namespace DVStakers.Edge.Tests.Core.Cluster;

public sealed class HealthReaderTests
{
    private const string Least = """{"schema":1,"box":"a","boot":1,"sequence":1,"time":"2030-01-01T00:00:00Z","ttl_seconds":30,"ready":true}""";

    [Fact]
    public void The_least_is_enough()
    {
        var said = Read(Least);
        Assert.Equal(("a", TimeSpan.FromSeconds(30), true), (said.Box, said.TimeToLive, said.Ready));
        Assert.Equal((null, null, null, 0, false), (said.Serving, said.Network, said.Vote, said.Stacks.Count, said.Draining));
    }

    [Theory]
    [InlineData("\"schema\":1", "\"schema\":\"1\"")]
    [InlineData("\"box\":\"a\"", "\"box\":\"a/b\"")]
    [InlineData("\"boot\":1", "\"boot\":-1")]
    [InlineData("\"boot\":1", "\"boot\":1.5")]
    [InlineData("\"boot\":1", "\"boot\":99999999999999999999")]
    [InlineData("\"sequence\":1", "\"sequence\":0")]
    [InlineData("\"ttl_seconds\":30", "\"ttl_seconds\":0")]
    [InlineData("\"ready\":true", "\"ready\":1")]
    [InlineData("2030-01-01T00:00:00Z", "2030-13-01T00:00:00Z")]
    [InlineData("\"box\":\"a\"", "\"box\":\"\\ud800\"")]
    public void Without_what_it_is_judged_by_it_is_refused(string part, string instead) =>
        Assert.Throws<FormatException>(() => Read(Least.Replace(part, instead)));

    [Theory]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("")]
    [InlineData("{\"a\":")]
    public void Another_shape_is_refused(string text) => Assert.Throws<FormatException>(() => Read(text));

    [Fact]
    public void Nested_too_deep_is_refused() => Assert.Throws<FormatException>(() => Read(With($"\"x\":{new string('[', 200)}{new string(']', 200)}")));

    [Fact]
    public void Nobody_may_be_believed_for_longer_than_five_minutes() =>
        Assert.Equal(TimeSpan.FromMinutes(5), Read(Least.Replace("\"ttl_seconds\":30", "\"ttl_seconds\":9000000000000000000")).TimeToLive);

    [Fact]
    public void What_makes_no_sense_beyond_that_is_left_out()
    {
        var said = Read(With("""
            "stacks":[1,null,{"name":"x y"},{"name":"b","tier":7,"head":{"slot":-1,"root":"0x","optimistic":false}},{"name":"c","tier":"healthy","head":{"slot":5}}],
            "serving":5,"network":[],"conditions":[{"severity":"unheard of"},7,{"severity":"error"}]
            """));
        Assert.Equal(["b", "c"], said.Stacks.Select(s => s.Name));
        Assert.All(said.Stacks, s => Assert.Null(s.Head));
        Assert.Equal((3, DVStakers.Edge.Core.State.Severity.Error), (said.Conditions, said.Worst!.Value));
        Assert.Null(said.Vote);
    }

    [Theory]
    [InlineData("true", "healthy", "false", "", true)]
    [InlineData("false", "healthy", "false", "", false)]
    [InlineData("true", "syncing", "false", "", false)]
    [InlineData("true", "healthy", "true", "", false)]
    [InlineData("true", "healthy", "false", ",\"peer\":\"b\"", false)]
    public void A_box_votes_with_a_good_node_of_its_own(string ready, string tier, string optimistic, string more, bool votes) =>
        Assert.Equal(votes, Read(With($"\"stacks\":[{{\"name\":\"x\",\"tier\":\"{tier}\",\"head\":{{\"slot\":5,\"root\":\"0x{new string('a', 64)}\",\"optimistic\":{optimistic}}}{more}}}]")
            .Replace("\"ready\":true", $"\"ready\":{ready}")).Vote is not null);

    [Fact]
    public void Power_is_read_as_it_was_written()
    {
        var power = new PowerStatus
        {
            Source = PowerSource.Battery, Reason = "the UPS says so", Since = Sample.Noon, ChargePercent = 71.26, RunTimeLeft = TimeSpan.FromMinutes(42), Stopping = true,
        };
        var said = HealthReader.Read(HealthMessage.Of(Sample.Snapshot with { Power = power, Busy = true }, Sample.Header).ToUtf8());
        Assert.Equal((power with { ChargePercent = 71.3 }, true, true, true), (said.Power, said.Busy, said.IsLeaving, said.IsStrained));
        var silent = HealthReader.Read(HealthMessage.Of(Sample.Snapshot, Sample.Header).ToUtf8());
        Assert.Equal((null, false, false, false), (silent.Power, silent.Busy, silent.IsLeaving, silent.IsStrained));
    }

    [Theory]
    [InlineData("7", null)]
    [InlineData("{}", "unknown ")]
    [InlineData("{\"source\":\"sun\",\"reason\":5,\"charge_percent\":101,\"run_time_left_seconds\":-1,\"since\":\"x\",\"stopping\":1}", "unknown ")]
    [InlineData("{\"source\":\"battery\",\"charge_percent\":1e999,\"run_time_left_seconds\":99999999999999}", "battery ")]
    [InlineData("{\"source\":\"mains\",\"charge_percent\":0,\"run_time_left_seconds\":0}", "mains 0 0")]
    public void Power_that_makes_no_sense_is_left_out_key_by_key(string json, string? words)
    {
        var power = Read(With($"\"power\":{json}")).Power;
        Assert.Equal(words, power is null ? null : $"{power.Source} {power.ChargePercent}{(power.RunTimeLeft is { } left ? $" {left.TotalSeconds}" : "")}".ToLowerInvariant());
        Assert.Equal(words?.StartsWith("battery", StringComparison.Ordinal) == true, power?.IsEnding == true);
    }

    private static string With(string more) => Least[..^1] + "," + more + "}";

    private static PeerState Read(string text) => HealthReader.Read(Encoding.UTF8.GetBytes(text));
}
