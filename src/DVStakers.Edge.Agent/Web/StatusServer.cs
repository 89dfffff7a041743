using DVStakers.Edge.Agent.Duties;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Duties;
using DVStakers.Edge.Core.Power;
using DVStakers.Edge.Core.Status;
using Microsoft.AspNetCore.Http;
using System.Text.Json;

namespace DVStakers.Edge.Agent.Web;

/// <summary>Answers <c>GET /status</c> with the report of the current snapshot, <c>GET /duties</c> with the account of the duties, and <c>GET /power</c> with what feeds the box.</summary>
internal sealed class StatusServer(EdgeConfig config, SnapshotFeed feed, DutyFeed duties, Func<ProxyCounters> counters, string version, TimeProvider time)
{
    /// <summary>At once.</summary>
    public const int MostConnections = 64;

    private readonly DateTimeOffset startedAt = time.GetUtcNow();

    public StatusReport Report() => StatusComposer.Compose(config, feed.Current, counters(), version, startedAt, time.GetUtcNow());

    public Task Handle(HttpContext context)
    {
        Func<byte[]>? report = context.Request.Path.Value switch
        {
            "/status" => () => JsonSerializer.SerializeToUtf8Bytes(Report(), StatusJson.Default.StatusReport),
            "/duties" => () => JsonSerializer.SerializeToUtf8Bytes(DutyReport.Of(duties.Current, feed.Current.Spec?.ConfigName), DutyReportJson.Default.DutyReport),
            "/power" => () => JsonSerializer.SerializeToUtf8Bytes(UpsReport.Of(config.Power?.Model, feed.Current), UpsReportJson.Default.UpsReport),
            _ => null,
        };
        if (report is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return context.Response.WriteAsync("There are only /status, /duties and /power here. Validator clients use the proxy's port.\n", context.RequestAborted);
        }
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = "GET, HEAD";
            return Task.CompletedTask;
        }
        var body = report();
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
