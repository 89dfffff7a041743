namespace DVStakers.Edge.Core.Routing;

/// <summary>How requests of one kind are treated.</summary>
public enum RouteClass
{
    /// <summary>Answered by the proxy itself, truthfully (rule 10).</summary>
    Own,

    /// <summary>attestation_data: raced until an answer agrees with the expected head; the first answer for a (slot, committee) is replayed (rules 1 to 3).</summary>
    AttestationData,

    /// <summary>Block production: one answer, then no second node is asked (rule 4).</summary>
    BlockProduction,

    /// <summary>Aggregates and contributions: first the node that served this slot; a 404 there may be a 200 elsewhere, because only a subscribed node can have it.</summary>
    Aggregate,

    /// <summary>The head itself, which sync committees sign: first a stack that has the expected one.</summary>
    HeadRead,

    /// <summary>Any other read: the stack in use, then the next on failure or silence.</summary>
    Read,

    /// <summary>A POST that only reads (duties, validators by id): as Read, but never cancelled upstream.</summary>
    PostRead,

    /// <summary>Sent to all usable nodes; one acceptance is success.</summary>
    Submission,

    /// <summary>A submission that prepares a node for its duties; remembered, and given to a node that comes back.</summary>
    Preparation,

    /// <summary>A signed blinded block: first to the node that made it (rule 5).</summary>
    BlindedBlock,

    /// <summary>The event stream.</summary>
    Events,

    /// <summary>Never sent to a beacon node from here (rule 11, and what belongs to DVT middleware).</summary>
    Never,
}
