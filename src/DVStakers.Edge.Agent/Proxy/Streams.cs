using System.Text;
using System.Threading.Channels;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>The event streams of the clients: each one unbroken, whatever becomes of the nodes behind it (rule 12).</summary>
internal sealed class Streams(EventHub hub, SnapshotFeed state, ProxyCounts counts, int most, TimeProvider time, ILogger log)
{
    /// <summary>Events waiting for one client; a client that lets more pile up is cut off, and may connect again.</summary>
    private const int MostWaiting = 1024;

    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(10);

    /// <summary>A client that takes nothing for this long, with all buffers on the way to it full, is cut off too.</summary>
    private static readonly TimeSpan MostUnread = TimeSpan.FromSeconds(10);

    public async Task Serve(ClientRequest request)
    {
        var context = request.Context;
        if (!context.Request.Query.ContainsKey("topics"))
        {
            await request.Refuse(400, "topics is missing: /eth/v1/events?topics=head").ConfigureAwait(false);
            return;
        }
        if (!counts.OpenStream(most))
        {
            await request.Refuse(503, $"{most} event streams are open already (proxy.max-streams)").ConfigureAwait(false);
            return;
        }
        try
        {
            var events = Channel.CreateBounded<StreamEvent>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
            using var subscription = hub.Subscribe(context.Request.QueryString.ToUriComponent(), events.Writer);
            if (await Refused(subscription, context.RequestAborted).ConfigureAwait(false) is { } refusal)
            {
                await request.Refuse(400, refusal).ConfigureAwait(false);
                return;
            }
            await Pump(request, events.Reader).ConfigureAwait(false);
        }
        catch (SlowClientException)
        {
            log.StreamTooSlow(request.PathAndQuery);
            context.Abort();
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client went away.
        }
        finally
        {
            counts.CloseStream();
        }
    }

    /// <summary>What all nodes say to these topics, if they say so at once; a client of a stream that is merely late to open just waits.</summary>
    private async Task<string?> Refused(EventHub.Subscription subscription, CancellationToken gone)
    {
        try
        {
            return await subscription.Opened.WaitAsync(TimeSpan.FromSeconds(1), time, gone).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>1. Opens the client's stream. 2. Merges what the nodes tell. 3. Writes what is due, flushed at once; a comment when nothing is.</summary>
    private async Task Pump(ClientRequest request, ChannelReader<StreamEvent> events)
    {
        var context = request.Context;
        // 1.
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        await context.Response.StartAsync(context.RequestAborted).ConfigureAwait(false);
        await Write(context, ":\n\n"u8.ToArray()).ConfigureAwait(false);

        // 2.
        var spec = state.Current.Spec;
        var merge = new StreamMerge(Deadlines.For(request.Route, spec, time.GetUtcNow()).Hedge, (spec?.SlotDuration ?? TimeSpan.FromSeconds(12)) * 2);
        var arrival = events.WaitToReadAsync(context.RequestAborted).AsTask();
        var seen = state.Current;
        var change = state.NewerThan(seen, context.RequestAborted);
        var written = time.GetUtcNow();
        while (true)
        {
            var now = time.GetUtcNow();
            var wake = written + KeepAlive;
            if (merge.NextDue is { } due && due > now && due < wake)
                wake = due;
            using (var timer = new CancellationTokenSource())
            {
                await Task.WhenAny(arrival, change, Task.Delay(wake > now ? wake - now : TimeSpan.Zero, time, timer.Token)).ConfigureAwait(false);
                await timer.CancelAsync().ConfigureAwait(false);
            }
            if (arrival.IsCompleted)
            {
                if (!await arrival.ConfigureAwait(false))
                    return;
                while (events.TryRead(out var told))
                    merge.Take(told);
                arrival = events.WaitToReadAsync(context.RequestAborted).AsTask();
            }
            if (change.IsCompleted)
            {
                seen = await change.ConfigureAwait(false);
                change = state.NewerThan(seen, context.RequestAborted);
            }

            // 3.
            now = time.GetUtcNow();
            var text = Format(merge.Due(seen.Serving, seen.ExpectedHead?.Root, now));
            if (text.Length == 0 && now - written < KeepAlive)
                continue;
            await Write(context, text.Length > 0 ? text : ":\n\n"u8.ToArray()).ConfigureAwait(false);
            written = now;
        }
    }

    private static byte[] Format(IReadOnlyList<StreamEvent> due)
    {
        if (due.Count == 0)
            return [];
        using var bytes = new MemoryStream();
        foreach (var told in due)
        {
            bytes.Write("event: "u8);
            bytes.Write(Encoding.UTF8.GetBytes(told.Type));
            foreach (var line in told.Data.ToArray().AsSpan().Split((byte)'\n'))
            {
                bytes.Write("\ndata: "u8);
                bytes.Write(told.Data.Span[line]);
            }
            bytes.Write("\n\n"u8);
        }
        return bytes.ToArray();
    }

    private async Task Write(HttpContext context, byte[] bytes)
    {
        try
        {
            await WriteAndFlush().WaitAsync(MostUnread, time, context.RequestAborted).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new SlowClientException();
        }

        async Task WriteAndFlush()
        {
            await context.Response.Body.WriteAsync(bytes, context.RequestAborted).ConfigureAwait(false);
            await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        }
    }
}
