using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DVStakers.Edge.Agent.Web;

/// <summary>Kestrel on one address, with one handler and nothing else: no host, no middleware, no configuration of its own.</summary>
internal sealed class HttpListener : IAsyncDisposable
{
    /// <summary>A connection without a request is closed after this.</summary>
    private static readonly TimeSpan IdleFor = TimeSpan.FromSeconds(130);

    /// <summary>The line and the headers of a request must be there within this.</summary>
    private static readonly TimeSpan HeadersWithin = TimeSpan.FromSeconds(30);

    /// <summary>Bytes of all headers of a request.</summary>
    private const int MostHeaderBytes = 32 * 1024;

    private const int MostHeaders = 100;

    /// <summary>Bytes of the line of a request.</summary>
    private const int MostLineBytes = 8 * 1024;

    /// <summary>Bytes of a request that came and were not read yet: beyond this the client is held back.</summary>
    private const int UnreadBytes = 256 * 1024;

    /// <summary>Bytes of an answer that the client has not taken yet: beyond this the node is held back.</summary>
    private const int UnsentBytes = 64 * 1024;

    /// <summary>Bytes per second. Validator clients on a slow box or link send a large block slowly; a stuck one is cut.</summary>
    private const int SlowestBody = 100;

    /// <summary>Bytes per second. A client that does not read what waits for it is cut; this is not about an event stream that is quiet.</summary>
    private const int SlowestReader = 240;

    /// <summary>Before the two rates count.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly KestrelServer server;

    private HttpListener(KestrelServer server, Uri address)
    {
        this.server = server;
        Address = address;
    }

    /// <summary>Where it listens; with port 0 in the configuration, the port it got.</summary>
    public Uri Address { get; }

    /// <param name="mostConnections">At once; one beyond that is closed as it comes.</param>
    /// <param name="around">The TLS before HTTP on each connection; null: none.</param>
    /// <exception cref="IOException">The address is taken or not this machine's.</exception>
    public static async Task<HttpListener> Start(string listen, int mostConnections, RequestDelegate handler, ILoggerFactory logs, CancellationToken cancel,
        Func<ConnectionDelegate, ConnectionDelegate>? around = null)
    {
        // A request is served on the thread that read it: nothing here blocks, and a change of threads costs more than most requests.
        var transport = new SocketTransportOptions { UnsafePreferInlineScheduling = true };
        var server = new KestrelServer(Options.Create(OptionsOf(listen, mostConnections, around)), new SocketTransportFactory(Options.Create(transport), logs), logs);
        try
        {
            await server.StartAsync(new Application(handler), cancel).ConfigureAwait(false);
        }
        catch
        {
            server.Dispose();
            throw;
        }
        var address = server.Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new HttpListener(server, new Uri(around is null ? address : address.Replace("http:", "https:", StringComparison.Ordinal)));
    }

    /// <summary>What Kestrel accepts, and within which limits.</summary>
    internal static KestrelServerOptions OptionsOf(string listen, int mostConnections, Func<ConnectionDelegate, ConnectionDelegate>? around)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        // The handler has its own limit, with an answer that names the setting.
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MaxConcurrentConnections = mostConnections;
        options.Limits.KeepAliveTimeout = IdleFor;
        options.Limits.RequestHeadersTimeout = HeadersWithin;
        options.Limits.MaxRequestHeadersTotalSize = MostHeaderBytes;
        options.Limits.MaxRequestHeaderCount = MostHeaders;
        options.Limits.MaxRequestLineSize = MostLineBytes;
        options.Limits.MaxRequestBufferSize = UnreadBytes;
        options.Limits.MaxResponseBufferSize = UnsentBytes;
        options.Limits.MinRequestBodyDataRate = new(SlowestBody, Grace);
        options.Limits.MinResponseDataRate = new(SlowestReader, Grace);
        // Bytes beyond ASCII pass as they are.
        options.RequestHeaderEncodingSelector = static _ => Encoding.Latin1;
        options.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
        options.Listen(IPEndPoint.Parse(listen), endpoint =>
        {
            endpoint.Protocols = HttpProtocols.Http1;
            if (around is not null)
                endpoint.Use(around);
        });
        return options;
    }

    /// <summary>Stops accepting, gives requests under way a moment, then closes.</summary>
    public async Task Stop(TimeSpan moment)
    {
        using var limit = new CancellationTokenSource(moment, TimeProvider.System);
        await server.StopAsync(limit.Token).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        // Disposing alone would block a thread until requests under way have ended.
        await Stop(TimeSpan.Zero).ConfigureAwait(false);
        server.Dispose();
    }

    internal sealed class Application(RequestDelegate handler) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public Task ProcessRequestAsync(HttpContext context) => handler(context);

        public void DisposeContext(HttpContext context, Exception? exception)
        {
        }
    }
}
