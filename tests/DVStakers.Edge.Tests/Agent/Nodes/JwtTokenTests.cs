using DVStakers.Edge.Agent.Nodes;

namespace DVStakers.Edge.Tests.Agent.Nodes;

public sealed class JwtTokenTests
{
    // Computed with openssl, not with this code:
    // printf %s "$header.$claims" | openssl dgst -sha256 -mac HMAC -macopt hexkey:0001..1f -binary | basenc --base64url
    private const string ByOpenSsl = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpYXQiOjE3MDAwMDAwMDB9.uAxdaUtr1_HpYPtNDLNlQ_sHMiP5eBV-ra8EjL3ScS8";

    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Fact]
    public void A_token_is_the_one_that_openssl_makes() =>
        Assert.Equal(ByOpenSsl, JwtToken.Create(Secret, DateTimeOffset.FromUnixTimeSeconds(1_700_000_000)));

    [Theory]
    [InlineData("{0}")]
    [InlineData("0x{0}")]
    [InlineData("0X{0}\n")]
    [InlineData(" \t{0}\r\n")]
    public void A_secret_file_may_have_0x_and_white_space(string format) =>
        Assert.Equal(Secret, JwtToken.ParseSecret(string.Format(System.Globalization.CultureInfo.InvariantCulture, format, Convert.ToHexString(Secret))));

    [Theory]
    [InlineData("")]
    [InlineData("0x")]
    [InlineData("secret-words-that-are-no-hexadecimal-but-64-characters-long-xxxxx")]
    [InlineData("zz00000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0x000000000000000000000000000000000000000000000000000000000000000")]
    public void Anything_else_is_refused_without_repeating_it(string text)
    {
        var e = Assert.Throws<FormatException>(() => JwtToken.ParseSecret(text));
        if (text.Length > 2)
            Assert.DoesNotContain(text[..2] == "0x" ? text[2..] : text, e.Message);
    }
}
