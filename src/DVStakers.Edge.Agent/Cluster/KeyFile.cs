using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace DVStakers.Edge.Agent.Cluster;

/// <summary>A private key on disk, PEM, unencrypted: its file's mode protects it.</summary>
internal static class KeyFile
{
    /// <exception cref="MembershipException">It is no such key.</exception>
    public static ECDsa Read(string file, byte[] pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(Encoding.UTF8.GetString(pem));
            if (Certificates.IsP256(key))
                return key;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
        }
        key.Dispose();
        throw new MembershipException(file, "it is not a private key of the kind that is needed (ECDSA over P-256, PEM, without passphrase); make one with: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256");
    }

    public static bool Fits(ECDsa key, X509Certificate2 certificate) =>
        certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo());
}
