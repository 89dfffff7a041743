using System.Net.Http.Headers;
using Polly;
using Polly.Retry;

namespace DVStakers.Edge.Agent.Nodes;

/// <summary>One event stream of one node, opened again whenever it ends, breaks or falls silent.</summary>
/// <param name="quiet">How long a stream may be without a byte before it is opened anew: TCP alone does not tell that the other side is gone.</param>
internal sealed class NodeEvents(NodeClient node, string pathAndQuery, Func<TimeSpan> quiet, TimeProvider time)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>A node that does not know a topic will not learn it in seconds.</summary>
    private static readonly TimeSpan PauseAfterRefusal = TimeSpan.FromSeconds(30);

    /// <summary>Streams in a row that ended without an event.</summary>
    private int barren;

    /// <param name="Open">The stream is open now; else it is not, and <paramref name="Problem"/> says why.</param>
    /// <param name="Refusal">The 4xx status with which the node refuses these topics.</param>
    internal readonly record struct Change(bool Open, int? Refusal, string Problem);

    /// <summary>Doubles from 250 ms to 2 s: a node that restarts is heard again at once, one that is gone is not hammered.</summary>
    public static TimeSpan Pause(int barren)
    {
        var pause = ShortestPause * Math.Pow(2, Math.Min(barren, 10));
        return pause < LongestPause ? pause : LongestPause;
    }

    /// <summary>Returns when stopped. An exception of <paramref name="onEvent"/> ends it.</summary>
    public async Task Run(Func<ServerSentEvent, ValueTask> onEvent, Action<Change> onChange, CancellationToken stop)
    {
        var retry = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = int.MaxValue,
                ShouldHandle = new PredicateBuilder().Handle<StreamEndedException>(),
                DelayGenerator = a => new(a.Outcome.Exception is StreamEndedException { Refusal: not null } ? PauseAfterRefusal : Pause(barren)),
                OnRetry = a =>
                {
                    var end = (StreamEndedException)a.Outcome.Exception!;
                    barren++;
                    onChange(new Change(false, end.Refusal, end.Message));
                    return default;
                },
            })
            .Build();
        try
        {
            await retry.ExecuteAsync(cancel => Follow(onEvent, onChange, cancel), stop).ConfigureAwait(false);
        }
        catch (Exception e) when (stop.IsCancellationRequested && e is OperationCanceledException or StreamEndedException)
        {
            // Stopped.
        }
    }

    /// <summary>One stream, from its opening to its end. Always throws: no stream should end.</summary>
    private async ValueTask Follow(Func<ServerSentEvent, ValueTask> onEvent, Action<Change> onChange, CancellationToken stop)
    {
        using var silence = new CancellationTokenSource(quiet(), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, silence.Token);
        try
        {
            using var request = node.Request(HttpMethod.Get, pathAndQuery);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
            using var response = await node.Send(request, either.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                throw new StreamEndedException($"HTTP {(int)response.StatusCode}", (int)response.StatusCode is >= 400 and < 500 and var refusal ? refusal : null);
            using var stream = await response.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false);
            onChange(new Change(true, null, ""));
            var events = new ServerSentEvents();
            var buffer = new byte[4096];
            while (await stream.ReadAsync(buffer, either.Token).ConfigureAwait(false) is > 0 and var read)
            {
                silence.CancelAfter(quiet());
                foreach (var complete in events.Feed(buffer.AsSpan(0, read)))
                {
                    barren = 0;
                    await onEvent(complete).ConfigureAwait(false);
                }
            }
            throw new StreamEndedException("the node ended it", null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new StreamEndedException(e.InnerException?.Message ?? e.Message, null);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new StreamEndedException("no byte for too long, or no connection", null);
        }
    }

    private sealed class StreamEndedException(string message, int? refusal) : Exception(message)
    {
        public int? Refusal { get; } = refusal;
    }
}
