namespace DVStakers.Edge.Core.Routing;

/// <summary>How one attempt at one node ended: the side and the stage.</summary>
public enum Stage
{
    /// <summary>The node answered; the status says the rest.</summary>
    Answered,

    /// <summary>No connection: the request never left, so sending it elsewhere is always safe.</summary>
    NotConnected,

    /// <summary>Sent, and no answer in time.</summary>
    NoAnswer,

    /// <summary>The connection broke after the request was sent, or within the answer.</summary>
    Broken,
}

/// <summary>How one attempt ended.</summary>
/// <param name="Status">The HTTP status where the node answered, else 0.</param>
public readonly record struct Outcome(Stage Stage, int Status)
{
    public bool Accepted => Stage == Stage.Answered && Status is >= 200 and < 300;
}
