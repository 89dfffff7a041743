using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DVStakers.Edge.Agent.Cluster;

/// <summary>What is asked of certificates here.</summary>
internal static class Certificates
{
    private const string CommonName = "2.5.4.3";

    public static byte[] ToPem(X509Certificate2 certificate) => System.Text.Encoding.ASCII.GetBytes(certificate.ExportCertificatePem() + "\n");

    /// <exception cref="MembershipException">There is no certificate in it.</exception>
    public static X509Certificate2 Read(string file, byte[] pem) =>
        TryRead(System.Text.Encoding.UTF8.GetString(pem)) ?? throw new MembershipException(file, "there is no certificate in PEM form in it; put it there anew");

    public static X509Certificate2? TryRead(string pem)
    {
        try
        {
            return X509Certificate2.CreateFromPem(pem);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>The box that it is for: its only common name. Null where there is none, or more than one, since readers differ on which of them counts.</summary>
    public static string? BoxOf(X509Certificate2 certificate)
    {
        string? found = null;
        foreach (var part in certificate.SubjectName.EnumerateRelativeDistinguishedNames())
        {
            if (part.HasMultipleElements)
                return null;
            if (part.GetSingleElementType().Value != CommonName)
                continue;
            if (found is not null)
                return null;
            found = part.GetSingleElementValue();
        }
        return found;
    }

    /// <summary>Its public key where that can sign what boxes say (ECDSA, P-256), else null.</summary>
    public static ECDsa? KeyOf(X509Certificate2 certificate)
    {
        var key = certificate.GetECDsaPublicKey();
        if (key is null || IsP256(key))
            return key;
        key.Dispose();
        return null;
    }

    public static bool IsP256(ECDsa key) => key.ExportParameters(false).Curve.Oid?.Value == ECCurve.NamedCurves.nistP256.Oid.Value;

    /// <summary>True where this CA itself signed it. Whether it is in its validity is not looked at: that changes, this does not.</summary>
    public static bool IsIssuedBy(X509Certificate2 certificate, X509Certificate2 ca)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(ca);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        return chain.Build(certificate) && chain.ChainElements.Count == 2 && Same(chain.ChainElements[1].Certificate, ca);
    }

    public static bool Same(X509Certificate2 a, X509Certificate2 b) => a.RawDataMemory.Span.SequenceEqual(b.RawDataMemory.Span);

    public static bool IsValidAt(X509Certificate2 certificate, DateTimeOffset now) => now >= certificate.NotBefore && now <= certificate.NotAfter;
}
