// Modes of files: the agent is for Linux.
#pragma warning disable CA1416

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.FunctionalTests.Fakes;

namespace DVStakers.Edge.FunctionalTests.Mesh;

/// <summary>A cluster on this machine: its CA, and a cluster directory for each box.</summary>
internal sealed class TestCluster : IDisposable
{
    public const string Name = "kili";
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("cluster-");
    private readonly Dictionary<string, X509Certificate2> certificates = [];
    private readonly Dictionary<string, int> ports = [];
    private readonly Dictionary<string, int> reachedAt = [];
    private readonly X509Certificate2 ca = Authority();
    private readonly CertificateRevocationListBuilder revoked = new();
    private readonly List<RemovedMember> removed = [];
    private long version;

    /// <param name="boxes">Members with a broker.</param>
    public TestCluster(params string[] boxes)
    {
        foreach (var box in boxes)
        {
            reachedAt[box] = ports[box] = Ports.Free();
            certificates[box] = Issue(box, box, Now.AddDays(-1), Now.AddDays(30));
        }
        WriteRoster();
    }

    /// <summary>A member without a broker.</summary>
    public void Add(string box)
    {
        certificates[box] = Issue(box, box, Now.AddDays(-1), Now.AddDays(30));
        WriteRoster();
    }

    public void Remove(string box)
    {
        revoked.AddEntry(certificates[box], Now.AddMinutes(-1));
        removed.Add(new(box, certificates[box].SerialNumber, Now));
        certificates.Remove(box);
        WriteRoster();
    }

    /// <summary>Where the broker of this box listens.</summary>
    public int Port(string box) => ports[box];

    /// <summary>
    /// From now on the roster says another port for the broker of this box. Whoever opens a relay there opens it when the broker is up: mosquitto 2.0.11
    /// does not survive a bridge to a port that takes connections and drops them at once.
    /// </summary>
    public int Detour(string box)
    {
        reachedAt[box] = Ports.Free();
        WriteRoster();
        return reachedAt[box];
    }

    /// <summary>The cluster directory of a box.</summary>
    public string DirectoryOf(string box) => Path.Combine(root.FullName, box);

    /// <summary>A directory with a certificate of that name that is no member's; of this CA, or of another with the same name.</summary>
    public string Impostor(string name, bool ofThisCa = true, double days = 30)
    {
        var folder = $"impostor-{name}-{ofThisCa}-{days}";
        using var other = ofThisCa ? null : Authority();
        using var certificate = Issue(folder, name, Now.AddDays(-60), Now.AddDays(days), other);
        return DirectoryOf(folder);
    }

    public void Dispose()
    {
        foreach (var certificate in certificates.Values.Append(ca))
            certificate.Dispose();
        root.Delete(recursive: true);
    }

    private void WriteRoster()
    {
        var roster = new Roster
        {
            Schema = 1,
            Cluster = Name,
            Version = ++version,
            Issued = Now,
            Members = [.. certificates.Select(c => new Member
            {
                Box = c.Key,
                Certificate = c.Value.ExportCertificatePem(),
                Broker = reachedAt.TryGetValue(c.Key, out var port) ? $"127.0.0.1:{port}" : null,
            })],
            Removed = removed,
        };
        foreach (var box in certificates.Keys)
        {
            File.WriteAllBytes(Path.Combine(DirectoryOf(box), "roster.json"), roster.ToUtf8());
            File.WriteAllText(Path.Combine(DirectoryOf(box), "crl.pem"),
                PemEncoding.WriteString("X509 CRL", revoked.Build(ca, version, Now.AddYears(1), HashAlgorithmName.SHA256, thisUpdate: Now.AddMinutes(-1))));
        }
    }

    /// <summary>Makes a certificate and writes it, its key and the cluster's CA into the folder.</summary>
    private X509Certificate2 Issue(string folder, string name, DateTimeOffset from, DateTimeOffset to, X509Certificate2? by = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.1"), new("1.3.6.1.5.5.7.3.2")], critical: false));
        var certificate = request.Create(by ?? ca, from, to, RandomNumberGenerator.GetBytes(8));

        Directory.CreateDirectory(DirectoryOf(folder));
        File.WriteAllText(Path.Combine(DirectoryOf(folder), "ca.crt"), ca.ExportCertificatePem());
        File.WriteAllText(Path.Combine(DirectoryOf(folder), "box.crt"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(DirectoryOf(folder), "box.key"), key.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(Path.Combine(DirectoryOf(folder), "box.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return certificate;
    }

    private static X509Certificate2 Authority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kili", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(Now.AddDays(-90), Now.AddDays(900));
    }
}
