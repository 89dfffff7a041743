using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Cluster;

internal static class Adoption
{
    /// <summary>Takes a newer roster that a box brought, by whatever way, and says so.</summary>
    /// <param name="why">Why it is not taken.</param>
    public static bool AdoptFrom(this Membership membership, string box, ReadOnlySpan<byte> signedRoster, ILogger log, out string why)
    {
        if (!membership.Adopt(signedRoster, out why))
            return false;
        log.RosterAdopted(membership.Roster.Version, box, membership.Roster.Members.Count);
        if (why.Length > 0)
            log.RosterNotKept(membership.Roster.Version, why);
        return true;
    }
}
