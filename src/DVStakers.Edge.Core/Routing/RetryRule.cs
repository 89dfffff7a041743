namespace DVStakers.Edge.Core.Routing;

/// <summary>Whether another node is asked after an attempt.</summary>
public static class RetryRule
{
    /// <summary>
    /// True when the next node should be asked.
    /// <list type="number">
    /// <item>The node answered: only after 5xx (a 4xx is the client's own, rule 9); and after 404 where another node may have what this one has not.</item>
    /// <item>No answer: yes for every read and every idempotent submission; for a block too, because it is the same bytes.</item>
    /// </list>
    /// </summary>
    public static bool AsksNext(Retry retry, Outcome outcome) => retry != Retry.Never && outcome.Stage switch
    {
        Stage.Answered => outcome.Status >= 500 || (retry == Retry.OnFailureOrMissing && outcome.Status == 404),
        _ => true,
    };

    /// <summary>
    /// Of several failures, the one that tells the client most: the node's own refusal (4xx) before its trouble (5xx) before silence. Higher is better.
    /// </summary>
    public static int Usefulness(Outcome outcome) => outcome switch
    {
        { Accepted: true } => 5,
        { Stage: Stage.Answered, Status: >= 300 and < 500 } => 4,
        { Stage: Stage.Answered, Status: 500 } => 3,
        { Stage: Stage.Answered } => 2,
        { Stage: Stage.NoAnswer or Stage.Broken } => 1,
        _ => 0,
    };
}
