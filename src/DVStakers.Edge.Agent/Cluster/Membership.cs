using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DVStakers.Edge.Core.Cluster;

namespace DVStakers.Edge.Agent.Cluster;

internal sealed class Membership(string box, X509Certificate2 certificate, X509Certificate2 ca, Roster roster, string? directory = null)
{
    public string Box => box;
    public X509Certificate2 Certificate => certificate;
    public X509Certificate2 Ca => ca;
    public Roster Roster { get; set; } = roster;
    public string? Directory => directory;

    public Member? Identify(X509Certificate2 peer, DateTimeOffset now, out string why)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(ca);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        why = "";
        if (!chain.Build(peer))
        {
            why = string.Join("; ", chain.ChainStatus.Select(s => s.StatusInformation));
            return null;
        }
        var name = peer.GetNameInfo(X509NameType.SimpleName, false);
        if (Roster.Find(name) is not { } member)
        {
            why = $"{name} is not on the roster";
            return null;
        }
        using var known = X509Certificate2.CreateFromPem(member.Certificate);
        if (known.RawDataMemory.Span.SequenceEqual(peer.RawDataMemory.Span))
            return member;
        why = $"not the certificate that the roster has for {name}";
        return null;
    }
}
