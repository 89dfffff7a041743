using System.Security.Cryptography;

namespace DVStakers.Edge.Core.Cluster;

/// <summary>Whether a box that asks for a certificate gets one. Pure.</summary>
public static class Admission
{
    /// <summary>Of a box that was invited. Null: it is admitted; otherwise why not, and what to do.</summary>
    /// <param name="invitation">The one that the request names; null where there is none of that name here.</param>
    public static string? Refusal(ReceivedRequest received, PendingInvitation? invitation, Roster roster, DateTimeOffset now)
    {
        var request = received.Request;
        var again = $"dvstakers-edge cluster invite {request.Seat.Box}";
        if (request.Cluster != roster.Cluster)
            return $"it asks for cluster {request.Cluster}, and this is {roster.Cluster}: take it to the box that made that cluster";
        if (invitation is null)
            return $"its invitation is not known here: it was withdrawn, replaced by a newer one, or made elsewhere; invite again with: {again}";
        if (invitation.IsUsed)
            return $"its invitation was used already, on {invitation.Used:yyyy-MM-dd HH:mm} UTC, and works once; if it was not {request.Seat.Box} who used it, remove that box; invite again with: {again}";
        if (now > invitation.Expires)
            return $"its invitation expired on {invitation.Expires:yyyy-MM-dd HH:mm} UTC; invite again with: {again}";
        if (!received.IsProvedBy(invitation.ProofKey))
            return "its proof does not fit the invitation: it was changed on its way, or made by somebody without the invitation; carry it anew from the new box";
        if (request.Seat != invitation.Seat)
            return $"it asks to be {Words(request.Seat)}, and the invitation is for {Words(invitation.Seat)}: make it anew on the invited box";
        if (roster.Find(request.Seat.Box) is not null)
            return $"there is a member named {request.Seat.Box} already: invite this box under another name, or remove the other first";
        return null;
    }

    /// <summary>Of a member that renews. Null: it gets its certificate; otherwise why not.</summary>
    /// <param name="present">The key of the certificate that the roster has for it; null where that cannot be read.</param>
    public static string? RenewalRefusal(ReceivedRequest received, ECDsa? present, Roster roster)
    {
        var seat = received.Request.Seat;
        if (received.Request.Cluster != roster.Cluster)
            return $"it asks for cluster {received.Request.Cluster}, and this is {roster.Cluster}: take it to the box that made that cluster";
        if (roster.Find(seat.Box) is not { } member)
            return $"{seat.Box} is not a member (any more), so it has nothing to renew; invite it with: dvstakers-edge cluster invite {seat.Box}";
        if (present is null || !received.IsProvedBy(present))
            return $"it is not signed by the present key of {seat.Box}: it was changed on its way, or its certificate was renewed since; make it anew on {seat.Box}";
        if (seat.Role != member.Role)
            return $"a member cannot change its role; remove {seat.Box} and invite it anew";
        return null;
    }

    private static string Words(Seat seat) =>
        $"{seat.Box} ({(seat.Role == MemberRole.Full ? "full" : "auxiliary")}, {seat.Shares} shares, gateway {seat.Gateway?.ToString() ?? "none"}, broker {seat.Broker ?? "none"})";
}
