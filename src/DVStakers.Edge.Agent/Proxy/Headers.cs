using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>Which headers pass. All do, both ways and unchanged (rule 6), but those that belong to one connection (RFC 9110, 7.6.1).</summary>
internal static class Headers
{
    public const string Ssz = "application/octet-stream";

    /// <summary>Names the stack that answered, for whoever looks with curl.</summary>
    public const string Stack = "DVStakers-Edge-Stack";

    private static readonly HashSet<string> OfOneConnection = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
    };

    /// <param name="plain">Leave Accept-Encoding out, because the answer must be readable here.</param>
    public static void CopyToNode(HttpRequest from, HttpRequestMessage to, ReadOnlyMemory<byte> body, bool plain)
    {
        if (!body.IsEmpty || HttpMethods.IsPost(from.Method))
            to.Content = new ReadOnlyMemoryContent(body);
        foreach (var (name, values) in from.Headers)
        {
            if (OfOneConnection.Contains(name) || name is "Host" or "Content-Length" or "Expect" || (plain && name == "Accept-Encoding"))
                continue;
            // The node's own credentials, from the configuration, stand before the client's.
            if (name == "Authorization" && to.Headers.Authorization is not null)
                continue;
            if (!to.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
                to.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }
    }

    /// <summary>The headers of an answer that pass to the client.</summary>
    public static KeyValuePair<string, StringValues>[] OfAnswer(HttpResponseMessage answer) =>
        [.. Passing(answer.Headers), .. Passing(answer.Content.Headers)];

    private static IEnumerable<KeyValuePair<string, StringValues>> Passing(HttpHeaders headers)
    {
        foreach (var (name, values) in headers.NonValidated)
            if (!OfOneConnection.Contains(name))
                yield return new(name, values.Count == 1 ? new StringValues(values.ToString()) : new StringValues([.. values]));
    }
}
