using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DVStakers.Edge.Agent.Cluster;

/// <summary>The TLS of a member's connections: who the others are is told by the roster and the cluster's CA, and by nothing else of this machine.</summary>
internal static class PeerTls
{
    /// <summary>For connections to that box's gateway. By whatever address it is reached: its certificate must be that box's.</summary>
    public static SslClientAuthenticationOptions To(string box, Membership membership, TimeProvider time) => new()
    {
        // Asked anew for each connection: it may have been renewed, and whatever issuers the other side names.
        LocalCertificateSelectionCallback = (_, _, _, _, _) => membership.Certificate,
        RemoteCertificateValidationCallback = (_, shown, _, _) =>
            shown is X509Certificate2 certificate && membership.Identify(certificate, time.GetUtcNow(), out _)?.Box == box,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
    };

    /// <summary>True while the certificate that this borrower showed is the one of the roster, and in its validity.</summary>
    public static bool IsCurrent(Borrower borrower, Membership membership, DateTimeOffset now) =>
        membership.Roster.Find(borrower.Box) is { } member && borrower.NotAfter > now && Thumbprint(member.Certificate) == borrower.Thumbprint;

    private static string Thumbprint(string pem)
    {
        var fields = PemEncoding.Find(pem);
        return Convert.ToHexString(SHA256.HashData(Convert.FromBase64String(pem[fields.Base64Data])));
    }
}
