using System.Security.Cryptography;
using System.Text;

namespace DVStakers.Edge.Agent.Config;

/// <summary>The token of the engine API (execution-apis, authentication): JWT, HS256, with the time of issue as its only claim.</summary>
internal static class EngineToken
{
    public static string Of(string secretFileText, DateTimeOffset now)
    {
        var hex = secretFileText.Trim();
        var key = Convert.FromHexString(hex.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? hex.AsSpan(2) : hex);
        var signed = $"{Base64Url("""{"alg":"HS256","typ":"JWT"}"""u8)}.{Base64Url(Encoding.ASCII.GetBytes($$"""{"iat":{{now.ToUnixTimeSeconds()}}}"""))}";
        return $"{signed}.{Base64Url(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Base64Url(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
