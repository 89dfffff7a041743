using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Routing;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>What a validator signed goes to every usable node. One acceptance is success; nothing that was sent is ever cancelled (rule 7).</summary>
internal sealed class Submissions(SnapshotFeed state, NodeTable nodes, SlotMemory memory, Preparations preparations, ProxyCounts counts, TimeProvider time, ILogger log)
{
    /// <summary>1. Sends to all. 2. Passes on the first acceptance. 3. Where there is none, the most useful refusal.</summary>
    public async Task Broadcast(ClientRequest request)
    {
        if (request.Route.Class == RouteClass.Preparation)
            preparations.Remember(request);
        var targets = Candidates.ForSubmission(state.Current);
        counts.Broadcast();
        await Serve(request, targets, nodes.Of(targets).Select(n => Send(n, request)).ToList()).ConfigureAwait(false);
    }

    /// <summary>
    /// A signed blinded block goes first to the node that made it, whose relays know the bid (rule 5); the same bytes go to the others only when that failed.
    /// </summary>
    public async Task BlindedBlock(ClientRequest request)
    {
        var maker = BlockKey.Read(request.Body.Span, request.SendsSsz, signed: true) is { } key ? memory.BlindedMaker(key) : null;
        var targets = Candidates.ForSubmission(state.Current, maker);
        if (maker is not null && !targets.Contains(maker))
            targets = [maker, .. targets];
        counts.Broadcast();
        Answer? best = null;
        List<string> problems = [];
        foreach (var node in nodes.Of(targets))
        {
            var answer = await Send(node, request).ConfigureAwait(false);
            if (answer.Outcome.Accepted || !RetryRule.AsksNext(RouteClass.BlindedBlock, answer.Outcome))
            {
                await Answer(request, answer, problems).ConfigureAwait(false);
                return;
            }
            problems.Add(Words(answer));
            best = Better(best, answer);
        }
        await Answer(request, best, problems).ConfigureAwait(false);
    }

    private async Task Serve(ClientRequest request, IReadOnlyList<string> targets, List<Task<Answer>> sending)
    {
        Answer? best = null;
        List<string> problems = [];
        while (sending.Count > 0)
        {
            var done = await Task.WhenAny(sending).ConfigureAwait(false);
            sending.Remove(done);
            var answer = await done.ConfigureAwait(false);
            if (answer.Outcome.Accepted || Duplicate.Is(answer.Outcome.Status, answer.Start.Span))
            {
                log.Submitted(request.PathAndQuery, answer.Node, targets.Count);
                _ = Rest(request, sending);
                await Answer(request, answer, problems).ConfigureAwait(false);
                return;
            }
            problems.Add(Words(answer));
            best = Better(best, answer);
        }
        await Answer(request, best, problems).ConfigureAwait(false);
    }

    /// <summary>The other nodes' answers come when they come; only a refusal is worth a line.</summary>
    private async Task Rest(ClientRequest request, List<Task<Answer>> sending)
    {
        foreach (var task in sending)
        {
            var answer = await task.ConfigureAwait(false);
            if (!answer.Outcome.Accepted && !Duplicate.Is(answer.Outcome.Status, answer.Start.Span))
                log.OneRefused(request.PathAndQuery, Words(answer));
            answer.Release();
        }
    }

    /// <summary>Two slots are this submission's time at one node, whatever becomes of the client; after that it is of no use.</summary>
    private async Task<Answer> Send(NodeClient node, ClientRequest request)
    {
        using var patience = new CancellationTokenSource(Deadlines.For(request.Route.Class, state.Current.Spec).Give * 2, time);
        return await Attempt.Send(node, request, patience.Token).ConfigureAwait(false);
    }

    private async Task Answer(ClientRequest request, Answer? answer, List<string> problems)
    {
        try
        {
            if (answer is null || answer.Outcome.Stage != Stage.Answered)
            {
                var words = problems.Count == 0 ? $"no stack can take this now: {state.Current.ServingReason}" : string.Join("; ", problems);
                log.NotSubmitted(request.PathAndQuery, words);
                await Refusal.Write(request.Context, 503, "no stack took it: " + words).ConfigureAwait(false);
            }
            else if (Duplicate.Is(answer.Outcome.Status, answer.Start.Span))
            {
                // The network has it: that is what the client wanted.
                request.Context.Response.StatusCode = 200;
            }
            else
            {
                if (answer.Outcome.Status >= 400)
                    log.NotSubmitted(request.PathAndQuery, string.Join("; ", problems));
                if (!request.Context.RequestAborted.IsCancellationRequested)
                    await answer.CopyTo(request.Context.Response, request.Context.RequestAborted).ConfigureAwait(false);
            }
        }
        finally
        {
            answer?.Release();
        }
    }

    private static Answer Better(Answer? best, Answer answer)
    {
        if (best is not null && RetryRule.Usefulness(best.Outcome) >= RetryRule.Usefulness(answer.Outcome))
        {
            answer.Release();
            return best;
        }
        best?.Release();
        return answer;
    }

    private static string Words(Answer answer) => answer.Problem.Length > 0
        ? answer.Problem
        : $"{answer.Node}: HTTP {answer.Outcome.Status} {Excerpt(answer.Start.Span)}";

    private static string Excerpt(ReadOnlySpan<byte> body) =>
        System.Text.Encoding.UTF8.GetString(body[..Math.Min(body.Length, 200)]).ReplaceLineEndings(" ");
}
