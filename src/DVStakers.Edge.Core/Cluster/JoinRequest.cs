using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DVStakers.Edge.Core.Cluster;

/// <summary>
/// A box asks for a certificate (<c>BOX.request</c>). What proves it stands in the place of its signature: the secret of an invitation, or,
/// for a member that renews its certificate, its present key. Its private key is not in it.
/// </summary>
public sealed record JoinRequest
{
    internal const string Place = "dvstakers request";

    public string Kind { get; init; } = Place;
    public int Schema { get; init; } = Carried.CurrentSchema;
    public required string Cluster { get; init; }

    /// <summary>What it is to be: of an invited box as in its invitation, of a member what it is from now on.</summary>
    public required Seat Seat { get; init; }

    /// <summary>Of the invitation; null: a member renews.</summary>
    public string? Invitation { get; init; }

    /// <summary>PKCS #10, PEM, signed by the key that it is for.</summary>
    public required string Pkcs10 { get; init; }

    /// <summary>Renews by the key of its present certificate.</summary>
    public byte[] Sign(ECDsa present) => SignedJson.Sign(ToUtf8(), Place, present);

    /// <summary>Joins by the secret of its invitation.</summary>
    public byte[] Sign(ReadOnlySpan<byte> proofKey) => SignedJson.Sign(ToUtf8(), Place, proofKey);

    /// <exception cref="ClusterFileException">It is damaged, or makes no sense.</exception>
    public static ReceivedRequest Parse(ReadOnlySpan<byte> utf8)
    {
        var (json, proof) = Carried.Split(utf8);
        var request = Carried.Parse(json, CarriedJson.Default.JoinRequest, r => r.Schema);
        RosterRules.Check(request.Seat, "seat.");
        return new(request, json, proof);
    }

    private byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, CarriedJson.Default.JoinRequest);
}

/// <summary>A request whose proof was not looked at yet.</summary>
public sealed record ReceivedRequest(JoinRequest Request, byte[] Json, byte[] Proof)
{
    public bool IsProvedBy(ECDsa present) => SignedJson.Verify(Json, Proof, JoinRequest.Place, present);

    public bool IsProvedBy(ReadOnlySpan<byte> proofKey) => SignedJson.Verify(Json, Proof, JoinRequest.Place, proofKey);
}

/// <summary>An invitation as the box that made it remembers it.</summary>
public sealed record PendingInvitation
{
    public required string Id { get; init; }
    public required Seat Seat { get; init; }
    public required DateTimeOffset Expires { get; init; }

    /// <summary><see cref="Core.Cluster.Invitation.ProofKey"/>; null once it is used.</summary>
    public byte[]? ProofKey { get; init; }

    public DateTimeOffset? Used { get; init; }

    [JsonIgnore]
    public bool IsUsed => ProofKey is null || Used is not null;

    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, CarriedJson.Default.PendingInvitation);

    /// <exception cref="ClusterFileException">It is damaged.</exception>
    public static PendingInvitation Parse(ReadOnlySpan<byte> utf8) =>
        Carried.Parse([.. utf8], CarriedJson.Default.PendingInvitation, _ => Carried.CurrentSchema);
}
