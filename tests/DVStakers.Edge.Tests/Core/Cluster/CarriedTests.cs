using System.Text;
using DVStakers.Edge.Core.Cluster;

namespace DVStakers.Edge.Tests.Core.Cluster;

public sealed class CarriedTests
{
    [Theory]
    [InlineData("""{"kind":"dvstakers invitation"}""", CarriedKind.Invitation)]
    [InlineData("""{"kind":"dvstakers request"}""", CarriedKind.Request)]
    [InlineData("""{"kind":"dvstakers roster"}""", CarriedKind.Unknown)]
    [InlineData("""{"kind":1,"members":[]}""", CarriedKind.Roster)]
    [InlineData("""{"members":[]}""", CarriedKind.Roster)]
    [InlineData("{}", CarriedKind.Unknown)]
    [InlineData("[]", CarriedKind.Unknown)]
    [InlineData("", CarriedKind.Unknown)]
    [InlineData("-----BEGIN CERTIFICATE-----", CarriedKind.Unknown)]
    public void A_file_is_what_is_in_it(string text, CarriedKind kind) => Assert.Equal(kind, Carried.KindOf(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData(null, null, "")]
    [InlineData("https://a.example:5071", "b.example:8883", "a.example b.example")]
    [InlineData("https://[2001:db8::1]:5071", "[2001:db8::2]:8883", "2001:db8::1 2001:db8::2")]
    [InlineData("https://10.0.0.1", null, "10.0.0.1")]
    public void A_seat_knows_the_hosts_it_is_reached_by(string? gateway, string? broker, string hosts) =>
        Assert.Equal(hosts, string.Join(' ', new Seat { Box = "a", Gateway = gateway is null ? null : new(gateway), Broker = broker }.Hosts()));

    [Theory]
    [InlineData("http://a.example:5071", null, "gateway: it must be like https://host:5071")]
    [InlineData("https://a.example:5071/x", null, "gateway: it must be like https://host:5071")]
    [InlineData("/relative", null, "gateway: it must be like https://host:5071")]
    [InlineData(null, "a.example", "broker: it must be a host and a port, such as node-1.example:8883")]
    public void A_seat_that_cannot_be_is_named(string? gateway, string? broker, string why)
    {
        var seat = new Seat { Box = "a", Gateway = gateway is null ? null : new(gateway, UriKind.RelativeOrAbsolute), Broker = broker };
        Assert.Equal(why, Assert.Throws<RosterException>(() => RosterRules.Check(seat)).Message);
    }
}
