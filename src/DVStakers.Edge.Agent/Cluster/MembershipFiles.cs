using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using DVStakers.Edge.Core.Cluster;

namespace DVStakers.Edge.Agent.Cluster;

/// <summary>Reads a membership from the cluster directory, and puts a newer roster there.</summary>
internal static class MembershipFiles
{
    private const string Anew = "bring it back from your copy, or join anew with an invitation";

    /// <summary>Null: no roster there, so not a member.</summary>
    /// <exception cref="MembershipException">It names the file and the remedy.</exception>
    public static (string Box, Standing Standing)? Load(ClusterDirectory directory)
    {
        if (directory.Read(ClusterDirectory.RosterFile) is not { } bytes)
            return null;
        var ca = ReadCa(directory);
        var file = directory.In(ClusterDirectory.BoxCertificate);
        using var bare = Certificates.Read(file, directory.Need(ClusterDirectory.BoxCertificate, Anew));
        var keyFile = directory.In(ClusterDirectory.BoxKey);
        var pem = directory.Need(ClusterDirectory.BoxKey, Anew);
        directory.CheckKeyMode(ClusterDirectory.BoxKey);
        using var key = KeyFile.Read(keyFile, pem);
        if (!KeyFile.Fits(key, bare))
            throw new MembershipException(keyFile, $"it is not the key of {file}; {Anew}");
        if (!Certificates.IsIssuedBy(bare, ca))
            throw new MembershipException(file, $"it was not issued by {directory.In(ClusterDirectory.CaCertificate)} itself; put there a certificate of that CA, or the CA of this certificate");
        var box = Certificates.BoxOf(bare) ?? throw new MembershipException(file, "its subject must have one common name (CN), the box's; have the CA issue it so");

        var (roster, signed) = ReadRoster(directory, bytes, ca);
        var standing = new Standing(bare.CopyWithPrivateKey(key), ca, roster, signed ? bytes : null);
        if (standing.RemovedBy(bare) is { } removed)
            throw new MembershipException(directory.In(ClusterDirectory.RosterFile), $"'{box}' was removed from cluster {roster.Cluster} on {removed.At:yyyy-MM-dd HH:mm} UTC; to join anew, move {directory.Path} away and ask for an invitation");
        if (standing.Find(box) is not { } self)
            throw new MembershipException(directory.In(ClusterDirectory.RosterFile), $"'{box}', whom {file} names, is not on it; put the box on the roster, or take the roster that came with the certificate");
        if (self.Certificate is null || !Certificates.Same(self.Certificate, bare))
            throw new MembershipException(file, $"it is not the certificate that the roster has for '{box}', so the others refuse it; take the one of the roster, or renew on the box that made the cluster: dvstakers-edge cluster renew");
        SaveCrl(directory, roster);
        return (box, standing);
    }

    /// <summary>Empty: the one may follow the other; else why not.</summary>
    public static string Succession(Roster present, Roster next) =>
        next.Cluster != present.Cluster ? $"it is of cluster {next.Cluster}, and this box is in {present.Cluster}"
        : next.Version <= present.Version ? $"it has version {next.Version}, and this box has {(next.Version == present.Version ? "that" : $"version {present.Version}")} already"
        : "";

    /// <summary>
    /// Puts a roster with the CA's signature into the directory, and, where it has the certificate for the key that this box waits with, that certificate too;
    /// then returns it with its key. The roster is written last: it makes the rest count, and if this is broken off before, it can be done again.
    /// </summary>
    /// <exception cref="MembershipException">It cannot be written.</exception>
    public static X509Certificate2? Install(ClusterDirectory directory, X509Certificate2 ca, Roster roster, ReadOnlySpan<byte> signed)
    {
        X509Certificate2? renewed = null;
        if (directory.Read(ClusterDirectory.PendingKey) is { } pem)
        {
            using var key = KeyFile.Read(directory.In(ClusterDirectory.PendingKey), pem);
            using var certificate = Find(roster, key, ca);
            if (certificate is not null)
            {
                directory.WriteKey(ClusterDirectory.BoxKey, key.ExportPkcs8PrivateKeyPem());
                directory.Write(ClusterDirectory.BoxCertificate, Certificates.ToPem(certificate), ClusterDirectory.ForAll);
                renewed = certificate.CopyWithPrivateKey(key);
            }
        }
        SaveCrl(directory, roster, mustBeSaved: true);
        directory.Write(ClusterDirectory.RosterFile, signed, ClusterDirectory.ForAll);
        if (renewed is not null)
            directory.Delete(ClusterDirectory.PendingKey);
        return renewed;
    }

    /// <summary>The certificate that the roster has for this key; null where it has none that the CA issued.</summary>
    public static X509Certificate2? Find(Roster roster, ECDsa key, X509Certificate2 ca)
    {
        foreach (var member in roster.Members)
            if (Certificates.TryRead(member.Certificate) is { } certificate)
            {
                if (KeyFile.Fits(key, certificate) && Certificates.BoxOf(certificate) == member.Box && Certificates.IsIssuedBy(certificate, ca))
                    return certificate;
                certificate.Dispose();
            }
        return null;
    }

    public static X509Certificate2 ReadCa(ClusterDirectory directory) =>
        Certificates.Read(directory.In(ClusterDirectory.CaCertificate), directory.Need(ClusterDirectory.CaCertificate, Anew));

    /// <summary>The roster of this disk.</summary>
    public static (Roster Roster, bool Signed) ReadRoster(ClusterDirectory directory, byte[] bytes, X509Certificate2 ca)
    {
        try
        {
            using var key = Certificates.KeyOf(ca);
            return (Roster.ParseOwn(bytes, key, out var signed), signed);
        }
        catch (RosterException e)
        {
            throw new MembershipException(directory.In(ClusterDirectory.RosterFile), e.Message);
        }
    }

    /// <summary>The roster's revocation list in the form that a broker reads.</summary>
    private static void SaveCrl(ClusterDirectory directory, Roster roster, bool mustBeSaved = false)
    {
        if (roster.Crl is not { } crl)
            return;
        try
        {
            var bytes = Encoding.ASCII.GetBytes(crl);
            if (directory.Read(ClusterDirectory.CrlFile) is not { } present || !present.AsSpan().SequenceEqual(bytes))
                directory.Write(ClusterDirectory.CrlFile, bytes, ClusterDirectory.ForAll);
        }
        catch (MembershipException) when (!mustBeSaved)
        {
            // Whoever only reads the membership, another user perhaps, need not be able to write.
        }
    }
}
