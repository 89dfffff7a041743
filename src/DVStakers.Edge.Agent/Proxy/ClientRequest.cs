using System.Globalization;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>
/// What a validator client asked, with its body read: it may have to go to several nodes, or to one after another. All that a node is sent is taken out of
/// the context at once: a submission goes on when the client has its answer, and the context then belongs to the next request of that connection.
/// </summary>
internal sealed class ClientRequest(HttpContext context, Route route, ReadOnlyMemory<byte> body)
{
    /// <summary>For answering the client, and not after that.</summary>
    public HttpContext Context { get; } = context;

    public Route Route { get; } = route;
    public ReadOnlyMemory<byte> Body { get; } = body;
    public string Method { get; } = context.Request.Method;
    public string PathAndQuery { get; } = context.Request.Path.ToUriComponent() + context.Request.QueryString.ToUriComponent();

    /// <summary>Those that pass to a node.</summary>
    public IReadOnlyList<KeyValuePair<string, StringValues>> Headers { get; } =
        Proxy.Headers.OfRequest(context.Request.Headers, plain: route.Class is not (RouteClass.Read or RouteClass.Aggregate));

    public bool SendsSsz => Context.Request.ContentType?.StartsWith(Proxy.Headers.Ssz, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>GET and HEAD may be cancelled upstream; a POST never is (rule 7).</summary>
    public bool MayCancel => HttpMethods.IsGet(Method) || HttpMethods.IsHead(Method);

    /// <summary>The client got an error of the proxy's own.</summary>
    public bool Refused { get; private set; }

    /// <summary>The slot in its query; null where there is none, or more than one.</summary>
    public Slot? Slot => Number("slot") is { } slot ? new Slot(slot) : null;

    /// <summary>The slot in its path, where that has one: /eth/v1/validator/execution_payload_envelopes/{slot}/...; else null.</summary>
    public Slot? SlotInPath => Context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries) is [_, _, _, _, var text, ..]
        && ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var slot) ? new Slot(slot) : null;

    /// <summary>A number in its query; null where there is none, more than one, or something else.</summary>
    public ulong? Number(string name) =>
        ulong.TryParse(Context.Request.Query[name].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    public Task Refuse(int status, string words)
    {
        Refused = true;
        return Refusal.Write(Context, status, words);
    }
}
