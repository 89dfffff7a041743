using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace DVStakers.Edge.FunctionalTests.Whole;

/// <summary>Somebody at a peer gateway, with the certificate in a cluster directory or with none; he writes whatever he likes.</summary>
internal static class GatewayClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <param name="directory">Null: no certificate.</param>
    public static X509Certificate2? Certificate(string? directory) =>
        directory is null ? null : X509Certificate2.CreateFromPemFile(Path.Combine(directory, "box.crt"), Path.Combine(directory, "box.key"));

    /// <summary>The whole answer to one request, which must ask to close; empty where he was not let in.</summary>
    public static async Task<string> Ask(int port, string? directory, string request)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var certificate = Certificate(directory);
        using var connection = new TcpClient();
        await connection.ConnectAsync("127.0.0.1", port, limit.Token);
        await using var tls = new SslStream(connection.GetStream());
        var answer = new MemoryStream();
        try
        {
            await tls.AuthenticateAsClientAsync(Options(certificate), limit.Token);
            await tls.WriteAsync(Encoding.ASCII.GetBytes(request), limit.Token);
            await tls.CopyToAsync(answer, limit.Token);
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            // With TLS 1.3 a refusal comes after the handshake.
        }
        return Encoding.UTF8.GetString(answer.ToArray());
    }

    /// <summary>A client as the agents have one: connections stay open.</summary>
    public static HttpClient Of(int port, string directory, string lender = "alpha") => new(new SocketsHttpHandler { SslOptions = Options(Certificate(directory), lender) })
    {
        BaseAddress = new Uri($"https://127.0.0.1:{port}"),
        Timeout = Patience,
    };

    private static SslClientAuthenticationOptions Options(X509Certificate2? certificate, string lender = "alpha") => new()
    {
        TargetHost = "127.0.0.1",
        LocalCertificateSelectionCallback = certificate is null ? null : (_, _, _, _, _) => certificate,
        ClientCertificates = certificate is null ? null : [certificate],
        RemoteCertificateValidationCallback = (_, shown, _, _) => shown!.Subject == $"CN={lender}",
    };
}
