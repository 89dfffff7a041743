using System.Security.Cryptography;
using System.Text;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Tests.Core.Cluster;

namespace DVStakers.Edge.Fuzz.Decoder;

/// <summary>The keys of a cluster's boxes: those of its certificates, or the quick ones.</summary>
internal sealed class Keys(CertifiedCluster? certified)
{
    private readonly Dictionary<string, ECDsa> keys = Cluster.Boxes.ToDictionary(b => b, b => certified?.KeyOf(b) ?? new QuickKey(b));

    public ECDsa Of(string box) => keys[box];

    /// <summary>Whatever the JSON is; it only must end with a brace.</summary>
    public static byte[] Sign(ReadOnlySpan<byte> json, string place, ECDsa key) => SignedJson.Sign(json.EndsWith("}"u8) ? json : [.. json, (byte)'}'], place, key);

    /// <summary>By the rule as docs/mqtt.md has it, and not by the product: topic, a zero byte, and the message without its last member.</summary>
    public static bool Signed(ReadOnlySpan<byte> message, string topic, ECDsa key, out byte[] json)
    {
        json = [];
        if (message.Length < 105)
            return false;
        var tail = Encoding.Latin1.GetString(message[^104..]);
        var text = tail[14..^2];
        if (!tail.StartsWith(",\"signature\":\"", StringComparison.Ordinal) || !tail.EndsWith("\"}", StringComparison.Ordinal)
            || text.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('+' or '/' or '=')))
            return false;
        try
        {
            var signature = Convert.FromBase64String(text);
            json = [.. message[..^104], (byte)'}'];
            return signature.Length == 64 && key.VerifyHash(SHA256.HashData([.. Encoding.UTF8.GetBytes(topic), 0, .. json]), signature);
        }
        catch (FormatException)
        {
            return false;
        }
    }
}

/// <summary>The cluster that all inputs are of. We are node-1.</summary>
internal static class Cluster
{
    public const string Self = "node-1";
    public static readonly string[] Boxes = [Self, "friend", "cloud", "rogue"];

    public static string Topic(string box) => $"dvstakers/kili/{box}/health";
}
