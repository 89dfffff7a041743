using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Readings;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Threading.Channels;

namespace DVStakers.Edge.Agent.Probes;

/// <summary>Keeps a stream of a beacon node's head events open: it tells of a new head a second or more before the next reading would.</summary>
/// <param name="spec">The network as known now; null while unknown.</param>
internal sealed class HeadFeed(
    NodeClient node, Func<ChainSpec?> spec, ChannelWriter<Observation> observations, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan QuietWhileUnknown = TimeSpan.FromSeconds(30);

    /// <summary>Streams in a row that ended without an event.</summary>
    private int barren;

    /// <summary>Returns when stopped, or when nobody reads the observations any more.</summary>
    public async Task Run(CancellationToken stop)
    {
        var retry = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = int.MaxValue,
                ShouldHandle = new PredicateBuilder().Handle<Exception>(e => e is not ChannelClosedException && !stop.IsCancellationRequested),
                DelayGenerator = _ => ValueTask.FromResult<TimeSpan?>(Pause(barren)),
                OnRetry = retry =>
                {
                    barren++;
                    log.HeadsLost(node.Name, retry.Outcome.Exception!.Message);
                    return default;
                },
            })
            .Build();
        try
        {
            await retry.ExecuteAsync(Follow, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (ChannelClosedException)
        {
        }
    }

    /// <summary>Doubles from 250 ms to 2 s: a node that restarts is heard again at once, one that is gone is not hammered.</summary>
    public static TimeSpan Pause(int barren)
    {
        var pause = ShortestPause * Math.Pow(2, Math.Min(barren, 10));
        return pause < LongestPause ? pause : LongestPause;
    }

    /// <summary>One stream, from its opening to its end. Always throws: no stream should end.</summary>
    private async ValueTask Follow(CancellationToken stop)
    {
        using var quiet = new CancellationTokenSource(Quiet, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, quiet.Token);
        try
        {
            using var request = node.Request(HttpMethod.Get, "/eth/v1/events?topics=head");
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
            using var response = await node.Send(request, either.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                throw new IOException($"{request.RequestUri} was answered with status {(int)response.StatusCode}");
            using var stream = await response.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false);
            var events = new ServerSentEvents();
            var buffer = new byte[4096];
            while (await stream.ReadAsync(buffer, either.Token).ConfigureAwait(false) is > 0 and var read)
            {
                quiet.CancelAfter(Quiet);
                foreach (var complete in events.Feed(buffer.AsSpan(0, read)))
                    await Take(complete, stop).ConfigureAwait(false);
            }
            throw new IOException($"{request.RequestUri} was ended by the node");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new IOException($"{node.Address}: no byte on the event stream for {Quiet.TotalSeconds:0.#} s, or no connection");
        }
    }

    private TimeSpan Quiet => spec() is { } known ? known.SlotDuration * 2 : QuietWhileUnknown;

    private async Task Take(ServerSentEvent received, CancellationToken stop)
    {
        if (received.Event != "head")
            return;
        Head head;
        try
        {
            head = BeaconAnswers.HeadEvent(received.Data.Span);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            log.HeadNotRead(node.Name, e.Message);
            return;
        }
        if (barren > 0)
            log.HeadsArrive(node.Name);
        barren = 0;
        await observations.WriteAsync(new HeadSeen(new HeadEvent(node.Name, head, time.GetUtcNow())), stop).ConfigureAwait(false);
    }
}
