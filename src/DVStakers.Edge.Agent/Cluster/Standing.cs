using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DVStakers.Edge.Core.Cluster;

namespace DVStakers.Edge.Agent.Cluster;

/// <summary>Another member as its certificate makes it.</summary>
/// <param name="Certificate">Null where the roster's cannot be read.</param>
/// <param name="Key">Null where it has none that signs.</param>
/// <param name="Issued">By this cluster's CA.</param>
internal sealed record Certified(Member Member, X509Certificate2? Certificate, ECDsa? Key, bool Issued);

/// <summary>
/// A membership at one time. What costs work, the members' certificates, is done once for each roster. Never disposed with its successor's coming:
/// connections may still hold its certificates.
/// </summary>
internal sealed class Standing
{
    private readonly FrozenDictionary<string, Certified> peers;

    public Standing(X509Certificate2 certificate, X509Certificate2 ca, Roster roster, byte[]? signed)
    {
        Certificate = certificate;
        Ca = ca;
        Roster = roster;
        Signed = signed;
        Key = certificate.GetECDsaPrivateKey() ?? throw new ArgumentException("the certificate has no private ECDSA key", nameof(certificate));
        CaKey = Certificates.KeyOf(ca);
        peers = roster.Members.ToFrozenDictionary(m => m.Box, Certified);
    }

    public X509Certificate2 Certificate { get; }
    public X509Certificate2 Ca { get; }
    public Roster Roster { get; }

    /// <summary>The roster with the CA's signature; null where it has none.</summary>
    public byte[]? Signed { get; }

    public ECDsa Key { get; }

    /// <summary>Null where the CA's key is none that signs rosters.</summary>
    public ECDsa? CaKey { get; }

    public Certified? Find(string box) => peers.GetValueOrDefault(box);

    /// <summary>Null: this member's certificate holds at that time; otherwise why not.</summary>
    public string? Objection(Certified peer, DateTimeOffset now) =>
        peer.Certificate is not { } own ? $"the certificate that the roster has for '{peer.Member.Box}' cannot be read"
        : !peer.Issued ? $"the certificate of '{peer.Member.Box}' is not from this cluster's CA"
        : Roster.Removed.Any(r => SameSerial(r, own)) ? $"this certificate of '{peer.Member.Box}' was taken back"
        : !Certificates.IsValidAt(Ca, now) ? $"the cluster's CA is valid from {Ca.NotBefore:yyyy-MM-dd} to {Ca.NotAfter:yyyy-MM-dd}"
        : !Certificates.IsValidAt(own, now) ? $"the certificate of '{peer.Member.Box}' is valid from {own.NotBefore:yyyy-MM-dd} to {own.NotAfter:yyyy-MM-dd}; renew it there with: dvstakers-edge cluster renew"
        : null;

    public RemovedMember? RemovedBy(X509Certificate2 certificate) => Roster.Removed.FirstOrDefault(r => SameSerial(r, certificate));

    private static bool SameSerial(RemovedMember removed, X509Certificate2 certificate) =>
        string.Equals(removed.Serial, certificate.SerialNumber, StringComparison.OrdinalIgnoreCase);

    private Certified Certified(Member member) => Certificates.TryRead(member.Certificate) is { } certificate
        ? new(member, certificate, Certificates.KeyOf(certificate), Certificates.BoxOf(certificate) == member.Box && Certificates.IsIssuedBy(certificate, Ca))
        : new(member, null, null, false);
}
