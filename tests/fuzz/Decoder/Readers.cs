using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Tests.Core.Cluster;

namespace DVStakers.Edge.Fuzz.Decoder;

/// <summary>Each reader of bytes from elsewhere by itself. What it declares is the only exception that may leave it.</summary>
internal sealed class Readers(CertifiedCluster cluster)
{
    public const int Count = 9;

    private readonly System.Security.Cryptography.ECDsa ca = cluster.Ca.PublicKey.GetECDsaPublicKey()!;
    private Membership membership = cluster.Of(Cluster.Self);

    /// <summary>What it said.</summary>
    public string Read(int which, byte[] input)
    {
        try
        {
            switch (which)
            {
                case 0:
                    Rules.InRange(HealthReader.Read(input));
                    return "reads as health";
                case 1:
                    Rules.InRange(Roster.Parse(input));
                    return "reads as roster";
                case 2:
                    Rules.InRange(Roster.ParseOwn(input, ca, out var signed));
                    return signed ? throw new RuleBrokenException("a roster that the CA did not sign counts as signed") : "reads as written roster";
                case 3:
                    return PeerMark.Parse(input).Values.All(m => m is null || Math.Abs(m.ClockBehind.TotalDays) <= 365_000) ? "reads as marks" : throw new RuleBrokenException("a clock of 1000 years");
                case 4:
                    return $"is carried as {Carried.KindOf(input)}";
                case 5:
                    Invitation.Parse(input);
                    return "reads as invitation";
                case 6:
                    JoinRequest.Parse(input);
                    return "reads as request";
                case 7:
                    PendingInvitation.Parse(input);
                    return "reads as pending invitation";
                default:
                    return Adopt(input, signed: false);
            }
        }
        catch (Exception e) when (which switch { 0 => e is FormatException, 1 or 2 => e is RosterException, 3 => e is JsonException, 5 or 6 or 7 => e is ClusterFileException or RosterException, _ => false })
        {
            return $"reader {which}: {e.Message}";
        }
    }

    /// <summary>A roster that the CA signed, whatever is in it, taken over from a peer.</summary>
    public string ReadSigned(byte[] json) => Adopt(Keys.Sign(json, Roster.Place, cluster.Ca.GetECDsaPrivateKey()!), signed: true);

    /// <summary>As InboxLoop does: looked at first, then handed to the membership.</summary>
    private string Adopt(byte[] input, bool signed)
    {
        var before = membership.Roster;
        try
        {
            if (!SignedJson.TrySplit(input, out var json, out _))
                return "roster unsigned";
            if (Roster.Parse(json).Version <= before.Version)
                return "roster not newer";
        }
        catch (RosterException e)
        {
            return $"roster: {e.Message}";
        }
        if (!membership.Adopt(input, out var why))
            return ReferenceEquals(before, membership.Roster) ? $"roster not taken: {why}" : throw new RuleBrokenException("a roster that was not taken is in force");
        if (!signed)
            throw new RuleBrokenException("a roster without the CA's signature was taken");
        if (membership.Roster.Cluster != before.Cluster || membership.Roster.Version <= before.Version)
            throw new RuleBrokenException("a roster of another cluster, or an older one, was taken");
        Rules.InRange(membership.Roster);
        foreach (var box in Cluster.Boxes)
            _ = membership.KeyOf(box, Post.Noon);
        _ = Inbox.Start(Cluster.Self, membership.Roster, new Dictionary<string, PeerMark>()).Book(TimeSpan.FromHours(1));
        membership = cluster.Of(Cluster.Self);
        return "roster taken";
    }
}
