using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Core.Routing;
using Polly;
using Polly.Hedging;
using Polly.Timeout;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>
/// Asks nodes in order until an answer is accepted: the next one at once when a node fails, and as well when one is silent for the hedging time.
/// Where none is accepted in time, the most useful answer counts.
/// </summary>
internal sealed class Race
{
    private static readonly ResiliencePropertyKey<Race> Key = new("race");

    private readonly ClientRequest request;
    private readonly Queue<NodeClient> waiting;
    private readonly Func<Answer, bool> accepts;
    private readonly Deadlines deadlines;
    private readonly TimeProvider time;
    private readonly List<Answer> answers = [];
    private readonly Lock gate = new();
    private bool settled;
    private bool over;

    /// <param name="accepts">Judges a 2xx answer; others never come here.</param>
    public Race(ClientRequest request, IEnumerable<NodeClient> nodes, Func<Answer, bool> accepts, Deadlines deadlines, TimeProvider time)
    {
        this.request = request;
        this.accepts = accepts;
        this.deadlines = deadlines;
        this.time = time;
        waiting = new Queue<NodeClient>(nodes);
    }

    /// <summary>How many nodes were asked.</summary>
    public int Asked { get; private set; }

    /// <summary>In words, what became of each node that was asked and did not serve.</summary>
    public IReadOnlyList<string> Problems { get; private set; } = [];

    /// <summary>One pipeline for all races; each race is its context's property.</summary>
    public static ResiliencePipeline<Answer> Pipeline(TimeProvider time) => new ResiliencePipelineBuilder<Answer> { TimeProvider = time }
        .AddTimeout(new TimeoutStrategyOptions { TimeoutGenerator = a => new(Of(a.Context).deadlines.Give) })
        .AddHedging(new HedgingStrategyOptions<Answer>
        {
            MaxHedgedAttempts = 10,
            DelayGenerator = a => new(Of(a.Context).deadlines.Hedge),
            ShouldHandle = a => new(a.Outcome.Result is not { } answer || Of(a.Context).AsksNext(answer)),
            ActionGenerator = a => Of(a.PrimaryContext).Next(a.ActionContext.CancellationToken),
        })
        .Build();

    /// <summary>Null where no node answered at all. The caller releases the answer.</summary>
    public async Task<Answer?> Run(ResiliencePipeline<Answer> pipeline, CancellationToken clientGone)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(clientGone);
        var context = ResilienceContextPool.Shared.Get(stop.Token);
        context.Properties.Set(Key, this);
        using var settling = deadlines.Settle < deadlines.Give
            ? time.CreateTimer(_ => Settle(stop), null, deadlines.Settle, Timeout.InfiniteTimeSpan)
            : null;
        Answer? last = null;
        try
        {
            if (waiting.TryDequeue(out var first))
                last = await pipeline.ExecuteAsync(static async (c, s) => await s.race.Ask(s.first, c.CancellationToken).ConfigureAwait(false),
                    context, (race: this, first)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutRejectedException)
        {
            // Out of time, settled, or the client is gone: what has come until now decides.
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
        return Finish(last);
    }

    private static Race Of(ResilienceContext context) =>
        context.Properties.TryGetValue(Key, out var race) ? race! : throw new InvalidOperationException("A race runs in its own context.");

    private Func<ValueTask<Outcome<Answer>>>? Next(CancellationToken cancel)
    {
        lock (gate)
            return !over && waiting.TryDequeue(out var node)
                ? async () => Polly.Outcome.FromResult(await Ask(node, cancel).ConfigureAwait(false))
                : null;
    }

    private async Task<Answer> Ask(NodeClient node, CancellationToken cancel)
    {
        lock (gate)
            Asked++;
        var sending = request.MayCancel ? Attempt.Send(node, request, cancel) : Detached(node);
        // Keeping is part of the attempt, so that an answer that comes when nobody waits any more is still released.
        return await Keep(sending).WaitAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>A POST goes on when the client went away or another node was quicker; only its own time ends it (rule 7).</summary>
    private async Task<Answer> Detached(NodeClient node)
    {
        using var patience = new CancellationTokenSource(deadlines.Give * 2, time);
        return await Attempt.Send(node, request, patience.Token).ConfigureAwait(false);
    }

    private async Task<Answer> Keep(Task<Answer> sending)
    {
        var answer = await sending.ConfigureAwait(false);
        lock (gate)
        {
            if (over)
                answer.Release();
            else
                answers.Add(answer);
        }
        return answer;
    }

    private bool AsksNext(Answer answer)
    {
        if (!answer.Outcome.Accepted)
            return RetryRule.AsksNext(request.Route.Class, answer.Outcome);
        lock (gate)
            return !settled && !accepts(answer);
    }

    /// <summary>The deadline nears: an answer that is there is taken; else the first that comes.</summary>
    private void Settle(CancellationTokenSource stop)
    {
        lock (gate)
        {
            settled = true;
            if (over || !answers.Any(a => a.Outcome.Accepted))
                return;
        }
        stop.Cancel();
    }

    private Answer? Finish(Answer? last)
    {
        lock (gate)
        {
            over = true;
            var winner = last is { Outcome.Accepted: true } && answers.Contains(last) && accepts(last)
                ? last
                : answers.Where(a => a.Outcome.Stage == Stage.Answered).MaxBy(a => RetryRule.Usefulness(a.Outcome));
            Problems = [.. answers.Where(a => a != winner).Select(a => a.Problem.Length > 0 ? a.Problem : $"{a.Node}: HTTP {a.Outcome.Status}")];
            foreach (var answer in answers)
                if (answer != winner)
                    answer.Release();
            return winner;
        }
    }
}
