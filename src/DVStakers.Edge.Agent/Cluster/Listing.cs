using System.Text.Json;
using System.Text.Json.Serialization;
using DVStakers.Edge.Core.Cluster;

namespace DVStakers.Edge.Agent.Cluster;

/// <summary><c>cluster list</c>: who belongs to the cluster, as this box knows it.</summary>
internal sealed record Listing
{
    public required string Cluster { get; init; }
    public required string Box { get; init; }
    public required long Version { get; init; }
    public required DateTimeOffset Issued { get; init; }

    /// <summary>Signed by the CA, and not written by hand.</summary>
    public required bool Signed { get; init; }

    public required int Threshold { get; init; }
    public required IReadOnlyList<ListedMember> Members { get; init; }
    public required IReadOnlyList<RemovedMember> Removed { get; init; }

    /// <summary>Those that may still be used; only on the box that made them.</summary>
    public required IReadOnlyList<ListedInvitation> Invitations { get; init; }

    /// <exception cref="MembershipException">There is no membership, or it is not whole.</exception>
    public static Listing Of(ClusterDirectory directory, TimeProvider time)
    {
        if (MembershipFiles.Load(directory) is not var (box, standing))
            throw Newcomer.NoMember(directory);
        var (roster, now) = (standing.Roster, time.GetUtcNow());
        return new()
        {
            Cluster = roster.Cluster,
            Box = box,
            Version = roster.Version,
            Issued = roster.Issued,
            Signed = standing.Signed is not null,
            Threshold = roster.Threshold,
            Members = [.. roster.Members.Select(m => ListedMember.Of(standing, m, now))],
            Removed = roster.Removed,
            Invitations = [.. Pending(directory, time, now)],
        };
    }

    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, ListingJson.Default.Listing);

    /// <summary>For a person.</summary>
    public IEnumerable<string> Lines()
    {
        var cap = Threshold > 0 ? $", {Threshold} key shares sign together" : "";
        yield return $"cluster {Cluster}, roster version {Version} of {Issued.ToUniversalTime():yyyy-MM-dd HH:mm} UTC{(Signed ? "" : ", written by hand")}{cap}";
        var width = Math.Max(3, Members.Max(m => m.Box.Length));
        yield return $"  {"BOX".PadRight(width)}  ROLE       SHARES  CERTIFICATE UNTIL  GATEWAY, BROKER";
        foreach (var m in Members)
            yield return $"{(m.Box == Box ? "*" : " ")} {m.Box.PadRight(width)}  {(m.Role == MemberRole.Full ? "full" : "auxiliary"),-9}  {m.Shares,6}  {m.NotAfter?.ToUniversalTime().ToString("yyyy-MM-dd", null) ?? "-",-17}  {m.Gateway?.ToString().TrimEnd('/') ?? "-"}, {m.Broker ?? "-"}"
                + (m.Problem is { } problem ? $"\n    {problem}" : "");
        foreach (var removed in Removed.GroupBy(r => r.Box))
            yield return $"removed: {removed.Key} on {removed.Last().At.ToUniversalTime():yyyy-MM-dd HH:mm} UTC";
        foreach (var invitation in Invitations)
            yield return $"invited: {invitation.Box}, until {invitation.Expires.ToUniversalTime():yyyy-MM-dd HH:mm} UTC";
    }

    private static IEnumerable<ListedInvitation> Pending(ClusterDirectory directory, TimeProvider time, DateTimeOffset now) =>
        new Founder(directory, time).AllInvitations().Where(i => !i.IsUsed && i.Expires >= now).Select(i => new ListedInvitation(i.Seat.Box, i.Expires));
}

/// <param name="Problem">Why its certificate does not hold now; null: it does.</param>
internal sealed record ListedMember(
    string Box, MemberRole Role, int Shares, Uri? Gateway, string? Broker, string? Serial, DateTimeOffset? NotAfter, string? Problem)
{
    public static ListedMember Of(Standing standing, Member member, DateTimeOffset now)
    {
        var peer = standing.Find(member.Box)!;
        return new(member.Box, member.Role, member.Shares, member.Gateway, member.Broker, peer.Certificate?.SerialNumber,
            peer.Certificate is { } certificate ? new DateTimeOffset(certificate.NotAfter.ToUniversalTime()) : null, standing.Objection(peer, now));
    }
}

internal sealed record ListedInvitation(string Box, DateTimeOffset Expires);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(Listing))]
internal sealed partial class ListingJson : JsonSerializerContext;
