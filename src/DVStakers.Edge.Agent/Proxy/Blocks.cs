using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Routing;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>
/// Block production. While time allows, equally good stacks are asked at once and the most valuable block on the expected head counts. One block is given out;
/// after that only its maker is asked again for this slot and RANDAO reveal, in whatever words (rule 4).
/// </summary>
internal sealed class Blocks(SnapshotFeed state, NodeTable nodes, Reads reads, SlotMemory memory, ProxyCounts counts, Witness witness, TimeProvider time, ILogger log)
{
    public async Task Serve(ClientRequest request)
    {
        var maker = memory.MakerOf(BlockRequest.Of(request));
        Reads.Result result;
        var asked = witness.Now;
        // Who asks for the same block meanwhile must not get one from another node.
        await maker.Gate.WaitAsync(request.Context.RequestAborted).ConfigureAwait(false);
        try
        {
            result = maker.Node is { } only
                ? await reads.Ask(request, [only], a => reads.MayAttest(a.Node) ? Worth.Good : Worth.None).ConfigureAwait(false)
                : await Choose(request).ConfigureAwait(false);
            if (result.Answer is { Outcome.Accepted: true } block)
                maker.Node = block.Node;
        }
        finally
        {
            maker.Gate.Release();
        }
        witness.Block(request, result, asked);
        if (result.Answer is { Outcome.Accepted: true } made)
            Remember(request, made);
        await reads.Answer(request, result).ConfigureAwait(false);
    }

    /// <summary>
    /// 1. Asks the equals at once, or only the first where no time is left to compare. 2. Waits until all have answered, or time is up and one has. 3. Keeps the best offer.
    /// 4. Where these fail, are silent, or are beside the head, asks the next.
    /// </summary>
    private async Task<Reads.Result> Choose(ClientRequest request)
    {
        var order = Candidates.ForRead(state.Current, RouteClass.BlockProduction);
        var waiting = new Queue<NodeClient>(nodes.Of(order));
        var deadlines = Deadlines.For(request.Route, state.Current.Spec, time.GetUtcNow());
        using var limit = new CancellationTokenSource(deadlines.Give, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, request.Context.RequestAborted);
        var settle = Task.Delay(deadlines.Settle, time, over.Token);
        var asking = new List<Task<Answer>>();
        var problems = new List<string>();
        Answer? best = null;
        var failed = false;

        // 1.
        var atOnce = deadlines.Settle > TimeSpan.Zero ? Candidates.AsGoodAsFirst(state.Current, order) : 1;
        for (var i = 0; i < atOnce && waiting.Count > 0; i++)
            asking.Add(Attempt.Send(waiting.Dequeue(), request, over.Token));
        while (asking.Count > 0)
        {
            // 2.
            if (settle.IsCompleted && best is { Outcome.Accepted: true })
                break;
            Task any = Task.WhenAny(best is { Outcome.Accepted: true } ? [.. asking, settle] : asking);
            await any.WaitAsync(waiting.Count > 0 ? deadlines.Hedge : Timeout.InfiniteTimeSpan, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var done = asking.Find(a => a.IsCompleted);
            if (done is not null)
            {
                asking.Remove(done);
                var answer = await done.ConfigureAwait(false);
                if (answer.Outcome.Accepted && !reads.MayAttest(answer.Node))
                    answer = Dropped(answer);
                if (answer.Problem.Length > 0 || !answer.Outcome.Accepted)
                {
                    problems.Add(answer.Problem.Length > 0 ? answer.Problem : $"{answer.Node}: HTTP {answer.Outcome.Status}");
                    failed = true;
                }

                // 3.
                best = Better(best, answer, order);
                if (answer.Outcome.Stage == Stage.Answered && !answer.Outcome.Accepted && !RetryRule.AsksNext(request.Route.Retry, answer.Outcome))
                    waiting.Clear();
            }

            // 4.
            var enough = best is { Outcome.Accepted: true } && (settle.IsCompleted || OfferOf(best, order).IsOnHead);
            if (enough || over.IsCancellationRequested || (done is not null && asking.Count > 0) || !waiting.TryDequeue(out var next))
                continue;
            if (done is null)
                counts.Hedge();
            asking.Add(Attempt.Send(next, request, over.Token));
        }
        await over.CancelAsync().ConfigureAwait(false);
        foreach (var late in asking)
            (await late.ConfigureAwait(false)).Release();
        if (failed && best is { Outcome.Accepted: true })
            counts.Failover();
        return new Reads.Result(best is { Outcome.Stage: Stage.Answered } ? best : null, problems, order);
    }

    /// <summary>Between two blocks the better offer; else whatever tells the client most. The other is let go.</summary>
    private Answer Better(Answer? best, Answer answer, IReadOnlyList<string> order)
    {
        if (best is null)
            return answer;
        var (kept, dropped) = (best.Outcome.Accepted && answer.Outcome.Accepted
            ? OfferOf(answer, order).Beats(OfferOf(best, order))
            : RetryRule.Usefulness(answer.Outcome) > RetryRule.Usefulness(best.Outcome))
            ? (answer, best)
            : (best, answer);
        dropped.Release();
        if (kept.Outcome.Accepted && dropped.Outcome.Accepted)
            log.BlockDropped(dropped.Node, kept.Node);
        return kept;
    }

    private BlockOffer OfferOf(Answer block, IReadOnlyList<string> order) => new(
        BlockStart.Read(block.Start.Span, block.IsSsz, signed: false)?.Parent is { } parent ? state.Current.Heads.Judge(parent) : Agreement.Newer,
        BlockOffer.ValueOf(block.Header("Eth-Execution-Payload-Value"), block.Header("Eth-Consensus-Block-Value")),
        order.TakeWhile(name => name != block.Node).Count());

    private static Answer Dropped(Answer answer)
    {
        answer.Release();
        return Answer.None(answer.Node, Stage.Broken, $"{answer.Node}: it became unfit to make a block while it made one");
    }

    private void Remember(ClientRequest request, Answer block)
    {
        var blinded = block.Header("Eth-Execution-Payload-Blinded") is "true" or "True" || request.PathAndQuery.Contains("/blinded_blocks/", StringComparison.Ordinal);
        if (BlockStart.Read(block.Start.Span, block.IsSsz, signed: false) is { } start)
        {
            memory.Made(start.Key.Slot, block.Node);
            if (blinded)
                memory.Blinded(start.Key, block.Node);
        }
        log.BlockProduced(request.Context.Request.Path.Value!, block.Node, blinded);
    }
}
