using DVStakers.Edge.Linux.Mosquitto;

namespace DVStakers.Edge.Tests.Linux;

public sealed class TlsWordsTests
{
    private static readonly MosquittoTls Tls = new("/c/ca.crt", "/c/box.crt", "/c/box.key");

    [Theory]
    [InlineData("OpenSSL Error[0]: error:0A000086:SSL routines::certificate verify failed", "it is not from an authority in /c/ca.crt, or it has expired, or it is not for the name broker.example")]
    [InlineData("OpenSSL Error[0]: error:0A000415:SSL routines::sslv3 alert certificate expired", "refuses the certificate /c/box.crt: it has expired")]
    [InlineData("OpenSSL Error[0]: error:0A000415:SSL routines::ssl/tls alert certificate expired", "it has expired")]
    [InlineData("OpenSSL Error[0]: error:0A000418:SSL routines::tlsv1 alert unknown ca", "from an authority that the broker does not know")]
    [InlineData("OpenSSL Error[0]: error:05800074:x509 certificate routines::key values mismatch", "the key /c/box.key is not that of the certificate /c/box.crt")]
    [InlineData("OpenSSL Error[0]: error:0A00010B:SSL routines::wrong version number", "does not speak TLS")]
    [InlineData("OpenSSL Error[0]: error:0A000FFF:SSL routines::something new", "TLS failed: something new")]
    public void An_error_of_OpenSSL_becomes_words_that_name_the_files(string line, string words) =>
        Assert.Contains(words, TlsWords.Of(line, Tls, "broker.example"));

    [Fact]
    public void Another_line_is_not_about_TLS() => Assert.Null(TlsWords.Of("Error: out of paper", Tls, "broker.example"));
}
