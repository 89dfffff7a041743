using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Core.Cluster;

/// <summary>What the inbox remembers of one member between its messages.</summary>
internal sealed record PeerMemory
{
    /// <summary>SHA-256 of its public key.</summary>
    public required string Key { get; init; }

    public required PeerClock Clock { get; init; }

    /// <summary>Of the last message believed, in this run of the agent or an earlier one.</summary>
    public (long Boot, long Sequence)? Last { get; init; }

    public PeerState? Said { get; init; }
    public DateTimeOffset HeardAt { get; init; }

    /// <summary>Monotonic.</summary>
    public TimeSpan BelievedUntil { get; init; }

    public ImmutableArray<Root> Trail { get; init; } = [];
    public Refusals Refused { get; init; } = Refusals.None;

    public static PeerMemory Of(Member member, PeerMark? mark)
    {
        var key = Fingerprint(member);
        return mark?.Key == key
            ? new() { Key = key, Clock = new(mark.ClockBehind), Last = (mark.Boot, mark.Sequence) }
            : new() { Key = key, Clock = new(TimeSpan.Zero) };
    }

    /// <summary>Of the key and not the certificate: one that is renewed for the same key still verifies what was said before.</summary>
    public static string Fingerprint(Member member)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(member.Certificate);
            return Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
        }
        catch (CryptographicException)
        {
            // Nothing will ever be verified by it.
            return "";
        }
    }

    public PeerMark? Mark => Last is var (boot, sequence) ? new(Key, boot, sequence, Clock.Behind.TotalMilliseconds) : null;

    /// <summary>Believes it, or keeps what the clock learnt of it.</summary>
    public PeerMemory Hear(PeerState said, DateTimeOffset at, TimeSpan since, out bool believed)
    {
        var clock = Clock.Hear(said, at, since, out var believeFor);
        believed = believeFor > TimeSpan.Zero;
        if (!believed)
            return this with { Clock = clock };
        return this with
        {
            Clock = clock,
            Last = (said.Boot, said.Sequence),
            Said = said,
            HeardAt = at,
            BelievedUntil = since + believeFor,
            Trail = said.Vote is not { } head || (Trail.Length > 0 && Trail[^1] == head.Root) ? Trail
                : (Trail.Length < Witness.TrailLength ? Trail : Trail.RemoveAt(0)).Add(head.Root),
        };
    }

    public Peer Peer(Member member, TimeSpan now) => new()
    {
        Box = member.Box,
        Role = member.Role,
        Standing = Said is not null && now < BelievedUntil ? Standing.Known : Clock.IsProven ? Standing.Silent : Standing.NeverHeard,
        Said = Said,
        HeardAt = Said is null ? null : HeardAt,
        Trail = Trail,
        ClockBehind = Clock.IsProven ? Clock.Behind : null,
        Refused = Refused,
        IsRefused = Refused.GraveUntil(now) is not null,
    };
}
