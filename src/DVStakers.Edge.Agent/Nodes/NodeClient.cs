using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using DVStakers.Edge.Core.Routing;

namespace DVStakers.Edge.Agent.Nodes;

/// <summary>
/// The HTTP connections to one node, shared by its probes and the proxy. No cookies, redirects, decompression or system proxy:
/// what the node says passes untouched. Credentials in the URL become Basic authentication and never appear in <see cref="Address"/>.
/// </summary>
internal sealed class NodeClient : IDisposable
{
    /// <summary>A black-holed node must fail while the next one can still make the deadline.</summary>
    public static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(1);

    /// <summary>TCP and TLS take three round trips, which on a bad satellite link are a second each. Others are asked meanwhile.</summary>
    public static readonly TimeSpan ConnectToPeerWithin = TimeSpan.FromSeconds(4);

    /// <summary>To one node; a request beyond that waits for one to be free, and the next node is asked meanwhile.</summary>
    public const int MostConnections = 1024;

    private readonly HttpMessageInvoker invoker;
    private readonly AuthenticationHeaderValue? credentials;
    private readonly string baseUrl;
    private readonly NameLookup lookup;
    private readonly AnswerTimes[] times = [.. Enum.GetValues<RouteClass>().Select(static _ => new AnswerTimes())];

    /// <param name="peer">How to tell that a peer is who it should be, and who we are; null: the node's TLS, if any, is the web's.</param>
    public NodeClient(string name, Uri address, SslClientAuthenticationOptions? peer = null)
    {
        Name = name;
        IsPeer = peer is not null;
        Address = new UriBuilder(address) { UserName = "", Password = "" }.Uri;
        // Joined as text: a path that begins with two slashes, resolved as a reference, would name another host.
        baseUrl = Address.GetLeftPart(UriPartial.Authority) + Address.AbsolutePath.TrimEnd('/');
        lookup = new NameLookup(Address.DnsSafeHost);
        credentials = address.UserInfo.Length > 0
            ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(address.UserInfo))))
            : null;
        invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            ConnectCallback = Connect,
            ConnectTimeout = peer is null ? ConnectWithin : ConnectToPeerWithin,
            SslOptions = peer ?? new SslClientAuthenticationOptions(),
            MaxConnectionsPerServer = MostConnections,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
            // So that a changed DNS answer is noticed.
            PooledConnectionLifetime = TimeSpan.FromMinutes(15),
            // Bytes beyond ASCII pass as they are.
            RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        });
    }

    /// <summary>The stack's configured name.</summary>
    public string Name { get; }

    /// <summary>It is another box's, behind that box's gateway.</summary>
    public bool IsPeer { get; }

    /// <summary>The base URL without credentials: safe to log.</summary>
    public Uri Address { get; }

    /// <summary>How long its answers to requests of this class took.</summary>
    public AnswerTimes Times(RouteClass route) => times[(int)route];

    /// <summary>A request for a path (with query) below the base URL, with credentials where the URL had some.</summary>
    public HttpRequestMessage Request(HttpMethod method, string pathAndQuery)
    {
        var request = new HttpRequestMessage(method, new Uri(baseUrl + pathAndQuery));
        request.Headers.Authorization = credentials;
        return request;
    }

    /// <summary>Is shown each answer, as soon as its headers are there and before whoever asked sees it.</summary>
    public Action<HttpResponseMessage>? Hears { get; set; }

    /// <summary>Sends; returns as soon as the response's headers are there. The caller disposes the response.</summary>
    /// <exception cref="HttpRequestException">The connection failed; its HttpRequestError says where.</exception>
    public Task<HttpResponseMessage> Send(HttpRequestMessage request, CancellationToken cancel) =>
        Hears is { } hears ? SendAndHear(request, hears, cancel) : invoker.SendAsync(request, cancel);

    public void Dispose() => invoker.Dispose();

    private async Task<HttpResponseMessage> SendAndHear(HttpRequestMessage request, Action<HttpResponseMessage> hears, CancellationToken cancel)
    {
        var answer = await invoker.SendAsync(request, cancel).ConfigureAwait(false);
        hears(answer);
        return answer;
    }

    private async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var addresses = await lookup.Addresses().WaitAsync(cancel).ConfigureAwait(false);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancel).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
