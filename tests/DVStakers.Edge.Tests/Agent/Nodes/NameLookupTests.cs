using System.Net;
using System.Net.Sockets;
using DVStakers.Edge.Agent.Nodes;

namespace DVStakers.Edge.Tests.Agent.Nodes;

public sealed class NameLookupTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task An_address_is_not_looked_up(string address) => Assert.Equal([IPAddress.Parse(address)], await new NameLookup(address).Addresses());

    [Fact]
    public async Task A_name_is() => Assert.Contains(IPAddress.Loopback, await new NameLookup("localhost").Addresses());

    [Fact]
    public async Task A_name_that_is_not_there_is_a_socket_error_and_is_looked_up_again()
    {
        var lookup = new NameLookup("gone.invalid");
        var first = lookup.Addresses();
        await Assert.ThrowsAnyAsync<SocketException>(() => first);
        Assert.NotSame(first, lookup.Addresses());
    }
}
