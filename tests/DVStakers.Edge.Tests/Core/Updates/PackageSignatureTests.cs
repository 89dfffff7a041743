using System.Security.Cryptography;
using System.Text;
using DVStakers.Edge.Core.Updates;

namespace DVStakers.Edge.Tests.Core.Updates;

public sealed class PackageSignatureTests
{
    private static readonly byte[] Package = RandomNumberGenerator.GetBytes(5000);

    [Fact]
    public void Only_the_key_that_signed_this_very_file_is_found()
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signature = own.SignData(Package, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        TrustedKey[] keys = [Key("other", other), Key("own", own)];
        Assert.Equal("own", PackageSignature.Find(Package, signature, keys, out _)?.Name);
        Assert.Null(PackageSignature.Find(Package, signature, [keys[0]], out var why));
        Assert.Contains("none of the 1 keys of this box signed it", why);
        Assert.Null(PackageSignature.Find(Package, signature, [], out why));
        Assert.Contains("no key", why);
        for (var bit = 0; bit < Package.Length * 8; bit += 997)
        {
            var altered = Package.ToArray();
            altered[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(PackageSignature.Find(altered, signature, keys, out _));
        }
        for (var at = 0; at < signature.Length; at++)
        {
            var altered = signature.ToArray();
            altered[at] ^= 1;
            Assert.Null(PackageSignature.Find(Package, altered, keys, out _));
        }
        Assert.Null(PackageSignature.Find(Package, [], keys, out _));
    }

    [Fact]
    public void Keys_of_other_kinds_are_named_and_never_taken()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signature = own.SignData(Package, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        TrustedKey[] keys = [new("p384", Encoding.ASCII.GetBytes(p384.ExportSubjectPublicKeyInfoPem())), new("rsa", Encoding.ASCII.GetBytes(rsa.ExportSubjectPublicKeyInfoPem())), new("text", "hello"u8.ToArray()), new("private", Encoding.ASCII.GetBytes(own.ExportPkcs8PrivateKeyPem()))];
        Assert.Null(PackageSignature.Find(Package, signature, keys, out var why));
        Assert.Contains("p384, rsa, text, private", why);
        Assert.All(keys, k => Assert.Null(PackageSignature.Fingerprint(k)));
        Assert.Matches("^[0-9a-f]{64}$", PackageSignature.Fingerprint(Key("own", own)));
    }

    private static TrustedKey Key(string name, ECDsa key) => new(name, Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem()));
}
