using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Core.Routing;
using Polly;
using Polly.Hedging;
using Polly.Timeout;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>
/// Asks nodes in order until an answer is good: the next one at once when a node fails, and as well when one is silent for the hedging time; and again
/// those whose answer may still become good.
/// Where none is good in time, the best that may be given out counts. Polly keeps the times; what an answer is worth is decided here.
/// </summary>
/// <param name="worth">Judges a 2xx answer; others never come here. Asked again at the end, because a node's state may change while others are awaited.</param>
internal sealed class Race(ClientRequest request, IReadOnlyList<NodeClient> nodes, Func<Answer, Worth> worth, Deadlines deadlines, Posts posts, TimeProvider time)
{
    /// <summary>Polly's own limit.</summary>
    private const int MostHedges = 10;

    /// <summary>How often, until the deadline nears, nodes are asked again that had no good answer: every 100 ms on mainnet.</summary>
    private const int LooksAgain = 12;

    private static readonly ResiliencePropertyKey<Race> Key = new("race");

    private readonly Deadlines deadlines = deadlines;
    private readonly Lock gate = new();
    private readonly Queue<NodeClient> waiting = new(nodes);
    private readonly List<Answer> answers = [];
    private (NodeClient Node, long Since)? lastAsked;
    private long began;
    private bool answered;
    private bool failed;
    private bool settled;
    private bool over;

    /// <summary>A node was asked as well because another was silent.</summary>
    public bool Hedged { get; private set; }

    /// <summary>A node failed, and another one was asked.</summary>
    public bool FailedOver { get; private set; }

    /// <summary>In words, what became of each node that answered or failed and did not serve.</summary>
    public IReadOnlyList<string> Problems { get; private set; } = [];

    private bool HasSpare => answers.Any(a => a.Outcome.Accepted && worth(a) != Worth.None);

    /// <summary>One pipeline for all races; each race is its context's property.</summary>
    public static ResiliencePipeline<Answer> Pipeline(TimeProvider time) => new ResiliencePipelineBuilder<Answer> { TimeProvider = time }
        .AddTimeout(new TimeoutStrategyOptions
        {
            // None at all would mean no limit.
            TimeoutGenerator = a => new(Of(a.Context).Left(Of(a.Context).deadlines.Give) + TimeSpan.FromMilliseconds(1)),
        })
        .AddHedging(new HedgingStrategyOptions<Answer>
        {
            MaxHedgedAttempts = MostHedges,
            DelayGenerator = a => new(Of(a.Context).Silence()),
            ShouldHandle = a => new(a.Outcome.Result is not { } answer || Of(a.Context).AsksNext(answer)),
            ActionGenerator = a => Of(a.PrimaryContext).Next(a.ActionContext.CancellationToken),
        })
        .Build();

    /// <summary>
    /// Asks them all, and where the route wants a good answer, those that had another one again, until one is good or the deadline nears: a block that one
    /// node has comes to the next within moments. Null where nothing may be given out; else the caller releases the answer.
    /// </summary>
    public async Task<Answer?> Run(ResiliencePipeline<Answer> pipeline, CancellationToken clientGone)
    {
        began = time.GetTimestamp();
        try
        {
            while (!await Round(pipeline, clientGone).ConfigureAwait(false) && MayChange())
            {
                await Task.Delay(deadlines.Settle / LooksAgain, time, clientGone).ConfigureAwait(false);
                AskAgain();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or TimeoutRejectedException)
        {
            // Out of time, settled, or the client is gone: what has come until now decides.
        }
        return Finish();
    }

    /// <summary>1. Asks the first node. 2. Nearly always it answers well before it counts as silent: that is all. 3. Else the others come in.</summary>
    /// <returns>True where no other answer is wanted.</returns>
    private async Task<bool> Round(ResiliencePipeline<Answer> pipeline, CancellationToken clientGone)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(clientGone);

        // 1.
        if (!waiting.TryDequeue(out var first))
            return true;
        var asked = Ask(first, stop.Token);

        // 2.
        if (await InTime(asked, HedgeAfter(first), stop.Token).ConfigureAwait(false) is { } answer)
        {
            settled = time.GetElapsedTime(began) >= deadlines.Settle;
            if (!AsksNext(answer))
                return true;
        }

        // 3.
        return !AsksNext(await Others(pipeline, asked, stop).ConfigureAwait(false));
    }

    /// <summary>None was good, but some node has answered, and there is time.</summary>
    private bool MayChange()
    {
        lock (gate)
            return request.Route.Retry == Retry.UntilGood && time.GetElapsedTime(began) < deadlines.Settle
                && answers.Any(a => a.Outcome.Accepted);
    }

    /// <summary>Those that answered, in the same order; who failed has had its turn.</summary>
    private void AskAgain()
    {
        lock (gate)
            foreach (var node in nodes.Where(n => answers.Any(a => a.Node == n.Name && a.Outcome.Accepted)))
                waiting.Enqueue(node);
    }

    /// <summary>Null where it is silent for longer than that.</summary>
    private async Task<Answer?> InTime(Task<Answer> asked, TimeSpan silence, CancellationToken stop)
    {
        try
        {
            return await asked.WaitAsync(silence, time, stop).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>The answer that ended it, good or the last.</summary>
    private async Task<Answer> Others(ResiliencePipeline<Answer> pipeline, Task<Answer> asked, CancellationTokenSource stop)
    {
        using var settling = deadlines.Settle < deadlines.Give
            ? time.CreateTimer(_ => Settle(stop), null, Left(deadlines.Settle), Timeout.InfiniteTimeSpan)
            : null;
        var context = ResilienceContextPool.Shared.Get(stop.Token);
        context.Properties.Set(Key, this);
        try
        {
            return await pipeline.ExecuteAsync(static async (c, asked) => await asked.WaitAsync(c.CancellationToken).ConfigureAwait(false), context, asked).ConfigureAwait(false);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
            // Ends the first attempt too, where another one was better.
            await stop.CancelAsync().ConfigureAwait(false);
        }
    }

    private static Race Of(ResilienceContext context) =>
        context.Properties.TryGetValue(Key, out var race) ? race! : throw new InvalidOperationException("A race runs in its own context.");

    /// <summary>What is left of a time that began with the race.</summary>
    private TimeSpan Left(TimeSpan whole) => whole - time.GetElapsedTime(began) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    private TimeSpan HedgeAfter(NodeClient node) => deadlines.HedgeAfter(node.Times(request.Route.Class).High);

    /// <summary>
    /// How long the node that was asked last may still be silent. Without end where nobody is left to be asked: on zero, Polly asks for the next one
    /// over and over, on a thread that it does not give back.
    /// </summary>
    private TimeSpan Silence()
    {
        lock (gate)
            return waiting.Count == 0 ? Timeout.InfiniteTimeSpan
                : lastAsked is var (node, since) && HedgeAfter(node) - time.GetElapsedTime(since) is var left && left > TimeSpan.Zero ? left
                : TimeSpan.Zero;
    }

    /// <summary>The next node's attempt; null where none is left.</summary>
    private Func<ValueTask<Outcome<Answer>>>? Next(CancellationToken cancel)
    {
        lock (gate)
        {
            if (over || !waiting.TryDequeue(out var node))
                return null;
            FailedOver |= failed;
            Hedged |= !answered;
            answered = failed = false;
            return async () => Polly.Outcome.FromResult(await Ask(node, cancel).WaitAsync(cancel).ConfigureAwait(false));
        }
    }

    /// <summary>Goes on to its end, so that an answer that comes when nobody waits any more is still released.</summary>
    private async Task<Answer> Ask(NodeClient node, CancellationToken cancel)
    {
        var since = time.GetTimestamp();
        lock (gate)
            lastAsked = (node, since);
        // A POST goes on when the client went away or another node was quicker (rule 7); only the waiting for it ends.
        var answer = await (request.MayCancel ? Attempt.Send(node, request, cancel) : posts.Send(node, request, deadlines.Give * 2)).ConfigureAwait(false);
        Learn(node.Times(request.Route.Class), answer.Outcome.Stage, time.GetElapsedTime(since));
        lock (gate)
        {
            if (over)
                answer.Release();
            else
                Add(answer);
        }
        return answer;
    }

    /// <summary>What a node says now stands for what it said before: where its own state is what counts, the old answer must not gain by it.</summary>
    private void Add(Answer answer)
    {
        if (answer.Outcome.Accepted && answers.FindIndex(a => a.Node == answer.Node && a.Outcome.Accepted) is >= 0 and var before)
        {
            answers[before].Release();
            answers.RemoveAt(before);
        }
        answers.Add(answer);
    }

    /// <summary>A node that was cut off takes at least that long; otherwise one that is always slower than its hedge would never show it.</summary>
    private static void Learn(AnswerTimes times, Stage stage, TimeSpan took)
    {
        if (stage == Stage.Answered || (stage == Stage.NoAnswer && took > times.High))
            times.Add(took);
    }

    private bool AsksNext(Answer answer)
    {
        lock (gate)
        {
            var next = answer.Outcome.Accepted
                ? worth(answer) is var now && now != Worth.Good && !(settled && now == Worth.Spare)
                : RetryRule.AsksNext(request.Route.Retry, answer.Outcome);
            answered |= next;
            failed |= next && !answer.Outcome.Accepted && answer.Outcome.Status != 404;
            return next;
        }
    }

    /// <summary>The deadline nears: an answer that may be given out is taken; else the first such that comes.</summary>
    private void Settle(CancellationTokenSource stop)
    {
        lock (gate)
        {
            settled = true;
            if (!over && HasSpare)
                stop.Cancel();
        }
    }

    private Answer? Finish()
    {
        lock (gate)
        {
            over = true;
            var winner = answers.FirstOrDefault(a => a.Outcome.Accepted && worth(a) == Worth.Good)
                ?? answers.FirstOrDefault(a => a.Outcome.Accepted && worth(a) == Worth.Spare)
                ?? answers.Where(a => a.Outcome is { Stage: Stage.Answered, Accepted: false }).MaxBy(a => RetryRule.Usefulness(a.Outcome));
            Problems = [.. answers.Where(a => a != winner).Select(Words).Distinct()];
            foreach (var answer in answers)
                if (answer != winner)
                    answer.Release();
            return winner;
        }
    }

    private static string Words(Answer answer) => answer switch
    {
        { Problem.Length: > 0 } => answer.Problem,
        { Outcome.Accepted: true } => $"{answer.Node}: HTTP {answer.Outcome.Status}, but another answer than what was asked for or a worse one",
        _ => $"{answer.Node}: HTTP {answer.Outcome.Status}",
    };
}
