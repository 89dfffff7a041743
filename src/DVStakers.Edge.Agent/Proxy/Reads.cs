using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Routing;
using Microsoft.Extensions.Logging;
using Polly;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>Plain reads, aggregates and block production: the best stack's answer, or the next one's on failure or silence.</summary>
internal sealed class Reads(SnapshotFeed state, NodeTable nodes, SlotMemory memory, ProxyCounts counts, TimeProvider time, ILogger log)
{
    private readonly ResiliencePipeline<Answer> pipeline = Race.Pipeline(time);

    /// <summary>A plain read. 1. Orders the stacks. 2. Races them. 3. Passes the winner's answer on.</summary>
    public async Task Serve(ClientRequest request)
    {
        var snapshot = state.Current;
        var first = request.Route.Class == RouteClass.Aggregate && SlotOf(request) is { } slot ? memory.ServedBy(slot) : null;
        var order = Candidates.ForRead(snapshot, request.Route.Class, first);
        await Answer(request, await Ask(request, order, static _ => true).ConfigureAwait(false)).ConfigureAwait(false);
    }

    /// <summary>
    /// Block production. Once a node returned a block for this very request, only that node is asked again (rule 4).
    /// </summary>
    public async Task Produce(ClientRequest request)
    {
        var maker = memory.MakerOf(request.PathAndQuery);
        var order = maker is null ? Candidates.ForRead(state.Current, RouteClass.BlockProduction) : [maker];
        var result = await Ask(request, order, static _ => true).ConfigureAwait(false);
        if (result.Answer is { Outcome.Accepted: true } block)
        {
            memory.Made(request.PathAndQuery, block.Node);
            var blinded = block.Header("Eth-Execution-Payload-Blinded") is "true" or "True" || request.PathAndQuery.Contains("/blinded_blocks/", StringComparison.Ordinal);
            if (blinded && BlockKey.Read(block.Start.Span, block.IsSsz, signed: false) is { } key)
                memory.Blinded(key, block.Node);
            log.BlockProduced(request.PathAndQuery, block.Node, blinded);
        }
        await Answer(request, result).ConfigureAwait(false);
    }

    /// <summary>Races the nodes in this order. The answer belongs to the caller.</summary>
    public async Task<Result> Ask(ClientRequest request, IReadOnlyList<string> order, Func<Answer, bool> accepts)
    {
        var race = new Race(request, nodes.Of(order), accepts, Deadlines.For(request.Route.Class, state.Current.Spec), time);
        var answer = await race.Run(pipeline, request.Context.RequestAborted).ConfigureAwait(false);
        if (race.Asked > 1)
            counts.Failover();
        return new Result(answer, race.Problems, order);
    }

    /// <summary>Passes the answer on; where there is none, says why.</summary>
    public async Task Answer(ClientRequest request, Result result)
    {
        if (request.Context.RequestAborted.IsCancellationRequested)
        {
            result.Answer?.Release();
            return;
        }
        if (result.Answer is not { } answer)
        {
            var (status, words) = result.Order.Count == 0
                ? (503, $"no stack can answer this now: {state.Current.ServingReason}")
                : (504, $"no stack answered: {(result.Problems.Count > 0 ? string.Join("; ", result.Problems) : string.Join(", ", result.Order) + " did not answer in time")}");
            log.NotServed(request.Method, request.PathAndQuery, words);
            await Refusal.Write(request.Context, status, words).ConfigureAwait(false);
            return;
        }
        foreach (var problem in result.Problems)
            log.FailedOver(request.Method, request.PathAndQuery, problem, answer.Node);
        try
        {
            await answer.CopyTo(request.Context.Response, request.Context.RequestAborted).ConfigureAwait(false);
        }
        finally
        {
            answer.Release();
        }
    }

    /// <summary>The slot a request is about: in its query, or at the end of its path.</summary>
    public static Slot? SlotOf(ClientRequest request)
    {
        var text = request.Context.Request.Query["slot"].ToString();
        return ulong.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var slot) ? new Slot(slot) : null;
    }

    /// <param name="Problems">What became of the nodes that were asked and did not serve.</param>
    public readonly record struct Result(Answer? Answer, IReadOnlyList<string> Problems, IReadOnlyList<string> Order);
}
