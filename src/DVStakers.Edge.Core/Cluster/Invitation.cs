using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DVStakers.Edge.Core.Cluster;

/// <summary>
/// What makes whoever holds it a member, once and for a while (<c>BOX.invitation</c>). Signed by the CA whose certificate is in it: that finds damage;
/// that it comes from the right person is for the way it is carried to ensure.
/// </summary>
public sealed record Invitation
{
    internal const string Place = "dvstakers invitation";
    public const int SecretBytes = 32;

    public string Kind { get; init; } = Place;
    public int Schema { get; init; } = Carried.CurrentSchema;

    /// <summary>Under which the box that made it knows it. Letters and digits.</summary>
    public required string Id { get; init; }

    public required string Cluster { get; init; }

    /// <summary>What the new box will be.</summary>
    public required Seat Seat { get; init; }

    public required DateTimeOffset Expires { get; init; }

    /// <summary>The cluster's CA certificate, PEM.</summary>
    public required string Ca { get; init; }

    /// <summary>Random. It goes no further than to the invited box: the request shows that it is known there without telling it.</summary>
    public required byte[] Secret { get; init; }

    /// <summary>Proves a request. All that the box that made the invitation keeps of the secret.</summary>
    [JsonIgnore]
    public byte[] ProofKey => HMACSHA256.HashData(Secret, Encoding.UTF8.GetBytes($"dvstakers proof\0{Id}"));

    public byte[] Sign(ECDsa ca) => SignedJson.Sign(JsonSerializer.SerializeToUtf8Bytes(this, CarriedJson.Default.Invitation), Place, ca);

    /// <exception cref="ClusterFileException">It is damaged, or makes no sense.</exception>
    public static Invitation Parse(ReadOnlySpan<byte> utf8)
    {
        var (json, signature) = Carried.Split(utf8);
        var invitation = Carried.Parse(json, CarriedJson.Default.Invitation, i => i.Schema);
        using var key = KeyOf(invitation.Ca);
        if (key is null || !SignedJson.Verify(json, signature, Place, key))
            throw new ClusterFileException("its signature is not by the CA that is in it: it was changed on its way; send it again");
        RosterRules.Check(invitation.Seat, "seat.");
        return invitation;
    }

    private static ECDsa? KeyOf(string pem)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(pem);
            return certificate.GetECDsaPublicKey();
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
