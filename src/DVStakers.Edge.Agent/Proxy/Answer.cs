using DVStakers.Edge.Core.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>
/// How one node answered one request. Small bodies are whole in <see cref="Start"/>, so that a connection that breaks within one can still be
/// answered by the next node, and so that the answer can be given again.
/// </summary>
internal sealed class Answer(string node, Outcome outcome, KeyValuePair<string, StringValues>[] headers, ReadOnlyMemory<byte> start, HttpResponseMessage? unread)
{
    /// <summary>Bodies up to this are read whole before the client gets their first byte. Larger ones stream.</summary>
    public const int WholeUpTo = 256 * 1024;

    public string Node { get; } = node;
    public Outcome Outcome { get; } = outcome;

    /// <summary>In words, where no answer came.</summary>
    public string Problem { get; private init; } = "";

    /// <summary>The body, or its beginning.</summary>
    public ReadOnlyMemory<byte> Start { get; } = start;

    public bool IsSsz => Header("Content-Type").StartsWith(Headers.Ssz, StringComparison.OrdinalIgnoreCase);

    public static Answer None(string node, Stage stage, string problem) => new(node, new Outcome(stage, 0), [], default, null) { Problem = problem };

    /// <summary>Empty where the node sent none of that name.</summary>
    public string Header(string name)
    {
        foreach (var (key, value) in headers)
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
                return value.ToString();
        return "";
    }

    /// <summary>Passes status, headers and body on, unchanged. A body that was not whole can be passed on once.</summary>
    public async Task CopyTo(HttpResponse client, CancellationToken cancel)
    {
        client.StatusCode = Outcome.Status;
        foreach (var (name, value) in headers)
            client.Headers[name] = value;
        client.Headers[Headers.Stack] = Node;
        if (HttpMethods.IsHead(client.HttpContext.Request.Method))
            return;
        if (unread is null && client.ContentLength is null && Outcome.Status is not (204 or 304))
            client.ContentLength = Start.Length;
        if (!Start.IsEmpty)
            await client.Body.WriteAsync(Start, cancel).ConfigureAwait(false);
        if (unread is not null)
            await unread.Content.CopyToAsync(client.Body, cancel).ConfigureAwait(false);
    }

    /// <summary>Closes the connection of a body that was not read to its end.</summary>
    public void Release() => unread?.Dispose();
}
