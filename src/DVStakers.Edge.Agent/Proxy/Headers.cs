using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>Which headers pass. All do, both ways and unchanged (rule 6), but those that belong to one connection (RFC 9110, 7.6.1), and, to another box, a validator's credentials.</summary>
internal static class Headers
{
    public const string Ssz = "application/octet-stream";

    /// <summary>Names the stack that answered, for whoever looks with curl.</summary>
    public const string Stack = "DVStakers-Edge-Stack";

    private static readonly HashSet<string> OfOneConnection = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
    };

    /// <summary>For a validator's own nodes, which are its own affair; they never leave its box.</summary>
    private static readonly HashSet<string> Credentials = new(StringComparer.OrdinalIgnoreCase) { "Authorization", "Cookie" };

    /// <summary>Takes out what opens something on the box that asks, and nothing here.</summary>
    public static void RemoveCredentials(IHeaderDictionary headers)
    {
        foreach (var name in Credentials)
            headers.Remove(name);
    }

    /// <summary>The headers of a request that pass to a node.</summary>
    /// <param name="plain">Leave Accept-Encoding out, because the answer must be readable here.</param>
    public static List<KeyValuePair<string, StringValues>> OfRequest(IHeaderDictionary from, bool plain)
    {
        var passing = new List<KeyValuePair<string, StringValues>>(from.Count);
        var named = from.Connection.Count == 0 ? null : from.Connection.ToString();
        foreach (var header in from)
            if (!OfOneConnection.Contains(header.Key) && (named is null || !Names(named, header.Key)) && header.Key is not ("Host" or "Content-Length" or "Expect") && !(plain && header.Key == "Accept-Encoding"))
                passing.Add(header);
        return passing;
    }

    /// <summary>The client itself may say which others are its connection's own.</summary>
    private static bool Names(string connection, string header)
    {
        foreach (var part in connection.AsSpan().Split(','))
            if (connection.AsSpan(part).Trim().Equals(header, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }

    /// <param name="ofPeer">The node is another box's.</param>
    public static void CopyToNode(ClientRequest from, HttpRequestMessage to, bool ofPeer)
    {
        if (!from.Body.IsEmpty || HttpMethods.IsPost(from.Method))
            to.Content = new ReadOnlyMemoryContent(from.Body);
        foreach (var (name, values) in from.Headers)
        {
            // The node's own credentials, from the configuration, stand before the client's.
            if (name == "Authorization" && to.Headers.Authorization is not null)
                continue;
            if (ofPeer && Credentials.Contains(name))
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
