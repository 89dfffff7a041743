using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Core.Cluster;

namespace DVStakers.Edge.Tests.Core.Cluster;

/// <summary>A CA and the certificates of its boxes, in memory.</summary>
internal sealed class CertifiedCluster : IDisposable
{
    private static readonly DateTimeOffset From = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Dictionary<string, X509Certificate2> certificates = [];

    public CertifiedCluster(string name, params string[] boxes)
    {
        Ca = Certificate("CA of " + name, null);
        foreach (var box in boxes)
            certificates[box] = Certificate(box, Ca);
        Roster = new Roster
        {
            Schema = 1, Cluster = name, Version = 1, Issued = From,
            Members = [.. boxes.Select(b => new Member { Box = b, Certificate = certificates[b].ExportCertificatePem() })],
        };
    }

    public X509Certificate2 Ca { get; }
    public Roster Roster { get; }

    public ECDsa KeyOf(string box) => certificates[box].GetECDsaPrivateKey()!;

    public Membership Of(string box, string? directory = null) => new(box, certificates[box], Ca, Roster, directory);

    /// <summary>The next version without this box, signed by the CA.</summary>
    public (Roster Roster, byte[] Signed) Without(string box)
    {
        var next = Roster with
        {
            Version = Roster.Version + 1,
            Members = [.. Roster.Members.Where(m => m.Box != box)],
            Removed = [new(box, certificates[box].SerialNumber, From)],
        };
        return (next, Signed(next));
    }

    public byte[] Signed(Roster roster) => SignedJson.Sign(roster.ToUtf8(), Roster.Place, Ca.GetECDsaPrivateKey()!);

    public static X509Certificate2 Certificate(string name, X509Certificate2? issuer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(issuer is null, false, 0, true));
        if (issuer is null)
            return request.CreateSelfSigned(From, From.AddYears(40));
        using var issued = request.Create(issuer, From, From.AddYears(39), RandomNumberGenerator.GetBytes(12));
        return issued.CopyWithPrivateKey(key);
    }

    public void Dispose()
    {
        foreach (var certificate in certificates.Values)
            certificate.Dispose();
        Ca.Dispose();
    }
}
