using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace DVStakers.Edge.Core.Cluster;

/// <summary>
/// Who belongs to the cluster (<c>roster.json</c>): the one file that all boxes have alike. It is written on the box that holds the cluster's CA, signed by it, and
/// newer ones replace older ones, by <see cref="Version"/>. A box without that CA may have one written by hand, unsigned; only its own disk can bring that.
/// </summary>
public sealed record Roster
{
    public const int CurrentSchema = 1;

    /// <summary>What a roster's signature is over, beside the roster (<see cref="SignedJson"/>).</summary>
    public const string Place = "dvstakers roster";

    public required int Schema { get; init; }

    /// <summary>Name of the cluster; a level of every MQTT topic.</summary>
    public required string Cluster { get; init; }

    /// <summary>One more for each change.</summary>
    public required long Version { get; init; }

    public required DateTimeOffset Issued { get; init; }

    /// <summary>How many key shares must sign together (6 of 9, say): no single node should carry so many. 0: no DVT cluster, no cap.</summary>
    public int Threshold { get; init; }

    public required IReadOnlyList<Member> Members { get; init; }

    /// <summary>None where it is left out.</summary>
    // The generated reader sets null where it is.
    public IReadOnlyList<RemovedMember> Removed { get; init => field = value ?? []; } = [];

    /// <summary>The CA's certificate revocation list, PEM: the serials of <see cref="Removed"/> in the form that a broker reads. Null in one written by hand.</summary>
    public string? Crl { get; init; }

    public Member? Find(string box) => Members.FirstOrDefault(m => m.Box == box);

    /// <summary>The next version, with this member in the place of the one of its name, or at the end.</summary>
    /// <exception cref="RosterException">It would not be a valid roster.</exception>
    public Roster With(Member member, DateTimeOffset at) => RosterRules.Checked(this with
    {
        Version = Version + 1,
        Issued = at,
        Members = Find(member.Box) is null ? [.. Members, member] : [.. Members.Select(m => m.Box == member.Box ? member : m)],
    });

    /// <summary>The next version, without this box, and its certificates refused.</summary>
    public Roster Without(string box, IEnumerable<string> serials, DateTimeOffset at) => this with
    {
        Version = Version + 1,
        Issued = at,
        Members = [.. Members.Where(m => m.Box != box)],
        Removed = [.. Removed, .. serials.Except(Removed.Select(r => r.Serial)).Select(s => new RemovedMember(box, s, at))],
    };

    /// <summary>Without a signature.</summary>
    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, RosterJson.Default.Roster);

    /// <summary>One without a signature, or one whose signature was looked at.</summary>
    /// <exception cref="RosterException">It names the place and the remedy.</exception>
    public static Roster Parse(ReadOnlySpan<byte> utf8) => Parse(utf8, RosterJson.Default.Roster);

    /// <summary>One from anywhere: only the CA's signature makes it count.</summary>
    /// <exception cref="RosterException">It names the place and the remedy.</exception>
    public static Roster ParseSigned(ReadOnlySpan<byte> utf8, ECDsa ca)
    {
        if (!SignedJson.TrySplit(utf8.TrimEnd(" \t\r\n"u8), out var json, out var signature))
            throw new RosterException("it has no signature, and what comes from elsewhere must have that of the cluster's CA: take roster.json from a box that the CA made a member");
        if (!SignedJson.Verify(json, signature, Place, ca))
            throw new RosterException("its signature is not by this cluster's CA: it is another cluster's, or was changed on its way; take it anew from another box");
        return Parse(json);
    }

    /// <summary>The one on the box's own disk: signed, or written by hand. A hand-written one may have no key that is not known, so that a damaged signed one is not taken for it.</summary>
    /// <param name="ca">Null where its key is none that signs rosters (ECDSA, P-256).</param>
    /// <exception cref="RosterException">It names the place and the remedy.</exception>
    public static Roster ParseOwn(ReadOnlySpan<byte> utf8, ECDsa? ca, out bool signed)
    {
        signed = SignedJson.TrySplit(utf8.TrimEnd(" \t\r\n"u8), out _, out _);
        if (!signed)
            return Parse(utf8, WrittenRosterJson.Default.Roster);
        return ParseSigned(utf8, ca ?? throw new RosterException("it is signed, but ca.crt has no ECDSA P-256 key, so that CA did not sign it: leave the signature out"));
    }

    private static Roster Parse(ReadOnlySpan<byte> utf8, JsonTypeInfo<Roster> form)
    {
        try
        {
            return RosterRules.Checked(JsonSerializer.Deserialize(utf8, form) ?? throw new RosterException("it is null"));
        }
        catch (JsonException e)
        {
            throw new RosterException($"line {e.LineNumber + 1}, {e.Path}: {e.Message}");
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Roster))]
internal sealed partial class RosterJson : JsonSerializerContext;

/// <summary>For one that a person wrote: a mistyped key is an error.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(Roster))]
internal sealed partial class WrittenRosterJson : JsonSerializerContext;
