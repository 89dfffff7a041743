using System.Text.Json;
using System.Text.Json.Serialization;

namespace DVStakers.Edge.Core.Cluster;

/// <summary>What outlives the agent of a peer, so that nothing it said before can be believed again (<c>peers.json</c>).</summary>
/// <param name="Key">SHA-256 of its public key: a box that joins anew, with another one, begins anew.</param>
/// <param name="Boot">With <paramref name="Sequence"/>, of the last message believed.</param>
/// <param name="ClockBehindMs">Its clock's lag behind ours.</param>
public sealed record PeerMark(string Key, long Boot, long Sequence, double ClockBehindMs)
{
    /// <summary>More is no clock.</summary>
    private static readonly TimeSpan MostBehind = TimeSpan.FromDays(365_000);

    public TimeSpan ClockBehind => Math.Abs(ClockBehindMs) < MostBehind.TotalMilliseconds ? TimeSpan.FromMilliseconds(ClockBehindMs) : TimeSpan.Zero;

    /// <summary>By box.</summary>
    public static byte[] ToUtf8(IReadOnlyDictionary<string, PeerMark> marks) =>
        JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, PeerMark>(marks), PeerMarkJson.Default.DictionaryStringPeerMark);

    /// <exception cref="JsonException">It is not that file.</exception>
    public static IReadOnlyDictionary<string, PeerMark> Parse(ReadOnlySpan<byte> utf8) =>
        JsonSerializer.Deserialize(utf8, PeerMarkJson.Default.DictionaryStringPeerMark) ?? throw new JsonException("it is null");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Dictionary<string, PeerMark>))]
internal sealed partial class PeerMarkJson : JsonSerializerContext;
