using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Core.Readings;
using Polly;
using Polly.Timeout;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace DVStakers.Edge.Agent.Probes;

/// <summary>A probe's requests to one node: each within the same short time, each failure as a <see cref="ProbeException"/> that names address and route.</summary>
internal sealed class ProbeRequests(NodeClient node, TimeProvider time, TimeSpan? patience = null)
{
    /// <summary>How long one answer may take, body included. A duty has about this long before its deadline is in danger.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>For a peer's node, behind whatever link: whether it is near enough is judged by how long it takes, not by silence.</summary>
    public static readonly TimeSpan PatienceWithPeer = TimeSpan.FromSeconds(3);

    /// <summary>Far above every answer a probe asks for; a full block is not read through this.</summary>
    private const int MaxBodyBytes = 8 << 20;

    private readonly TimeSpan limit = patience ?? Patience;
    private readonly ResiliencePipeline pipeline = new ResiliencePipelineBuilder { TimeProvider = time }.AddTimeout(patience ?? Patience).Build();

    public delegate T Parse<out T>(ReadOnlySpan<byte> body);

    /// <summary>GET, and the parsed body of a successful answer.</summary>
    /// <param name="expected">What the body should be, in words.</param>
    /// <param name="parse">Throws JsonException or FormatException for anything else.</param>
    public Task<T> Get<T>(string path, string expected, Parse<T> parse, CancellationToken cancel) => Send(
        node.Request(HttpMethod.Get, path),
        async (response, token) => Parsed(await Body(response, token).ConfigureAwait(false), Place(path), expected, parse),
        cancel);

    /// <summary>Sends, demands a successful status, and lets <paramref name="read"/> read the answer.</summary>
    public async Task<T> Send<T>(HttpRequestMessage request, Func<HttpResponseMessage, CancellationToken, ValueTask<T>> read, CancellationToken cancel)
    {
        var place = $"{request.Method} {request.RequestUri}";
        try
        {
            return await pipeline.ExecuteAsync(
                async token =>
                {
                    using (request)
                    using (var response = await node.Send(request, token).ConfigureAwait(false))
                    {
                        DemandSuccess(response, place);
                        return await read(response, token).ConfigureAwait(false);
                    }
                },
                cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested && Failure(e, place) is { } failure)
        {
            throw failure;
        }
    }

    public static T Parsed<T>(ReadOnlySpan<byte> body, string place, string expected, Parse<T> parse)
    {
        try
        {
            return parse(body);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            var detail = e is FormatException ? $" ({e.Message})" : "";
            throw new ProbeException(Reach.Malformed, $"{place} should answer with {expected}, but answered {Excerpt(body)}{detail}", e);
        }
    }

    public static async ValueTask<byte[]> Body(HttpResponseMessage response, CancellationToken cancel)
    {
        var body = new MemoryStream();
        using var stream = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        var buffer = new byte[16 * 1024];
        while (await stream.ReadAsync(buffer, cancel).ConfigureAwait(false) is > 0 and var read)
        {
            body.Write(buffer, 0, read);
            if (body.Length > MaxBodyBytes)
                throw new ProbeException(Reach.Malformed, $"{response.RequestMessage?.RequestUri} answered with more than {MaxBodyBytes} bytes, which no such answer has");
        }
        return body.ToArray();
    }

    private string Place(string path) => $"GET {node.Address.AbsoluteUri.TrimEnd('/')}{path}";

    private static void DemandSuccess(HttpResponseMessage response, string place)
    {
        if (response.IsSuccessStatusCode)
            return;
        var reach = response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden ? Reach.Denied : Reach.Refused;
        throw new ProbeException(reach, $"{place} was answered with status {(int)response.StatusCode} {response.ReasonPhrase}");
    }

    private ProbeException? Failure(Exception e, string place) => e switch
    {
        TimeoutRejectedException => new(Reach.Silent, $"{place} was not answered within {limit.TotalSeconds:0.#} s", e),
        OperationCanceledException => new(Reach.Silent, $"{place}: no connection within {limit.TotalSeconds:0.#} s", e),
        HttpRequestException http => Failure(http, place),
        HttpIOException io => Failure(new HttpRequestException(io.HttpRequestError, io.Message, io), place),
        IOException => new(Reach.Silent, $"{place}: the connection was lost before the answer was complete ({e.Message})", e),
        _ => null,
    };

    private static ProbeException Failure(HttpRequestException e, string place) => e switch
    {
        { HttpRequestError: HttpRequestError.NameResolutionError } => new(Reach.Unreachable, $"{place}: the host name is not known ({e.Message})", e),
        { HttpRequestError: HttpRequestError.SecureConnectionError } => new(Reach.Unreachable, $"{place}: the TLS connection failed ({e.InnerException?.Message ?? e.Message})", e),
        { InnerException: SocketException { SocketErrorCode: SocketError.TimedOut } } => new(Reach.Silent, $"{place}: no connection in time", e),
        { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } => new(Reach.Unreachable, $"{place}: connection refused, nothing listens there", e),
        { HttpRequestError: HttpRequestError.ConnectionError } => new(Reach.Unreachable, $"{place}: no connection ({e.InnerException?.Message ?? e.Message})", e),
        { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError } => new(Reach.Malformed, $"{place} was answered with something that is not HTTP", e),
        // It was there a moment ago: the next reading tells whether it is gone.
        _ => new(Reach.Silent, $"{place}: the connection was lost before the answer was complete ({e.Message})", e),
    };

    /// <summary>The start of an answer, fit for one log line.</summary>
    private static string Excerpt(ReadOnlySpan<byte> body)
    {
        const int most = 80;
        if (body.IsEmpty)
            return "nothing";
        var text = Encoding.UTF8.GetString(body[..Math.Min(most, body.Length)]);
        var clean = string.Create(text.Length, text, static (span, t) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = char.IsControl(t[i]) ? ' ' : t[i];
        });
        return $"'{clean}{(body.Length > most ? "..." : "")}'";
    }
}
