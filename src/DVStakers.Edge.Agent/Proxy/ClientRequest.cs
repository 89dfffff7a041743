using System.Globalization;
using DVStakers.Edge.Core.Chain;
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
    public bool SendsSsz => Context.Request.ContentType?.StartsWith(Headers.Ssz, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>GET and HEAD may be cancelled upstream; a POST never is (rule 7).</summary>
    public bool MayCancel => HttpMethods.IsGet(Method) || HttpMethods.IsHead(Method);

    /// <summary>The client got an error of the proxy's own.</summary>
    public bool Refused { get; private set; }

    /// <summary>The slot in its query; null where there is none, or more than one.</summary>
    public Slot? Slot => Number("slot") is { } slot ? new Slot(slot) : null;

    /// <summary>The slot that is the first segment of its path after the route's own words, such as /eth/v1/validator/execution_payload_envelopes/{slot}/...; null where there is none.</summary>
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
