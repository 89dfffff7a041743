using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Web;

/// <summary>Kestrel on one address, with one handler and nothing else: no middleware, no configuration of its own.</summary>
internal sealed class HttpListener : IAsyncDisposable
{
    private readonly WebApplication server;

    private HttpListener(WebApplication server, Uri address)
    {
        this.server = server;
        Address = address;
    }

    /// <summary>Where it listens; with port 0 in the configuration, the port it got.</summary>
    public Uri Address { get; }

    /// <exception cref="IOException">The address is taken or not this machine's.</exception>
    public static async Task<HttpListener> Start(string listen, RequestDelegate handler, ILoggerFactory logs, CancellationToken cancel)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logs);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            // The handler has its own limit, with an answer that names the setting.
            options.Limits.MaxRequestBodySize = null;
            options.Limits.MaxConcurrentConnections = 4096;
            // Validator clients on a slow box or link send a large block slowly; a stuck one is cut.
            options.Limits.MinRequestBodyDataRate = new(bytesPerSecond: 100, gracePeriod: TimeSpan.FromSeconds(10));
            // A client that does not read what waits for it is cut; this is not about an event stream that is quiet.
            options.Limits.MinResponseDataRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(10));
            // Bytes beyond ASCII pass as they are.
            options.RequestHeaderEncodingSelector = static _ => Encoding.Latin1;
            options.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
            options.Listen(IPEndPoint.Parse(listen));
        });
        var server = builder.Build();
        server.Run(handler);
        try
        {
            await server.StartAsync(cancel).ConfigureAwait(false);
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        var address = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new HttpListener(server, new Uri(address));
    }

    /// <summary>Stops accepting, gives requests under way a moment, then closes.</summary>
    public async Task Stop(TimeSpan moment)
    {
        using var limit = new CancellationTokenSource(moment, TimeProvider.System);
        await server.StopAsync(limit.Token).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
