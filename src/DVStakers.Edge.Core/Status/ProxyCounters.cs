namespace DVStakers.Edge.Core.Status;

/// <summary>What the proxy did since it started.</summary>
/// <param name="RequestsServed">Requests that were answered from a node.</param>
/// <param name="Failovers">Requests that a node failed and another one answered.</param>
/// <param name="Hedges">Requests that a second node was asked as well because the first was silent.</param>
/// <param name="Broadcasts">Submissions that went to every usable node.</param>
/// <param name="StreamsOpen">Event streams open now.</param>
/// <param name="Refused">Requests answered with an error of the proxy's own: no node qualified, or not allowed.</param>
/// <param name="Unknown">Requests for a path that is not in the route table: a read was passed on, anything else refused.</param>
public readonly record struct ProxyCounters(long RequestsServed, long Failovers, long Hedges, long Broadcasts, int StreamsOpen, long Refused, long Unknown);
