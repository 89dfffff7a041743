namespace DVStakers.Edge.Core.Routing;

/// <summary>Which stacks a request goes to.</summary>
public enum RouteClass
{
    /// <summary>Answered by the proxy itself, truthfully (rule 10).</summary>
    Own,

    /// <summary>A race until an answer agrees with the expected head; the first one given out for a slot and committee is given again (rules 1 to 3).</summary>
    AttestationData,

    /// <summary>A race until an answer is on the expected head, of which the most valuable counts; then only its maker is asked again (rule 4).</summary>
    BlockProduction,

    /// <summary>Sticky per slot: first the stack that served this slot's attestation data, because only a node that was subscribed has it (rule 2).</summary>
    Aggregate,

    /// <summary>Sticky per slot, and a race until a node has seen the block: 204 says that this one has not.</summary>
    PayloadAttestation,

    /// <summary>Sticky per slot: first the stack that made this slot's block, which alone keeps its payload.</summary>
    Envelope,

    /// <summary>The head itself, which sync committees sign: first a stack that has the expected one.</summary>
    HeadRead,

    /// <summary>Sticky per epoch: from the stack in use, which is the one whose events the client hears.</summary>
    Duties,

    /// <summary>Any other read: the stack in use, then the next on failure or silence.</summary>
    Read,

    /// <summary>Broadcast to all usable nodes; one acceptance is success.</summary>
    Submission,

    /// <summary>Broadcast that prepares a node for its duties; remembered, and given to a node that comes back.</summary>
    Preparation,

    /// <summary>Sticky per slot: what only its maker can complete goes there first, and as the same bytes to the next where that fails (rule 5).</summary>
    MakerFirst,

    /// <summary>The event stream.</summary>
    Events,

    /// <summary>Never sent to a beacon node from here (rule 11, and what belongs to DVT middleware).</summary>
    Never,
}

/// <summary>By when in the slot an answer must be there to be of use. The network's own specification says what share of the slot that is.</summary>
public enum Due
{
    /// <summary>No deadline: a stream, or an answer of the proxy's own.</summary>
    None,

    /// <summary>A share of the time until attestations are due, for what they wait for.</summary>
    Attestations,

    /// <summary>When aggregates are due: an attestation that comes later is in none.</summary>
    Aggregates,

    /// <summary>When payload attestations are due (since Gloas).</summary>
    PayloadAttestations,

    /// <summary>One slot from the request on.</summary>
    Slot,
}

/// <summary>When another node is asked. A node's 4xx is the client's own and never goes on to the next (rule 9), but for what a node may not have.</summary>
public enum Retry
{
    Never,

    /// <summary>After 5xx, silence, or a broken connection; and after the answer of a node that is known not to be well.</summary>
    OnFailure,

    /// <summary>Also after 404: what this node does not have, another may.</summary>
    OnFailureOrMissing,

    /// <summary>Also after an answer that is worse than the expected one, until the deadline nears.</summary>
    UntilGood,

    /// <summary>All at once; the same bytes may come twice.</summary>
    Broadcast,

    /// <summary>After a failure or silence, the same bytes; never a second question.</summary>
    SameBytes,
}
