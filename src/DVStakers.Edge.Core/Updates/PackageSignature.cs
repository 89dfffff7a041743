using System.Security.Cryptography;
using System.Text;

namespace DVStakers.Edge.Core.Updates;

/// <summary>A public key that packages may be signed with.</summary>
/// <param name="Name">Its file.</param>
public sealed record TrustedKey(string Name, byte[] Pem);

/// <summary>The signature beside a package, as <c>openssl dgst -sha256 -sign</c> makes it: ECDSA over P-256, DER.</summary>
public static class PackageSignature
{
    /// <summary>A signature has at most 72 bytes; what is far longer is another file.</summary>
    public const int MostBytes = 1024;

    /// <summary>The key that signed it; null, and <paramref name="why"/> says why: none did.</summary>
    public static TrustedKey? Find(ReadOnlySpan<byte> package, ReadOnlySpan<byte> signature, IReadOnlyList<TrustedKey> keys, out string why)
    {
        List<string> unusable = [];
        foreach (var key in keys)
        {
            using var ecdsa = Read(key.Pem);
            if (ecdsa is null)
                unusable.Add(key.Name);
            else if (ecdsa.VerifyData(package, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))
            {
                why = "";
                return key;
            }
        }
        why = unusable.Count > 0 ? $"none of the {keys.Count} keys of this box signed it; no public key of the right kind (ECDSA over P-256, PEM) is {string.Join(", ", unusable)}"
            : keys.Count == 0 ? "this box has no key that a package could be signed with"
            : $"none of the {keys.Count} keys of this box signed it, or the file or its signature was damaged on the way";
        return null;
    }

    /// <summary>SHA-256 of the key, for people to compare; null: it is no such key.</summary>
    public static string? Fingerprint(TrustedKey key)
    {
        using var ecdsa = Read(key.Pem);
        return ecdsa is null ? null : Convert.ToHexStringLower(SHA256.HashData(ecdsa.ExportSubjectPublicKeyInfo()));
    }

    private static ECDsa? Read(byte[] pem)
    {
        var key = ECDsa.Create();
        try
        {
            var text = Encoding.UTF8.GetString(pem);
            // A private key belongs on no box.
            if (!text.Contains("PRIVATE KEY", StringComparison.Ordinal))
            {
                key.ImportFromPem(text);
                if (key.KeySize == 256 && key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == "1.2.840.10045.3.1.7")
                    return key;
            }
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
        }
        key.Dispose();
        return null;
    }
}
