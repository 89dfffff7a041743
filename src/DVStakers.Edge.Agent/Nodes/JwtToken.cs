using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace DVStakers.Edge.Agent.Nodes;

/// <summary>The engine port's authentication (Engine API, authentication.md): HS256 over an <c>iat</c> claim that is at most a minute old.</summary>
internal static class JwtToken
{
    private static readonly string Header = Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8);

    public static string Create(ReadOnlySpan<byte> secret, DateTimeOffset now)
    {
        var claims = Base64Url.EncodeToString(Encoding.ASCII.GetBytes($$"""{"iat":{{now.ToUnixTimeSeconds()}}}"""));
        var signed = $"{Header}.{claims}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>The 32 bytes of a secret file: hexadecimal, with or without 0x, white space around it.</summary>
    /// <exception cref="FormatException">It is something else; the message does not repeat it.</exception>
    public static byte[] ParseSecret(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            text = text[2..];
        if (text.Length != 64)
            throw new FormatException($"64 hexadecimal digits are needed, {text.Length} characters are there");
        foreach (var c in text)
            if (!char.IsAsciiHexDigit(c))
                throw new FormatException("a character that is no hexadecimal digit is in it");
        return Convert.FromHexString(text);
    }
}
