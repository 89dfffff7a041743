using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Routing;
using DVStakers.Edge.Core.State;
using Microsoft.Extensions.Logging;
using Polly;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>Reads: the best stack's answer, or the next one's on failure or silence.</summary>
internal sealed class Reads(SnapshotFeed state, NodeTable nodes, SlotMemory memory, Posts posts, ProxyCounts counts, Witness witness, TimeProvider time, ILogger log)
{
    private readonly ResiliencePipeline<Answer> pipeline = Race.Pipeline(time);

    /// <summary>A plain read. 1. Orders the stacks. 2. Races them. 3. Passes the winner's answer on.</summary>
    public async Task Serve(ClientRequest request)
    {
        var first = request.Route.Class switch
        {
            RouteClass.Aggregate or RouteClass.PayloadAttestation when (request.Slot ?? request.SlotInPath) is { } slot => memory.ServedBy(slot),
            RouteClass.Envelope when request.SlotInPath is { } slot => memory.MadeBy(slot),
            _ => null,
        };
        var order = Candidates.ForRead(state.Current, request.Route.Class, first);
        var asked = witness.Now;
        var result = await Ask(request, order, a => WorthOf(request, a)).ConfigureAwait(false);
        witness.Read(request, result, asked);
        await Answer(request, result).ConfigureAwait(false);
    }

    /// <summary>Races the nodes in this order. The answer belongs to the caller.</summary>
    public async Task<Result> Ask(ClientRequest request, IReadOnlyList<string> order, Func<Answer, Worth> worth)
    {
        var race = new Race(request, [.. nodes.Of(order)], worth, Deadlines.For(request.Route, state.Current.Spec, time.GetUtcNow()), posts, time);
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

    /// <summary>A node that is known not to be well must not win by being quicker than one that is; nor, where the head is read, one that is not on the expected head.</summary>
    private Worth WorthOf(ClientRequest request, Answer answer)
    {
        var (now, route) = (state.Current, request.Route.Class);
        if (route == RouteClass.PayloadAttestation)
            // 204 says that this node has not seen the slot's block: another may have.
            return !MayAttest(answer.Node) ? Worth.None : answer.Outcome.Status == 204 ? Worth.Spare : Worth.Good;
        // A node that has an aggregate has the right one; and where nobody is well, nobody is waited for.
        if (route is RouteClass.Aggregate or RouteClass.Envelope || !now.Ready || now.Stacks.FirstOrDefault(s => s.Name == answer.Node) is not { } stack)
            return Worth.Good;
        return stack.Tier.Qualifies() && (route != RouteClass.HeadRead || IsOnHead(request, answer, stack, now)) ? Worth.Good : Worth.Spare;
    }

    /// <summary>By the answer itself where it tells: its node may have imported the next block since it gave it.</summary>
    private static bool IsOnHead(ClientRequest request, Answer answer, StackStatus stack, Snapshot now) =>
        HeadAnswer.IsFor(request.Context.Request.Path.Value!) && answer.HeadRoot is { } root
            ? now.Heads.Judge(root) != Agreement.Stale
            : now.ExpectedHead is not { } expected || stack.Head?.Root == expected.Root;

    /// <param name="Problems">What became of the nodes that were asked and did not serve.</param>
    public readonly record struct Result(Answer? Answer, IReadOnlyList<string> Problems, IReadOnlyList<string> Order);
}
