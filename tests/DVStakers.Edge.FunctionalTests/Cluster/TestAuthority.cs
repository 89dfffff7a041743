using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Core.Cluster;

namespace DVStakers.Edge.FunctionalTests.Cluster;

/// <summary>A cluster's CA in memory, and the boxes that it makes members.</summary>
internal sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly Dictionary<string, X509Certificate2> boxes = [];

    public TestAuthority()
    {
        var request = new CertificateRequest("CN=CA of the test", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        Certificate = request.CreateSelfSigned(Now.AddDays(-20), Now.AddDays(20));
    }

    public X509Certificate2 Certificate { get; }

    /// <summary>With its key; the same for the same name.</summary>
    public X509Certificate2 Of(string box) => boxes.TryGetValue(box, out var known) ? known : boxes[box] = Issue(box, Now.AddDays(10));

    public X509Certificate2 Issue(string box, DateTimeOffset notAfter)
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={box}", own, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.1"), new("1.3.6.1.5.5.7.3.2")], false));
        using var certificate = request.Create(Certificate, Now.AddDays(-10), notAfter, RandomNumberGenerator.GetBytes(8));
        return certificate.CopyWithPrivateKey(own);
    }

    public Member Member(string box, Uri? gateway = null) => new() { Box = box, Gateway = gateway, Shares = 3, Certificate = Of(box).ExportCertificatePem() };

    public static Roster RosterOf(params Member[] members) =>
        new() { Schema = 1, Cluster = "kili", Version = 1, Issued = Now, Threshold = 6, Members = members };

    public byte[] Signed(Roster roster) => SignedJson.Sign(roster.ToUtf8(), Roster.Place, key);

    public Membership Membership(string box, Roster roster) => new(box, Of(box), Certificate, roster);

    public void Dispose()
    {
        key.Dispose();
        Certificate.Dispose();
        foreach (var certificate in boxes.Values)
            certificate.Dispose();
    }
}
