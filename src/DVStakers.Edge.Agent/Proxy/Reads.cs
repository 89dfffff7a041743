using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Routing;
using Microsoft.Extensions.Logging;
using Polly;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>Plain reads, aggregates and block production: the best stack's answer, or the next one's on failure or silence.</summary>
internal sealed class Reads(SnapshotFeed state, NodeTable nodes, SlotMemory memory, Posts posts, ProxyCounts counts, Witness witness, TimeProvider time, ILogger log)
{
    private readonly ResiliencePipeline<Answer> pipeline = Race.Pipeline(time);

    /// <summary>A plain read. 1. Orders the stacks. 2. Races them. 3. Passes the winner's answer on.</summary>
    public async Task Serve(ClientRequest request)
    {
        var first = request.Route.Class == RouteClass.Aggregate && request.Slot is { } slot ? memory.ServedBy(slot) : null;
        var order = Candidates.ForRead(state.Current, request.Route.Class, first);
        var asked = witness.Now;
        var result = await Ask(request, order, static _ => Worth.Good).ConfigureAwait(false);
        witness.Read(request, result, asked);
        await Answer(request, result).ConfigureAwait(false);
    }

    /// <summary>
    /// Block production. Once a node returned a block for this slot and RANDAO reveal, only that node is asked again, in whatever words (rule 4).
    /// </summary>
    public async Task Produce(ClientRequest request)
    {
        var maker = memory.MakerOf(BlockRequest.Of(request));
        Result result;
        var asked = witness.Now;
        // Who asks for the same block meanwhile must not get one from another node.
        await maker.Gate.WaitAsync(request.Context.RequestAborted).ConfigureAwait(false);
        try
        {
            var order = maker.Node is { } only ? [only] : Candidates.ForRead(state.Current, RouteClass.BlockProduction);
            result = await Ask(request, order, a => MayAttest(a.Node) ? Worth.Good : Worth.None).ConfigureAwait(false);
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
        await Answer(request, result).ConfigureAwait(false);
    }

    /// <summary>Races the nodes in this order. The answer belongs to the caller.</summary>
    public async Task<Result> Ask(ClientRequest request, IReadOnlyList<string> order, Func<Answer, Worth> worth)
    {
        var race = new Race(request, nodes.Of(order), worth, Deadlines.For(request.Route.Class, state.Current.Spec), posts, time);
        var answer = await race.Run(pipeline, request.Context.RequestAborted).ConfigureAwait(false);
        if (race.Hedged)
            counts.Hedge();
        if (race.FailedOver && answer is { Outcome.Accepted: true })
            counts.Failover();
        return new Result(answer, race.Problems, order);
    }

    /// <summary>Passes the answer on; where there is none, says why.</summary>
    public async Task Answer(ClientRequest request, Result result)
    {
        if (result.Answer is not { } answer)
        {
            request.Context.RequestAborted.ThrowIfCancellationRequested();
            var words = result.Order.Count == 0 ? $"no stack can answer this now: {state.Current.ServingReason}"
                : result.Problems.Count > 0 ? $"no stack has an answer: {string.Join("; ", result.Problems)}"
                : $"no stack answered in time: {string.Join(", ", result.Order)}";
            log.NotServed(request.Method, request.PathAndQuery, words);
            await request.Refuse(result.Order.Count > 0 && result.Problems.Count == 0 ? 504 : 503, words).ConfigureAwait(false);
            return;
        }
        try
        {
            foreach (var problem in result.Problems)
                log.FailedOver(request.Method, request.PathAndQuery, problem, answer.Node);
            await answer.CopyTo(request.Context.Response, request.Context.RequestAborted).ConfigureAwait(false);
        }
        finally
        {
            answer.Release();
        }
    }

    /// <summary>Whether a node's tier allows its word on what is signed, now (rule 1): it may have become optimistic since it was asked.</summary>
    public bool MayAttest(string node) => state.Current.Ranking.Any(r => r.Name == node && r.Tier.MayAttest());

    private void Remember(ClientRequest request, Answer block)
    {
        var blinded = block.Header("Eth-Execution-Payload-Blinded") is "true" or "True" || request.PathAndQuery.Contains("/blinded_blocks/", StringComparison.Ordinal);
        if (blinded && BlockKey.Read(block.Start.Span, block.IsSsz, signed: false) is { } key)
            memory.Blinded(key, block.Node);
        log.BlockProduced(request.Context.Request.Path.Value!, block.Node, blinded);
    }

    /// <param name="Problems">What became of the nodes that were asked and did not serve.</param>
    public readonly record struct Result(Answer? Answer, IReadOnlyList<string> Problems, IReadOnlyList<string> Order);
}
