using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Core.Cluster;

/// <summary>What must hold of a roster beyond its form.</summary>
public static class RosterRules
{
    private const int MostMembers = 64;
    private const int MostShares = 1000;

    /// <exception cref="RosterException">It names the place and what is allowed.</exception>
    public static Roster Checked(Roster roster)
    {
        if (roster.Schema != Roster.CurrentSchema)
            throw new RosterException($"schema {roster.Schema} is not known here, {Roster.CurrentSchema} is: update the older of the two boxes");
        Require(ConfigKeys.IsName(roster.Cluster), "cluster", $"'{roster.Cluster}' is not a name ({ConfigKeys.NameAllowed})");
        Require(roster.Version >= 1, "version", "it must be 1 or more");
        Require(roster.Threshold is >= 0 and <= MostShares, "threshold", $"it must be from 0 to {MostShares}");
        Require(roster.Members.Count <= MostMembers, "members", $"there are {roster.Members.Count}, at most {MostMembers} are served");
        Require(roster.Crl is null || roster.Crl.Contains("-----BEGIN X509 CRL-----", StringComparison.Ordinal), "crl", "it must be a certificate revocation list in PEM");
        // What the reader's own rules do not reach: it takes null for an element of a list.
        for (var i = 0; i < roster.Removed.Count; i++)
            Require(roster.Removed[i] is not null, $"removed[{i}]", "it must be a box with its serial, and is null");
        for (var i = 0; i < roster.Members.Count; i++)
            Require(roster.Members[i] is not null, $"members[{i}]", "it must be a box, and is null");
        for (var i = 0; i < roster.Members.Count; i++)
            Check(roster.Members[i], $"members[{i}]", roster);
        return roster;
    }

    /// <param name="place">What stands before the names of the keys, such as <c>members[0].</c></param>
    /// <exception cref="RosterException">It names the place and what is allowed.</exception>
    public static void Check(Seat seat, string place = "")
    {
        Require(ConfigKeys.IsName(seat.Box), place + "box", $"'{seat.Box}' is not a name ({ConfigKeys.NameAllowed})");
        Require(Enum.IsDefined(seat.Role), place + "role", "it must be full or auxiliary");
        Require(seat.Shares is >= 0 and <= MostShares, place + "shares", $"it must be from 0 to {MostShares}");
        Require(seat.Gateway is null or { IsAbsoluteUri: true, Scheme: "https", AbsolutePath: "/", Query: "", Fragment: "", UserInfo: "" }, place + "gateway",
            "it must be like https://host:5071");
        Require(seat.Broker is null || HostPort.TryParse(seat.Broker, out _), place + "broker", "it must be a host and a port, such as node-1.example:8883");
    }

    private static void Check(Member member, string place, Roster roster)
    {
        Check(member.Seat, place + ".");
        Require(roster.Members.Count(m => m.Box == member.Box) == 1, place + ".box", $"'{member.Box}' is there twice");
        Require(member.Certificate.Contains("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal), place + ".certificate", "it must be a certificate in PEM");
    }

    private static void Require(bool holds, string place, string words)
    {
        if (!holds)
            throw new RosterException($"{place}: {words}");
    }
}
