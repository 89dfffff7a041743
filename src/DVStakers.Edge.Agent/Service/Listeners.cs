using DVStakers.Edge.Agent.Web;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Service;

/// <summary>The ports that the agent listens on.</summary>
internal sealed class Listeners(ILoggerFactory logs, ILogger log) : IAsyncDisposable
{
    private readonly List<HttpListener> open = [];

    /// <summary>Where it listens; null, and the reason is said, where it cannot.</summary>
    public async Task<Uri?> Open(string address, string setting, int mostConnections, RequestDelegate handler, Func<ConnectionDelegate, ConnectionDelegate>? around = null)
    {
        try
        {
            // Not to be stopped half-way: it takes no time, and the stop follows in its order.
            var listener = await HttpListener.Start(address, mostConnections, handler, logs, CancellationToken.None, around).ConfigureAwait(false);
            open.Add(listener);
            log.Listening(listener.Address, setting);
            return listener.Address;
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            log.CannotListen(address, setting, e.Message);
            return null;
        }
    }

    /// <summary>Requests under way have a moment to end.</summary>
    public Task Stop(TimeSpan moment) => Task.WhenAll(open.Select(l => l.Stop(moment)));

    public async ValueTask DisposeAsync()
    {
        foreach (var listener in open)
            await listener.DisposeAsync().ConfigureAwait(false);
    }
}
