using System.Buffers;
using DVStakers.Edge.Core.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>The endpoint that validator clients and DVT clients use as their one beacon node.</summary>
internal sealed class ProxyHandler(
    Reads reads, AttestationAnswers attestations, Blocks blocks, Submissions submissions, Streams streams, OwnAnswers own, ProxyCounts counts, int maxBodyMib, ILogger log,
    ProxyHandler.Objection? objects = null)
{
    /// <summary>Why this endpoint does not serve what this body asks for; null where it does.</summary>
    public delegate string? Objection(string method, string path, ReadOnlyMemory<byte> body);

    private const string Ambiguous = "nodes may read this path in different ways, and so as one that is not served";

    private readonly Bodies bodies = new(maxBodyMib * 1024L * 1024);

    /// <summary>1. Finds the route. 2. Reads the body, up to the limit. 3. Does what its class says. 4. Counts.</summary>
    public async Task Handle(HttpContext context)
    {
        // 1.
        var path = context.Request.Path.Value ?? "/";
        var route = Routes.Find(context.Request.Method, path);
        if (!route.IsKnown)
            counts.Unknown();
        if (route.Class == RouteClass.Never || IsAmbiguous(path, context.Request.QueryString.Value ?? ""))
        {
            var remedy = route.Remedy ?? Ambiguous;
            log.NeverServed(context.Request.Method, path, remedy);
            await Refuse(context, 404, $"{context.Request.Method} {path} is not served here: {remedy}").ConfigureAwait(false);
            return;
        }
        // Anything else would open a stream, build a block or give out data that the client does not get to see.
        if (HttpMethods.IsHead(context.Request.Method) && route.Class is not (RouteClass.Own or RouteClass.Read))
        {
            context.Response.Headers.Allow = "GET";
            await Refuse(context, 405, $"HEAD {path} is not served here, GET is").ConfigureAwait(false);
            return;
        }
        try
        {
            // 2.
            using var body = await bodies.Read(context.Request, context.RequestAborted).ConfigureAwait(false);
            if (body.Refusal != 0)
            {
                await Refuse(context, body.Refusal, body.Refusal switch
                {
                    413 => $"the body is larger than {maxBodyMib} MiB (proxy.max-body-mib)",
                    400 => "what follows the body is no header",
                    _ => "too many large bodies at once; try again",
                }).ConfigureAwait(false);
                return;
            }

            if (objects?.Invoke(context.Request.Method, path, body.Bytes) is { } objection)
            {
                await Refuse(context, 400, $"{context.Request.Method} {path}: {objection}").ConfigureAwait(false);
                return;
            }

            // 3.
            var request = new ClientRequest(context, route, body.Bytes);
            await (route.Class switch
            {
                RouteClass.Own => own.Serve(request),
                RouteClass.AttestationData => attestations.Serve(request),
                RouteClass.BlockProduction => blocks.Serve(request),
                RouteClass.Submission or RouteClass.Preparation => submissions.Broadcast(request),
                RouteClass.MakerFirst => submissions.MakerFirst(request),
                RouteClass.Events => streams.Serve(request),
                _ => reads.Serve(request),
            }).ConfigureAwait(false);

            // 4.
            if (request.Refused)
                counts.Refused();
            else if (route.Class is not (RouteClass.Own or RouteClass.Events))
                counts.Served();
        }
        catch (SlowClientException)
        {
            log.AnswerUnread(context.Request.Method, path);
            context.Abort();
        }
        catch (BadHttpRequestException e)
        {
            await Refuse(context, e.StatusCode, e.Message).ConfigureAwait(false);
        }
        catch (Exception e) when (context.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            log.ClientGone(context.Request.Method, path);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The node's connection broke within a body whose beginning the client already has: only a broken connection tells it so.
            log.BrokenWithinBody(context.Request.Method, path, e.Message);
            context.Abort();
        }
    }

    private static readonly SearchValues<char> Ambiguities = SearchValues.Create([.. "%\\;?#\u007f", .. Enumerable.Range(0, ' ').Select(c => (char)c)]);

    /// <summary>
    /// Escapes that are left after unescaping, backslashes, empty segments, what begins a parameter, a query or a fragment, and controls: some software makes other
    /// paths of these (rule 11), and no path of the API has them.
    /// </summary>
    /// <param name="query">A space or control in it, which Kestrel lets through, would be cut off or escaped on the way on.</param>
    private static bool IsAmbiguous(string path, string query) =>
        path.AsSpan().ContainsAny(Ambiguities) || path.Contains("//", StringComparison.Ordinal) || query.AsSpan().ContainsAnyInRange('\0', ' ');

    private Task Refuse(HttpContext context, int status, string words)
    {
        counts.Refused();
        return Refusal.Write(context, status, words);
    }
}
