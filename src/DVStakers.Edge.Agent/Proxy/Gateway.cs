using System.Collections.Concurrent;
using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Core.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>
/// The peer gateway: lends this box's own nodes to the other boxes of the cluster. Who connects was admitted by certificate (<see cref="MutualTls"/>); what it may ask
/// is an allow-list (<see cref="Lending"/>); how much, a share that leaves this box's own validator first. A refusal for lack of room is a 503, which sends the
/// borrower's agent on to its next node at once.
/// </summary>
/// <param name="isMember">Whether this borrower's certificate is good still: asked for each request, and each second for those under way.</param>
/// <param name="handlerFor">What serves this box: the nodes of ours in the order that is its turn.</param>
internal sealed class Gateway(Func<Borrower, bool> isMember, Func<string, ProxyHandler> handlerFor, RosterRoute roster, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan Rounds = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Share> shares = [];
    private readonly ConcurrentDictionary<HttpContext, Borrower> underWay = [];
    private readonly Share all = Share.OfAll();

    /// <summary>1. Who is it? 2. Is it lent? 3. Is there room? 4. Serves it as the proxy serves a validator.</summary>
    public async Task Handle(HttpContext context)
    {
        // 1.
        if (context.Features.Get<Borrower>() is not { } borrower || !isMember(borrower))
        {
            context.Response.Headers.Connection = "close";
            await Refusal.Write(context, 403, "this certificate opens nothing here: the box is not (or no longer) on the cluster's roster").ConfigureAwait(false);
            return;
        }

        roster.Tell(context.Response.Headers);

        // 2.
        var path = context.Request.Path.Value ?? "/";
        var isRoster = path == RosterExchange.Path;
        if (!isRoster && Lending.Refuses(context.Request.Method, path, Lending.NamesValidators(context.Request.QueryString.Value ?? "")) is { } why)
        {
            log.NotLent(borrower.Box, context.Request.Method, path, why);
            await Refusal.Write(context, 404, $"{context.Request.Method} {path} is not lent: {why}").ConfigureAwait(false);
            return;
        }

        // 3.
        var isStream = Routes.Find(context.Request.Method, path).Class == RouteClass.Events;
        using var place = shares.GetOrAdd(borrower.Box, static _ => Share.OfOne()).Take(isStream);
        using var placeOfAll = place is null ? null : all.Take(isStream);
        if (placeOfAll is null)
        {
            log.NoRoom(borrower.Box, context.Request.Method, path);
            context.Response.Headers.RetryAfter = "1";
            await Refusal.Write(context, 503, "this box lends no more at once; ask the next node").ConfigureAwait(false);
            return;
        }

        if (isRoster)
        {
            await roster.Handle(context, borrower.Box).ConfigureAwait(false);
            return;
        }

        // 4. What it showed to its own agent opens nothing here, and is not for another's node to see.
        Headers.RemoveCredentials(context.Request.Headers);
        underWay[context] = borrower;
        try
        {
            await handlerFor(borrower.Box).Handle(context).ConfigureAwait(false);
        }
        finally
        {
            underWay.TryRemove(context, out _);
        }
    }

    /// <summary>Cuts what a removed box still has open, such as an event stream. Returns when stopped.</summary>
    public async Task Run(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Rounds, time, stop).ConfigureAwait(false);
                foreach (var (context, borrower) in underWay)
                    if (!isMember(borrower))
                        context.Abort();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    /// <summary>For one that is not asked any more: until then the clocks of its shares go on.</summary>
    public void End()
    {
        foreach (var share in shares.Values)
            share.Dispose();
        all.Dispose();
    }
}
