using System.Security.Cryptography;
using System.Text;

namespace DVStakers.Edge.Core.Cluster;

/// <summary>
/// A JSON object that carries a signature of itself as its last member: <c>{...,"signature":"BASE64"}</c>. Signed is the object without that member, byte for byte,
/// behind the place it is meant for, so that it cannot be moved to another: no canonical form is needed, and a reader who does not care sees plain JSON.
/// ECDSA over P-256 with SHA-256, in the fixed 64-byte form (IEEE P1363); where both sides share a secret instead, HMAC-SHA512, which is as long.
/// </summary>
public static class SignedJson
{
    private const int SignatureBytes = 64;
    private static readonly int Base64Length = (SignatureBytes + 2) / 3 * 4;

    private static ReadOnlySpan<byte> Before => ",\"signature\":\""u8;
    private static ReadOnlySpan<byte> After => "\"}"u8;

    /// <param name="json">A JSON object with at least one member, without space behind it.</param>
    /// <param name="place">What it is meant for, such as the MQTT topic.</param>
    public static byte[] Sign(ReadOnlySpan<byte> json, string place, ECDsa key) =>
        Join(json, key.SignData(Signed(json, place), HashAlgorithmName.SHA256));

    /// <inheritdoc cref="Sign(ReadOnlySpan{byte}, string, ECDsa)"/>
    public static byte[] Sign(ReadOnlySpan<byte> json, string place, ReadOnlySpan<byte> secret) =>
        Join(json, HMACSHA512.HashData(secret, Signed(json, place)));

    /// <summary>Takes the two apart. False where there is no signature in that form.</summary>
    public static bool TrySplit(ReadOnlySpan<byte> signed, out byte[] json, out byte[] signature)
    {
        (json, signature) = ([], []);
        var tail = Before.Length + Base64Length + After.Length;
        if (signed.Length <= tail || !signed.EndsWith(After))
            return false;
        var member = signed[^tail..];
        if (!member.StartsWith(Before))
            return false;
        var bytes = new byte[SignatureBytes + 2];
        var text = Encoding.ASCII.GetString(member.Slice(Before.Length, Base64Length));
        // Its last bits mean nothing: there is one way to write it, so that not even those can be altered.
        if (!Convert.TryFromBase64String(text, bytes, out var written) || written != SignatureBytes || Convert.ToBase64String(bytes, 0, written) != text)
            return false;
        (json, signature) = ([.. signed[..^tail], (byte)'}'], bytes[..SignatureBytes]);
        return true;
    }

    /// <param name="json">As <see cref="TrySplit"/> gave it.</param>
    public static bool Verify(ReadOnlySpan<byte> json, ReadOnlySpan<byte> signature, string place, ECDsa key) =>
        key.VerifyData(Signed(json, place), signature, HashAlgorithmName.SHA256);

    /// <inheritdoc cref="Verify(ReadOnlySpan{byte}, ReadOnlySpan{byte}, string, ECDsa)"/>
    public static bool Verify(ReadOnlySpan<byte> json, ReadOnlySpan<byte> signature, string place, ReadOnlySpan<byte> secret) =>
        CryptographicOperations.FixedTimeEquals(signature, HMACSHA512.HashData(secret, Signed(json, place)));

    private static byte[] Join(ReadOnlySpan<byte> json, byte[] signature) =>
        [.. json[..^1], .. Before, .. Encoding.ASCII.GetBytes(Convert.ToBase64String(signature)), .. After];

    private static byte[] Signed(ReadOnlySpan<byte> json, string place) => [.. Encoding.UTF8.GetBytes(place), 0, .. json];
}
