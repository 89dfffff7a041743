namespace DVStakers.Edge.Linux.Mosquitto;

/// <summary>
/// What OpenSSL's errors mean for a person. libmosquitto writes them to its log and returns one code for all. A refusal of our certificate comes as an alert of
/// the broker, with TLS 1.3 only after the library believes itself connected; why the broker's certificate was refused, OpenSSL doesn't tell it.
/// </summary>
internal static class TlsWords
{
    /// <summary>Part of OpenSSL's reason, in any of its versions, and what it means.</summary>
    private static readonly (string Reason, string Words)[] Table =
    [
        ("certificate verify failed", "the broker's certificate is not accepted: it is not from an authority in {0}, or it has expired, or it is not for the name {1}"),
        ("host name verification failed", "the broker's certificate is not for the name {1}"),
        ("alert certificate expired", "the broker refuses the certificate {2}: it has expired"),
        ("alert certificate revoked", "the broker refuses the certificate {2}: it was revoked"),
        ("alert unknown ca", "the broker refuses the certificate {2}: it is from an authority that the broker does not know"),
        ("alert decrypt error", "the broker refuses the certificate {2}: it is from another authority of the same name"),
        ("alert certificate required", "the broker wants a certificate, and none is configured"),
        ("alert bad certificate", "the broker refuses the certificate {2}"),
        ("alert handshake failure", "the broker and this machine have no way of encryption in common, or the broker wants a certificate that was not given"),
        ("wrong version number", "what listens there does not speak TLS"),
        ("key values mismatch", "the key {3} is not that of the certificate {2}"),
        ("unable to load client certificate", "{2} holds no certificate that OpenSSL takes"),
        ("unable to load client key", "{3} holds no key that OpenSSL takes"),
        ("unable to load ca certificates", "{0} holds no certificate that OpenSSL takes"),
    ];

    /// <param name="line">As libmosquitto logged it.</param>
    /// <returns>Null: the line is not about TLS.</returns>
    public static string? Of(string line, MosquittoTls tls, string host)
    {
        foreach (var (reason, words) in Table)
            if (line.Contains(reason, StringComparison.OrdinalIgnoreCase))
                return string.Format(null, words, tls.CaFile, host, tls.CertificateFile ?? "(none)", tls.KeyFile ?? "(none)");
        return line.Contains("OpenSSL", StringComparison.Ordinal) ? $"TLS failed: {line[(line.LastIndexOf(':') + 1)..].Trim()}" : null;
    }
}
