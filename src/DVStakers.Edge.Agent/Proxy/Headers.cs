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

    /// <summary>The headers of a request that pass to a node.</summary>
    /// <param name="plain">Leave Accept-Encoding out, because the answer must be readable here.</param>
    public static List<KeyValuePair<string, StringValues>> OfRequest(IHeaderDictionary from, bool plain)
    {
        var passing = new List<KeyValuePair<string, StringValues>>(from.Count);
        foreach (var header in from)
            if (!OfOneConnection.Contains(header.Key) && header.Key is not ("Host" or "Content-Length" or "Expect") && !(plain && header.Key == "Accept-Encoding"))
                passing.Add(header);
        return passing;
    }

    public static void CopyToNode(ClientRequest from, HttpRequestMessage to)
    {
        if (!from.Body.IsEmpty || HttpMethods.IsPost(from.Method))
            to.Content = new ReadOnlyMemoryContent(from.Body);
        foreach (var (name, values) in from.Headers)
        {
            // The node's own credentials, from the configuration, stand before the client's.
            if (name == "Authorization" && to.Headers.Authorization is not null)
                continue;
            if (!Add(to.Headers, name, values) && to.Content is { } content)
                Add(content.Headers, name, values);
        }
    }

    private static bool Add(HttpHeaders headers, string name, StringValues values) => values.Count == 1
        ? headers.TryAddWithoutValidation(name, values[0])
        : headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);

    /// <summary>The headers of an answer that pass to the client.</summary>
    public static KeyValuePair<string, StringValues>[] OfAnswer(HttpResponseMessage answer)
    {
        var (general, content) = (answer.Headers.NonValidated, answer.Content.Headers.NonValidated);
        var passing = new KeyValuePair<string, StringValues>[general.Count + content.Count];
        var count = Passing(content, passing, Passing(general, passing, 0));
        return count == passing.Length ? passing : passing[..count];
    }

    private static int Passing(HttpHeadersNonValidated headers, KeyValuePair<string, StringValues>[] passing, int count)
    {
        foreach (var (name, values) in headers)
            if (!OfOneConnection.Contains(name))
                passing[count++] = new(name, values.Count == 1 ? new StringValues(values.ToString()) : new StringValues([.. values]));
        return count;
    }
}
