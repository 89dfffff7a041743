using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Core.Cluster;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>The one thing at a peer gateway that is not a node's: the cluster's roster, for members to take and to bring (<see cref="RosterExchange"/>). Only the CA's signature makes it count.</summary>
internal sealed class RosterRoute(Membership membership, ILogger log)
{
    private readonly Bodies bodies = new(Carried.MostBytes);

    /// <summary>Says in an answer which version this box has.</summary>
    public void Tell(IHeaderDictionary headers)
    {
        if (membership.SignedRoster is not null)
            headers[RosterExchange.Header] = membership.Roster.Version.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    public async Task Handle(HttpContext context, string box)
    {
        try
        {
            if (HttpMethods.IsGet(context.Request.Method))
                await Give(context).ConfigureAwait(false);
            else if (HttpMethods.IsPut(context.Request.Method))
                await Take(context, box).ConfigureAwait(false);
            else
                await Refusal.Write(context, 405, "GET or PUT a roster").ConfigureAwait(false);
        }
        catch (BadHttpRequestException e)
        {
            await Refusal.Write(context, e.StatusCode, e.Message).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Who asked has gone, and asks again.
            context.Abort();
        }
    }

    private async Task Give(HttpContext context)
    {
        if (membership.SignedRoster is not { } signed)
        {
            await Refusal.Write(context, 404, "this box's roster was written by hand and has no signature; bring it by hand").ConfigureAwait(false);
            return;
        }
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = signed.Length;
        await context.Response.Body.WriteAsync(signed, context.RequestAborted).ConfigureAwait(false);
    }

    private async Task Take(HttpContext context, string box)
    {
        using var body = await bodies.Read(context.Request, context.RequestAborted).ConfigureAwait(false);
        if (body.Refusal != 0)
        {
            await Refusal.Write(context, body.Refusal, $"a roster has at most {Carried.MostBytes} bytes").ConfigureAwait(false);
            return;
        }
        if (membership.AdoptFrom(box, body.Bytes.Span, log, out var why))
        {
            Tell(context.Response.Headers);
            context.Response.StatusCode = 204;
            return;
        }
        // At debug, like all that a member may ask for again and again.
        log.RosterNotTaken(LogLevel.Debug, box, why);
        await Refusal.Write(context, 409, $"this roster is not taken: {why}").ConfigureAwait(false);
    }
}
