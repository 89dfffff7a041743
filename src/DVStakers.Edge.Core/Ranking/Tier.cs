namespace DVStakers.Edge.Core.Ranking;

/// <summary>
/// The tier table, best first. A stack is in the first row that describes it; within a row the configuration's order decides.
/// Equal stacks are not split further (by latency or peer count, say): that would move a validator between two good nodes for nothing.
/// <code>
/// tier       beacon node                          execution client                attests  block  reads  submissions
/// Healthy    synced, on the expected head, peers  in step with the beacon head    yes      yes    yes    yes
/// Thin       the same, but few peers              in step, or not configured      yes      yes    yes    yes
/// Lagging    synced, head a little behind         in step, or not configured      yes      yes    yes    yes
/// Suspect    says it is synced, not optimistic    gone, silent, syncing, apart    last     last   last   yes
///            or is silent, but was so before      any                             last     last   last   yes
/// Syncing    syncing, or far behind               any                             never    never  last   yes
/// Optimistic head's payload not verified          any                             never    never  last   yes
/// Out        unreachable, in error, wrong network any                             never    never  (1)    (1)
/// </code>
/// (1) Where nothing else is left, all that are not known to be on another network: the last probe may be a second old.
/// </summary>
public enum Tier
{
    Healthy,
    Thin,
    Lagging,
    Suspect,
    Syncing,
    Optimistic,
    Out,
}

public static class TierRules
{
    /// <summary>The validator may be served from this tier in the ordinary way; the proxy's own health is 200 only if one stack is here.</summary>
    public static bool Qualifies(this Tier tier) => tier <= Tier.Lagging;

    /// <summary>May answer attestation_data and produce blocks when nothing better is reachable (rule 1: never from an optimistic node).</summary>
    public static bool MayAttest(this Tier tier) => tier <= Tier.Suspect;

    /// <summary>May answer other reads when nothing better is reachable.</summary>
    public static bool MayRead(this Tier tier) => tier <= Tier.Optimistic;

    /// <summary>Gets every submission: a node whose execution client is dead still gossips.</summary>
    public static bool TakesSubmissions(this Tier tier) => tier <= Tier.Optimistic;
}
