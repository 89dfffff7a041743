using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Cluster;

/// <summary>The box at the other end of a connection, as its certificate says.</summary>
/// <param name="Thumbprint">SHA-256 of the certificate: a member that is removed and invited again is another.</param>
/// <param name="NotAfter">Until when it is valid: a connection may outlive it.</param>
internal sealed record Borrower(string Box, string Thumbprint, DateTimeOffset NotAfter);

/// <summary>
/// TLS at which both sides show their certificate, in front of a listener (RFC 8446; TLS 1.2 for old OpenSSL). Nothing of a connection reaches the listener
/// before its certificate was found good; what it was found to be goes with it, as <see cref="Borrower"/>.
/// </summary>
/// <param name="own">This box's certificate, with its key; it may be renewed meanwhile.</param>
/// <param name="admit">Whose certificate this is; null and why where it opens nothing.</param>
internal sealed class MutualTls(Func<X509Certificate2> own, MutualTls.Admit admit, TimeProvider time, ILogger log)
{
    public delegate string? Admit(X509Certificate2 shown, out string why);

    /// <summary>Three round trips of a bad satellite link.</summary>
    private static readonly TimeSpan HandshakeWithin = TimeSpan.FromSeconds(5);

    private volatile Shown shown = new(own());

    public ConnectionDelegate Around(ConnectionDelegate next) => connection => Serve(connection, next);

    private async Task Serve(ConnectionContext connection, ConnectionDelegate next)
    {
        // 1. The handshake.
        var plain = connection.Transport;
        await using var tls = new SslStream(new TransportStream(plain), leaveInnerStreamOpen: true);
        if (await Handshake(tls, connection).ConfigureAwait(false) is not { } borrower)
            return;

        // 2. From here on the listener reads and writes what is inside.
        connection.Features.Set(borrower);
        var inside = new Inside(PipeReader.Create(tls), PipeWriter.Create(tls));
        connection.Transport = inside;
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            connection.Transport = plain;
            await inside.Input.CompleteAsync().ConfigureAwait(false);
            await Complete(inside.Output).ConfigureAwait(false);
        }
    }

    private async Task<Borrower?> Handshake(SslStream tls, ConnectionContext connection)
    {
        Borrower? borrower = null;
        var why = "it showed no certificate";
        using var limit = new CancellationTokenSource(HandshakeWithin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, connection.ConnectionClosed);
        try
        {
            await tls.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = Current().Context,
                    ClientCertificateRequired = true,
                    RemoteCertificateValidationCallback = (_, theirs, _, _) => (borrower = Known(theirs)) is not null,
                    EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                    CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                    // A resumed session would show the certificate of a time when it was good.
                    AllowTlsResume = false,
                },
                either.Token).ConfigureAwait(false);
            return borrower;
        }
        catch (Exception e) when (e is AuthenticationException or IOException or OperationCanceledException or ConnectionAbortedException)
        {
            log.NotAdmitted(connection.RemoteEndPoint?.ToString() ?? "somewhere", borrower is null ? $"{why} ({e.Message})" : e.Message);
            return null;
        }

        Borrower? Known(X509Certificate? theirs)
        {
            if (theirs is not X509Certificate2 certificate)
                return null;
            return admit(certificate, out why) is { } box ? new Borrower(box, certificate.GetCertHashString(HashAlgorithmName.SHA256), certificate.NotAfter.ToUniversalTime()) : null;
        }
    }

    private static async Task Complete(PipeWriter output)
    {
        try
        {
            await output.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ConnectionAbortedException or OperationCanceledException)
        {
            // What was still to be written has nobody to go to.
        }
    }

    private Shown Current()
    {
        var now = own();
        return ReferenceEquals(shown.Certificate, now) ? shown : shown = new Shown(now);
    }

    /// <summary>A certificate, and what the handshakes need of it.</summary>
    private sealed class Shown(X509Certificate2 certificate)
    {
        public X509Certificate2 Certificate { get; } = certificate;
        public SslStreamCertificateContext Context { get; } = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
    }

    private sealed record Inside(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
