using System.Net;
using System.Net.Sockets;
using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Agent.Proxy;
using DVStakers.Edge.Core.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace DVStakers.Edge.Tests.Agent.Proxy;

/// <summary>What becomes of a race whose nodes take a request and say nothing.</summary>
public sealed class RaceTests : IDisposable
{
    private static readonly Deadlines Deadlines = new(TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(1.2), TimeSpan.FromSeconds(12));

    /// <summary>Real time, for what is a matter of microseconds.</summary>
    private static readonly TimeSpan Ample = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider time = new();
    private readonly CancellationTokenSource clientGone = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Silent_nodes_hold_no_thread_while_nobody_is_left_to_be_asked(int count)
    {
        using var silent = new Silent(count);
        var context = new DefaultHttpContext();
        (context.Request.Method, context.Request.Path) = ("GET", "/eth/v1/beacon/genesis");
        var request = new ClientRequest(context, Routes.Find("GET", "/eth/v1/beacon/genesis"), default);
        var race = new Race(request, silent.Nodes, _ => Worth.Good, Deadlines, new Posts(1 << 20, time), time);
        var run = race.Run(Race.Pipeline(time), clientGone.Token);

        // All of them are asked, and one hedging time more goes by. What a time brings is done in Advance: a race that keeps its thread never returns from it.
        await Task.Run(() =>
        {
            for (var asked = 0; asked <= count; asked++)
                time.Advance(Deadlines.Hedge);
        }, TestContext.Current.CancellationToken).WaitAsync(Ample, TestContext.Current.CancellationToken);
        Assert.False(run.IsCompleted);

        await Task.Run(() => time.Advance(Deadlines.Give), TestContext.Current.CancellationToken).WaitAsync(Ample, TestContext.Current.CancellationToken);
        Assert.Null(await run.WaitAsync(Ample, TestContext.Current.CancellationToken));
        Assert.Equal(count > 1, race.Hedged);
    }

    public void Dispose()
    {
        // Ends a race that a failed test left behind.
        clientGone.Cancel();
        clientGone.Dispose();
    }

    /// <summary>The kernel takes what comes, and nobody ever looks at it.</summary>
    private sealed class Silent : IDisposable
    {
        private readonly List<TcpListener> listeners = [];

        public Silent(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var listener = new TcpListener(IPAddress.Loopback, 0);
                listener.Start();
                listeners.Add(listener);
                Nodes.Add(new NodeClient($"node-{i}", new Uri($"http://{listener.LocalEndpoint}")));
            }
        }

        public List<NodeClient> Nodes { get; } = [];

        public void Dispose()
        {
            Nodes.ForEach(n => n.Dispose());
            listeners.ForEach(l => l.Dispose());
        }
    }
}
