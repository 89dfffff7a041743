using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Agent.Proxy;
using DVStakers.Edge.Agent.State;
using System.Threading.Channels;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.Routing;
using DVStakers.Edge.Tests.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace DVStakers.Edge.Tests.Agent.Proxy;

public sealed class PreparationsTests
{
    [Fact]
    public void Large_bodies_are_forgotten_before_they_fill_the_memory()
    {
        var preparations = new Preparations(new SnapshotFeed(Snapshots.Of([])), new NodeTable([]), Channel.CreateUnbounded<Observation>().Writer, TimeProvider.System, NullLogger.Instance);
        for (var i = 0; i < 40; i++)
        {
            var body = new byte[1 << 20];
            body[0] = (byte)i;
            preparations.Remember(Registration(body));
        }
        Assert.InRange(preparations.Bytes, 1, 16 << 20);
    }

    private static ClientRequest Registration(byte[] body)
    {
        var context = new DefaultHttpContext { Request = { Method = "POST", Path = "/eth/v1/validator/register_validator" } };
        return new ClientRequest(context, Routes.Find("POST", context.Request.Path), body);
    }
}
