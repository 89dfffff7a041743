using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Core.Routing;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>What a 2xx answer is worth, now.</summary>
internal enum Worth
{
    /// <summary>It must not be given out.</summary>
    None,

    /// <summary>It may be given out where no better one comes in time.</summary>
    Spare,

    /// <summary>It ends the race.</summary>
    Good,
}

/// <summary>
/// Asks nodes in order until an answer is good: the next one at once when a node fails, and as well when one is silent for the hedging time.
/// Where none is good in time, the best that may be given out counts. One loop owns all of it, so there is nothing to lock.
/// </summary>
/// <param name="worth">Judges a 2xx answer; others never come here. Asked again at the end, because a node's state may change while others are awaited.</param>
internal sealed class Race(ClientRequest request, IEnumerable<NodeClient> nodes, Func<Answer, Worth> worth, Deadlines deadlines, Posts posts, TimeProvider time)
{
    private readonly Queue<NodeClient> waiting = new(nodes);
    private readonly List<Task<Answer>> pending = [];
    private readonly List<Answer> answers = [];
    private readonly long start = time.GetTimestamp();
    private TimeSpan lastAsked;

    /// <summary>A node was asked as well because another was silent.</summary>
    public bool Hedged { get; private set; }

    /// <summary>A node failed, and another one was asked.</summary>
    public bool FailedOver { get; private set; }

    /// <summary>In words, what became of each node that answered or failed and did not serve.</summary>
    public IReadOnlyList<string> Problems { get; private set; } = [];

    private TimeSpan Elapsed => time.GetElapsedTime(start);

    private bool HasSpare => answers.Any(a => a.Outcome.Accepted && worth(a) != Worth.None);

    /// <summary>
    /// 1. Asks the first node. 2. Waits for an answer, a silence, or the end. 3. Looks at what came. 4. Asks the next node where that was not enough.
    /// 5. Takes the best, and lets go of all others. Null where nothing may be given out; else the caller releases the answer.
    /// </summary>
    public async Task<Answer?> Run(CancellationToken clientGone)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(clientGone);
        Answer? decisive = null;

        // 1.
        AskNext(stop.Token);
        while (decisive is null && pending.Count > 0)
        {
            // 2.
            var wait = NextDeadline() - Elapsed;
            Task any = pending.Count == 1 ? pending[0] : Task.WhenAny(pending);
            await any.WaitAsync(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, time, clientGone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (clientGone.IsCancellationRequested)
                break;

            // 3.
            var (failed, unsatisfied) = (false, false);
            for (var i = pending.Count - 1; i >= 0; i--)
            {
                if (!pending[i].IsCompleted)
                    continue;
                var answer = await pending[i].ConfigureAwait(false);
                pending.RemoveAt(i);
                answers.Add(answer);
                if (answer.Outcome.Accepted ? worth(answer) == Worth.Good : !RetryRule.AsksNext(request.Route.Class, answer.Outcome))
                    decisive = answer;
                failed |= answer.Outcome.Stage != Stage.Answered || answer.Outcome.Status >= 500;
                unsatisfied = true;
            }
            if (decisive is not null || Elapsed >= deadlines.Give || (Elapsed >= deadlines.Settle && HasSpare))
                break;

            // 4.
            var silent = Elapsed >= lastAsked + deadlines.Hedge;
            if ((unsatisfied || silent) && AskNext(stop.Token))
            {
                FailedOver |= failed;
                Hedged |= !unsatisfied;
            }
        }

        // 5.
        await stop.CancelAsync().ConfigureAwait(false);
        foreach (var late in pending)
            _ = Discard(late);
        return Finish(decisive);
    }

    private bool AskNext(CancellationToken stop)
    {
        if (!waiting.TryDequeue(out var node))
            return false;
        // A POST goes on when the client went away or another node was quicker (rule 7).
        pending.Add(request.MayCancel ? Attempt.Send(node, request, stop) : posts.Send(node, request, deadlines.Give * 2));
        lastAsked = Elapsed;
        return true;
    }

    private TimeSpan NextDeadline()
    {
        var next = deadlines.Give;
        if (deadlines.Settle < next && Elapsed < deadlines.Settle)
            next = deadlines.Settle;
        if (waiting.Count > 0 && lastAsked + deadlines.Hedge < next)
            next = lastAsked + deadlines.Hedge;
        return next;
    }

    private Answer? Finish(Answer? decisive)
    {
        var winner = decisive
            ?? answers.FirstOrDefault(a => a.Outcome.Accepted && worth(a) != Worth.None)
            ?? answers.Where(a => a.Outcome is { Stage: Stage.Answered, Accepted: false }).MaxBy(a => RetryRule.Usefulness(a.Outcome));
        Problems = [.. answers.Where(a => a != winner).Select(Words)];
        foreach (var answer in answers)
            if (answer != winner)
                answer.Release();
        return winner;
    }

    private static string Words(Answer answer) => answer switch
    {
        { Problem.Length: > 0 } => answer.Problem,
        { Outcome.Accepted: true } => $"{answer.Node}: HTTP {answer.Outcome.Status}, but another answer than what was asked for or a worse one",
        _ => $"{answer.Node}: HTTP {answer.Outcome.Status}",
    };

    private static async Task Discard(Task<Answer> late) => (await late.ConfigureAwait(false)).Release();
}
