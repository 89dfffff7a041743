using DVStakers.Edge.Core.Routing;
using Microsoft.AspNetCore.Http;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>What a validator client asked, with its body read: it may have to go to several nodes, or to one after another.</summary>
internal sealed class ClientRequest(HttpContext context, Route route, ReadOnlyMemory<byte> body)
{
    public HttpContext Context { get; } = context;
    public Route Route { get; } = route;
    public ReadOnlyMemory<byte> Body { get; } = body;
    public string Method => Context.Request.Method;
    public string PathAndQuery { get; } = context.Request.Path.ToUriComponent() + context.Request.QueryString.ToUriComponent();
    public bool WantsSsz => Context.Request.Headers.Accept.ToString().TrimStart().StartsWith(Headers.Ssz, StringComparison.OrdinalIgnoreCase);
    public bool SendsSsz => Context.Request.ContentType?.StartsWith(Headers.Ssz, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>GET and HEAD may be cancelled upstream; a POST never is (rule 7).</summary>
    public bool MayCancel => HttpMethods.IsGet(Method) || HttpMethods.IsHead(Method);
}
