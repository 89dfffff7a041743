using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Routing;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>What a validator signed goes to every usable node. One acceptance is success; nothing that was sent is ever cancelled (rule 7).</summary>
internal sealed class Submissions(SnapshotFeed state, NodeTable nodes, SlotMemory memory, Preparations preparations, Posts posts, ProxyCounts counts, Witness witness, TimeProvider time, ILogger log)
{
    public Task Broadcast(ClientRequest request)
    {
        if (request.Route.Class == RouteClass.Preparation)
            preparations.Remember(request);
        return Deliver(request, Candidates.ForSubmission(state.Current), Timeout.InfiniteTimeSpan, atOnce: true);
    }

    /// <summary>
    /// A signed blinded block goes first to the node that made it, whose relays know the bid (rule 5); so does a payload envelope, whose blobs only its maker has.
    /// The same bytes go to the others only when that fails, or is silent for so long that they would be late. Its 4xx is the answer.
    /// </summary>
    public Task MakerFirst(ClientRequest request)
    {
        var maker = MakerOf(request);
        var targets = Candidates.ForSubmission(state.Current, maker);
        if (maker is not null && !targets.Contains(maker))
            targets = [maker, .. targets];
        // Twice what a node may take to make a block: revealing it is a round trip to the relays too.
        return Deliver(request, targets, Deadlines.For(request.Route, state.Current.Spec, time.GetUtcNow()).Hedge * 2, atOnce: false);
    }

    private string? MakerOf(ClientRequest request) =>
        request.PathAndQuery.Contains("/blinded_blocks", StringComparison.Ordinal)
            ? BlockStart.Read(request.Body.Span, request.SendsSsz, signed: true) is { } start ? memory.BlindedMaker(start.Key) : null
            : state.Current.Spec is { } spec ? memory.MadeBy(spec.SlotAt(time.GetUtcNow())) : null;

    /// <summary>
    /// 1. Sends to all, or to the first. 2. Waits for an answer. 3. Passes on the first acceptance. 4. Where the first fails or is silent, sends to all others.
    /// 5. Where none accepts, or within a slot none has answered, passes on the most useful refusal. What was sent goes on to its end all the same (rule 7).
    /// </summary>
    private async Task Deliver(ClientRequest request, IReadOnlyList<string> targets, TimeSpan silence, bool atOnce)
    {
        counts.Broadcast();
        if (targets.Count == 0)
            witness.NowhereToSubmit(request);
        var waiting = new Queue<NodeClient>(nodes.Of(targets));
        List<Task<Answer>> sending = [];
        List<string> problems = [];
        Answer? best = null;
        var patience = Deadlines.For(request.Route, state.Current.Spec, time.GetUtcNow()).Give;
        var began = time.GetTimestamp();

        // 1.
        while (waiting.TryDequeue(out var node))
        {
            sending.Add(Send(node, request));
            if (!atOnce)
                break;
        }
        while (sending.Count > 0)
        {
            // 2.
            var left = patience - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
            {
                problems.Add($"{sending.Count} of {targets.Count} have not answered within {patience.TotalSeconds:0.#} s and may still take it");
                _ = Rest(request, sending);
                break;
            }
            Task any = Task.WhenAny(sending);
            await any.WaitAsync(waiting.Count > 0 && silence != Timeout.InfiniteTimeSpan && silence < left ? silence : left, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (sending.Find(s => s.IsCompleted) is { } done)
            {
                sending.Remove(done);
                var answer = await done.ConfigureAwait(false);

                // 3.
                if (answer.Outcome.Accepted || Duplicate.Is(answer.Outcome.Status, answer.Start.Span))
                {
                    best?.Release();
                    log.Submitted(request.PathAndQuery, answer.Node, targets.Count);
                    _ = Rest(request, sending);
                    await Answer(request, answer, problems).ConfigureAwait(false);
                    return;
                }
                problems.Add(Words(answer));
                best = Better(best, answer);
                if (!RetryRule.AsksNext(request.Route.Retry, answer.Outcome))
                    waiting.Clear();
            }

            // 4. At once, for one of them may be as silent as the first.
            while (waiting.TryDequeue(out var next))
                sending.Add(Send(next, request));
        }

        // 5.
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
        // Before it is sent: the client's context may be another request's by the time a slow node answers.
        var sending = witness.Sending(request, node.Name);
        var answer = await posts.Send(node, request, Deadlines.For(request.Route, state.Current.Spec, time.GetUtcNow()).Give * 2).ConfigureAwait(false);
        witness.Submitted(sending, answer);
        return answer;
    }

    private async Task Answer(ClientRequest request, Answer? answer, List<string> problems)
    {
        try
        {
            if (answer is null || answer.Outcome.Stage != Stage.Answered)
            {
                var words = problems.Count == 0 ? $"no stack can take this now: {state.Current.ServingReason}" : string.Join("; ", problems);
                log.NotSubmitted(request.PathAndQuery, words);
                await request.Refuse(503, "no stack took it: " + words).ConfigureAwait(false);
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
