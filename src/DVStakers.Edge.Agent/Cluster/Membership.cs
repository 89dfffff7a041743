using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DVStakers.Edge.Core.Cluster;

namespace DVStakers.Edge.Agent.Cluster;

/// <summary>What this box is and holds in its cluster. Thread-safe; the roster may be replaced while it is in use.</summary>
internal sealed class Membership(string box, X509Certificate2 certificate, X509Certificate2 ca, Roster roster, string? directory = null) : IDisposable
{
    private ReadOnlyMemory<byte>? signedRoster;
    private readonly ECDsa key = certificate.GetECDsaPrivateKey() ?? throw new ArgumentException("The certificate has no ECDSA private key.", nameof(certificate));
    private volatile Roster roster = roster;

    public static Membership? Load(string directory)
    {
        var roster = Path.Combine(directory, "roster.json");
        if (!File.Exists(roster))
            return null;
        try
        {
            var certificate = X509Certificate2.CreateFromPemFile(Path.Combine(directory, "box.crt"), Path.Combine(directory, "box.key"));
            var ca = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(directory, "ca.crt"));
            var bytes = File.ReadAllBytes(roster);
            return new(certificate.GetNameInfo(X509NameType.SimpleName, false), certificate, ca,
                Roster.Parse(SignedJson.TrySplit(bytes, out var json, out _) ? json : bytes), directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or RosterException)
        {
            throw new MembershipException($"{directory}: {e.Message}");
        }
    }

    public string Box => box;
    public X509Certificate2 Certificate => certificate;
    public X509Certificate2 Ca => ca;
    public Roster Roster { get => roster; set => roster = value; }

    /// <summary>The roster as the CA signed it, for the other boxes; null where it was written by hand.</summary>
    public ReadOnlyMemory<byte>? SignedRoster => signedRoster;

    public byte[] Sign(ReadOnlySpan<byte> json, string place)
    {
        lock (key)
            return SignedJson.Sign(json, place, key);
    }

    public ECDsa? KeyOf(string member, DateTimeOffset now)
    {
        if (roster.Find(member) is not { } found)
            return null;
        using var its = X509Certificate2.CreateFromPem(found.Certificate);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(ca);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        return chain.Build(its) ? its.GetECDsaPublicKey() : null;
    }

    public bool Adopt(ReadOnlySpan<byte> bytes, out string why)
    {
        using var caKey = ca.GetECDsaPublicKey()!;
        if (!SignedJson.TrySplit(bytes, out var json, out var signature) || !SignedJson.Verify(json, signature, Roster.Place, caKey))
        {
            why = "it is not signed by the cluster's CA";
            return false;
        }
        var next = Roster.Parse(json);
        if (next.Version <= roster.Version)
        {
            why = $"version {next.Version} is not newer than {roster.Version}";
            return false;
        }
        if (directory is not null)
            File.WriteAllBytes(Path.Combine(directory, "roster.json"), bytes.ToArray());
        signedRoster = bytes.ToArray();
        (roster, why) = (next, "");
        return true;
    }

    public Member? Identify(X509Certificate2 peer, DateTimeOffset now, out string why)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(ca);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        why = "";
        if (!chain.Build(peer))
        {
            why = string.Join("; ", chain.ChainStatus.Select(s => s.StatusInformation));
            return null;
        }
        var name = peer.GetNameInfo(X509NameType.SimpleName, false);
        if (Roster.Find(name) is not { } member)
        {
            why = $"{name} is not on the roster";
            return null;
        }
        using var known = X509Certificate2.CreateFromPem(member.Certificate);
        if (known.RawDataMemory.Span.SequenceEqual(peer.RawDataMemory.Span))
            return member;
        why = $"not the certificate that the roster has for {name}";
        return null;
    }

    public void Dispose() => key.Dispose();
}

/// <summary>A cluster directory that cannot be used; the message names the file and the remedy.</summary>
internal sealed class MembershipException(string message) : Exception(message);
