using System.Net.Http.Headers;
using DVStakers.Edge.Agent.Probes;
using Polly;
using Polly.Retry;

namespace DVStakers.Edge.Agent.Nodes;

/// <summary>One event stream of one node, opened again whenever it ends, breaks or falls silent.</summary>
internal sealed class NodeEvents(NodeClient node, string pathAndQuery, TimeProvider time)
{
    /// <summary>How long a stream may be without an event before it is opened anew: TCP alone does not tell that the other side is gone.</summary>
    public required Func<TimeSpan> Quiet { get; init; }

    /// <param name="Open">The stream is open now; else it is not, and <paramref name="Problem"/> says why.</param>
    /// <param name="Refusal">The 4xx status with which the node refuses these topics.</param>
    internal readonly record struct Change(bool Open, int? Refusal, string Problem);

    /// <summary>Runs until stopped; never throws.</summary>
    public async Task Run(Action<ServerSentEvent> onEvent, Action<Change> onChange, CancellationToken stop)
    {
        var retry = new ResiliencePipelineBuilder { TimeProvider = time }.AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = a => new(a.Outcome.Exception is not null && !stop.IsCancellationRequested),
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromMilliseconds(250),
            MaxDelay = TimeSpan.FromSeconds(2),
            // A node that does not know a topic will not learn it in seconds.
            DelayGenerator = a => new(a.Outcome.Exception is RefusedException ? TimeSpan.FromSeconds(30) : null),
            OnRetry = a =>
            {
                var refusal = a.Outcome.Exception as RefusedException;
                onChange(new Change(false, refusal?.Status, a.Outcome.Exception!.Message));
                return default;
            },
        }).Build();
        try
        {
            // A stream that told something returns, so that back-off starts anew; one that did not throws.
            while (true)
                await retry.ExecuteAsync(async cancel => await Follow(onEvent, onChange, cancel).ConfigureAwait(false), stop).ConfigureAwait(false);
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    private async Task Follow(Action<ServerSentEvent> onEvent, Action<Change> onChange, CancellationToken stop)
    {
        using var quiet = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await using var timer = time.CreateTimer(_ => quiet.Cancel(), null, Quiet(), Timeout.InfiniteTimeSpan);
        var told = false;
        try
        {
            using var request = node.Request(HttpMethod.Get, pathAndQuery);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
            using var response = await node.Send(request, quiet.Token).ConfigureAwait(false);
            if ((int)response.StatusCode is >= 400 and < 500)
                throw new RefusedException((int)response.StatusCode, await response.Content.ReadAsStringAsync(quiet.Token).ConfigureAwait(false));
            if (!response.IsSuccessStatusCode)
                throw new IOException($"HTTP {(int)response.StatusCode}");
            onChange(new Change(true, null, ""));
            var body = await response.Content.ReadAsStreamAsync(quiet.Token).ConfigureAwait(false);
            await foreach (var next in ServerSentEvents.Read(body, quiet.Token).ConfigureAwait(false))
            {
                told = true;
                timer.Change(Quiet(), Timeout.InfiniteTimeSpan);
                onEvent(next);
            }
            throw new IOException("the node closed the stream");
        }
        catch (Exception e) when (told && !stop.IsCancellationRequested && e is IOException or HttpRequestException or OperationCanceledException)
        {
            onChange(new Change(false, null, e is OperationCanceledException ? "no event for too long" : e.Message));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new IOException("no event for too long");
        }
    }

    private sealed class RefusedException(int status, string body) : Exception(body.Length > 200 ? body[..200] : body)
    {
        public int Status { get; } = status;
    }
}
