using System.Text.Json;
using System.Text.Json.Serialization;

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
    public IReadOnlyList<RemovedMember> Removed { get; init; } = [];

    public Member? Find(string box) => Members.FirstOrDefault(m => m.Box == box);

    /// <summary>Without a signature.</summary>
    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, RosterJson.Default.Roster);

    /// <exception cref="RosterException">It names the place and the remedy.</exception>
    public static Roster Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return RosterRules.Checked(JsonSerializer.Deserialize(utf8, RosterJson.Default.Roster) ?? throw new RosterException("it is null"));
        }
        catch (JsonException e)
        {
            throw new RosterException($"line {e.LineNumber + 1}, {e.Path}: {e.Message}");
        }
    }
}

/// <summary>A roster that cannot be used; the message names the place and the remedy.</summary>
public sealed class RosterException(string message) : Exception(message);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Roster))]
internal sealed partial class RosterJson : JsonSerializerContext;
