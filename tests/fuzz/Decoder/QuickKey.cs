using System.Security.Cryptography;
using System.Text;

namespace DVStakers.Edge.Fuzz.Decoder;

/// <summary>
/// Stands in for a box's key where a real signature, 100 µs, would leave too few inputs: a keyed digest of 64 bytes, which is as impossible to hit by chance.
/// A share of the inputs is checked by real keys all the same.
/// </summary>
internal sealed class QuickKey(string box) : ECDsa
{
    private readonly byte[] secret = Encoding.ASCII.GetBytes("key of " + box);

    public override byte[] SignHash(byte[] hash) => HMACSHA512.HashData(secret, hash);

    public override bool VerifyHash(byte[] hash, byte[] signature) => signature.AsSpan().SequenceEqual(HMACSHA512.HashData(secret, hash));
}
