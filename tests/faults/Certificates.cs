using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DVStakers.Edge.Faults;

/// <summary>An authority that the agents trust, a certificate of it that is valid, and one that was until yesterday.</summary>
internal sealed class Certificates : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("edge-faults-ca-");

    public Certificates()
    {
        var now = TimeProvider.System.GetUtcNow();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Authority of the fault matrix", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = request.CreateSelfSigned(now.AddDays(-20), now.AddDays(20));
        File = Path.Combine(folder.FullName, "authority.pem");
        System.IO.File.WriteAllText(File, authority.ExportCertificatePem());
        Valid = Issue(authority, now.AddDays(-10), now.AddDays(10));
        Expired = Issue(authority, now.AddDays(-10), now.AddDays(-1));
    }

    /// <summary>The authority's certificate, for SSL_CERT_FILE.</summary>
    public string File { get; }

    public X509Certificate2 Valid { get; }
    public X509Certificate2 Expired { get; }

    public void Dispose()
    {
        Valid.Dispose();
        Expired.Dispose();
        folder.Delete(recursive: true);
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, DateTimeOffset from, DateTimeOffset to)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority, from, to, RandomNumberGenerator.GetBytes(8));
        using var withKey = certificate.CopyWithPrivateKey(key);
        // The web server wants a key that is stored with its certificate.
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }
}
