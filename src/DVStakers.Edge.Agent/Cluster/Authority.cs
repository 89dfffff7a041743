using System.Net;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using DVStakers.Edge.Core.Cluster;

namespace DVStakers.Edge.Agent.Cluster;

/// <summary>The cluster's CA, on the one box that holds its key: gives out certificates, takes them back, signs rosters.</summary>
internal sealed class Authority : IDisposable
{
    private const int CaYears = 20;
    private const int BoxYears = 2;

    /// <summary>What is made now is valid since yesterday: the clock of another box may be behind.</summary>
    private static readonly TimeSpan Backdated = TimeSpan.FromDays(1);

    private readonly X509Certificate2 certificate;

    private Authority(X509Certificate2 certificate, ECDsa key)
    {
        this.certificate = certificate;
        Key = key;
    }

    public ECDsa Key { get; }
    public X509Certificate2 Certificate => certificate;

    public static Authority Make(string cluster, DateTimeOffset now)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = new X500DistinguishedNameBuilder();
        // The builder encodes them from the last to the first.
        name.AddCommonName(cluster);
        name.AddOrganizationName("DVStakers");
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return new(request.CreateSelfSigned(now - Backdated, now.AddYears(CaYears)), key);
    }

    /// <exception cref="MembershipException">It is not here, or not whole.</exception>
    public static Authority Load(ClusterDirectory directory)
    {
        var file = directory.In(ClusterDirectory.CaKey);
        var pem = directory.Need(ClusterDirectory.CaKey,
            "only the box that made the cluster can do this, with the CA's key; do it there, or bring that file back from your copy. A cluster with certificates of your own gets them, and roster.json, from you");
        directory.CheckKeyMode(ClusterDirectory.CaKey);
        using var ca = Certificates.Read(directory.In(ClusterDirectory.CaCertificate), directory.Need(ClusterDirectory.CaCertificate, "it belongs beside ca.key; bring both back from your copy"));
        var key = KeyFile.Read(file, pem);
        if (!KeyFile.Fits(key, ca))
            throw new MembershipException(file, $"it is not the key of {directory.In(ClusterDirectory.CaCertificate)}; bring both back from the same copy");
        return new(ca.CopyWithPrivateKey(key), key);
    }

    /// <summary>A certificate with the CN <paramref name="box"/>, for a server and a client, valid for two years.</summary>
    public X509Certificate2 Issue(PublicKey key, string box, IEnumerable<string> hosts, DateTimeOffset now)
    {
        if (now + TimeSpan.FromDays(1) > certificate.NotAfter)
            throw new MembershipException(ClusterDirectory.CaCertificate, $"the CA is valid until {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd} only: make a new cluster");
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName(box);
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(key, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        request.CertificateExtensions.Add(Names([box, "localhost", "127.0.0.1", "::1", .. hosts]));
        var from = Later(now - Backdated, certificate.NotBefore);
        var to = now.AddYears(BoxYears) is var usual && usual < certificate.NotAfter ? usual : new DateTimeOffset(certificate.NotAfter);
        var serial = RandomNumberGenerator.GetBytes(16);
        // Positive, and of full length.
        serial[0] = (byte)(serial[0] & 0x7F | 0x40);
        return request.Create(certificate, from, to, serial);
    }

    /// <summary>The roster with its revocation list, signed.</summary>
    public byte[] Sign(Roster roster, DateTimeOffset now)
    {
        var list = new CertificateRevocationListBuilder();
        foreach (var removed in roster.Removed)
            list.AddEntry(Convert.FromHexString(removed.Serial), removed.At);
        // Valid as long as the CA: a cluster whose CA box is lost must not end with its list.
        var crl = list.Build(certificate, new BigInteger(roster.Version), certificate.NotAfter, HashAlgorithmName.SHA256, null, Later(now - Backdated, certificate.NotBefore));
        var whole = roster with { Crl = PemEncoding.WriteString("X509 CRL", crl) + "\n" };
        return [.. SignedJson.Sign(whole.ToUtf8(), Roster.Place, Key), (byte)'\n'];
    }

    public void Dispose()
    {
        certificate.Dispose();
        Key.Dispose();
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static X509Extension Names(IEnumerable<string> hosts)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts.Distinct(StringComparer.OrdinalIgnoreCase))
            if (IPAddress.TryParse(host, out var address))
                names.AddIpAddress(address);
            else if (Uri.CheckHostName(host) == UriHostNameType.Dns)
                names.AddDnsName(host);
        return names.Build();
    }
}
