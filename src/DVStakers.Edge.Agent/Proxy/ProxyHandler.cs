using DVStakers.Edge.Core.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>The endpoint that validator clients and DVT clients use as their one beacon node.</summary>
internal sealed class ProxyHandler(
    Reads reads, AttestationAnswers attestations, Submissions submissions, Streams streams, OwnAnswers own, ProxyCounts counts, int maxBodyMib, ILogger log)
{
    /// <summary>1. Finds the route. 2. Reads the body, up to the limit. 3. Does what its class says.</summary>
    public async Task Handle(HttpContext context)
    {
        // 1.
        var route = Routes.Find(context.Request.Method, context.Request.Path.Value ?? "/");
        if (route.Class == RouteClass.Never)
        {
            counts.Refused();
            log.NeverServed(context.Request.Method, context.Request.Path.Value ?? "", route.Remedy!);
            await Refusal.Write(context, 404, $"{context.Request.Method} {context.Request.Path} is not served here: {route.Remedy}").ConfigureAwait(false);
            return;
        }
        try
        {
            // 2.
            if (await Body(context.Request, context.RequestAborted).ConfigureAwait(false) is not { } body)
            {
                counts.Refused();
                await Refusal.Write(context, 413, $"the body is larger than {maxBodyMib} MiB (proxy.max-body-mib)").ConfigureAwait(false);
                return;
            }

            // 3.
            var request = new ClientRequest(context, route, body);
            await (route.Class switch
            {
                RouteClass.Own => own.Serve(request),
                RouteClass.AttestationData => attestations.Serve(request),
                RouteClass.BlockProduction => reads.Produce(request),
                RouteClass.Submission or RouteClass.Preparation => submissions.Broadcast(request),
                RouteClass.BlindedBlock => submissions.BlindedBlock(request),
                RouteClass.Events => streams.Serve(request),
                _ => reads.Serve(request),
            }).ConfigureAwait(false);
            counts.Served();
        }
        catch (Exception e) when (context.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            log.ClientGone(context.Request.Method, context.Request.Path.Value ?? "");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The node's connection broke within a body whose beginning the client already has: only a broken connection tells it so.
            log.BrokenWithinBody(context.Request.Method, context.Request.Path.Value ?? "", e.Message);
            context.Abort();
        }
    }

    private async Task<ReadOnlyMemory<byte>?> Body(HttpRequest request, CancellationToken gone)
    {
        var most = maxBodyMib * 1024L * 1024;
        if (request.ContentLength is 0 || (request.ContentLength is null && request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != true))
            return ReadOnlyMemory<byte>.Empty;
        if (request.ContentLength > most)
            return null;
        var bytes = new MemoryStream((int)(request.ContentLength ?? 4096));
        var buffer = new byte[64 * 1024];
        while (await request.Body.ReadAsync(buffer, gone).ConfigureAwait(false) is > 0 and var read)
        {
            if (bytes.Length + read > most)
                return null;
            bytes.Write(buffer, 0, read);
        }
        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }
}
