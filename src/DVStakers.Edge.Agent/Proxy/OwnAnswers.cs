using System.Buffers;
using System.Globalization;
using System.Text.Json;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.State;
using Microsoft.AspNetCore.Http;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>
/// /eth/v1/node/health and /syncing, answered from the snapshot: the truth about what stands behind (rule 10), which the nodes themselves often do not tell.
/// </summary>
internal sealed class OwnAnswers(SnapshotFeed state)
{
    public Task Serve(ClientRequest request) => request.Route.Template.EndsWith("/health", StringComparison.Ordinal)
        ? Health(request.Context, state.Current)
        : Syncing(request, state.Current);

    /// <summary>200: a stack qualifies. 206: one answers, but is syncing or unsure (or what ?syncing_status asks for). 503: none.</summary>
    private static Task Health(HttpContext context, Snapshot snapshot)
    {
        var asked = int.TryParse(context.Request.Query["syncing_status"], NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 100 and < 600;
        context.Response.StatusCode = snapshot.Ready ? 200
            : snapshot.Ranking is [{ } best, ..] && best.Tier.MayRead() && best.Tier != Tier.Suspect ? (asked ? status : 206)
            : 503;
        return Task.CompletedTask;
    }

    private static async Task Syncing(ClientRequest request, Snapshot snapshot)
    {
        var context = request.Context;
        var stack = snapshot.Stacks.FirstOrDefault(s => s.Name == snapshot.Serving);
        if (stack is not { Head: { } head })
        {
            await request.Refuse(503, $"no stack can be told of: {snapshot.ServingReason}").ConfigureAwait(false);
            return;
        }
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteStartObject("data");
            json.WriteString("head_slot", head.Slot.ToString());
            json.WriteString("sync_distance", (stack.Lag?.Slots ?? 0).ToString(CultureInfo.InvariantCulture));
            json.WriteBoolean("is_syncing", !stack.Tier.Qualifies());
            json.WriteBoolean("is_optimistic", stack.Tier == Tier.Optimistic);
            json.WriteBoolean("el_offline", stack.Tier == Tier.Suspect);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.WrittenCount;
        context.Response.Headers[Headers.Stack] = stack.Name;
        await context.Response.Body.WriteAsync(body.WrittenMemory, context.RequestAborted).ConfigureAwait(false);
    }
}
