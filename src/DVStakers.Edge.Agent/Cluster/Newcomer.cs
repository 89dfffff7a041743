using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using DVStakers.Edge.Core.Cluster;

namespace DVStakers.Edge.Agent.Cluster;

/// <summary>What is done on a box for its own membership: ask for a certificate, take it, take a newer roster. Each returns what to tell the person who did it.</summary>
internal sealed class Newcomer(ClusterDirectory directory, TimeProvider time)
{
    /// <summary>Makes this box's key, keeps it here, and writes what its certificate is asked with.</summary>
    /// <param name="file">The invitation's name, for messages.</param>
    public string Ask(string file, byte[] bytes, string? output)
    {
        var invitation = Invitation.Parse(bytes);
        if (directory.Read(ClusterDirectory.RosterFile) is not null)
            throw new MembershipException(directory.In(ClusterDirectory.RosterFile), $"this box is a member of a cluster already (sudo dvstakers-edge cluster list); to join {invitation.Cluster} instead, move {directory.Path} away, or name another directory with --dir");
        if (time.GetUtcNow() > invitation.Expires)
            throw new MembershipException(file, $"it expired on {invitation.Expires:yyyy-MM-dd HH:mm} UTC, and it is {time.GetUtcNow():yyyy-MM-dd HH:mm} by this box's clock; have this box invited again");
        directory.Create();
        var ca = Certificates.Read(file, Encoding.ASCII.GetBytes(invitation.Ca));
        if (directory.Read(ClusterDirectory.CaCertificate) is { } other && !Certificates.Same(Certificates.Read(directory.In(ClusterDirectory.CaCertificate), other), ca))
            throw new MembershipException(directory.In(ClusterDirectory.CaCertificate), $"it is the CA of another cluster than {invitation.Cluster}; move {directory.Path} away, or name another directory with --dir");

        using var key = PendingKey();
        directory.Write(ClusterDirectory.CaCertificate, Certificates.ToPem(ca), ClusterDirectory.ForAll);
        var request = new JoinRequest { Cluster = invitation.Cluster, Seat = invitation.Seat, Invitation = invitation.Id, Pkcs10 = Pkcs10(invitation.Seat.Box, key) };
        return Hand(request.Sign(invitation.ProofKey), invitation.Seat.Box, output);
    }

    /// <summary>Asks for a new certificate, for a new key, by the present one.</summary>
    /// <param name="change">What is different from now on.</param>
    public string Renew(Func<Seat, Seat> change, string? output)
    {
        if (MembershipFiles.Load(directory) is not var (box, standing))
            throw NoMember(directory);
        if (standing.Signed is null)
            throw new MembershipException(directory.In(ClusterDirectory.RosterFile), "it was written by hand, so the certificates come from your own CA: renew there, put box.crt and box.key here, and the certificate onto every box's roster.json");
        var seat = change(standing.Roster.Find(box)!.Seat);
        RosterRules.Check(seat);
        using var key = PendingKey();
        var request = new JoinRequest { Cluster = standing.Roster.Cluster, Seat = seat, Pkcs10 = Pkcs10(box, key) };
        return Hand(request.Sign(standing.Key), box, output);
    }

    /// <summary>Takes a roster from elsewhere: the first one, which makes this box a member, or a newer one.</summary>
    public string Take(string file, byte[] bytes) => Take(file, bytes, out _);

    /// <inheritdoc cref="Take(string, byte[])"/>
    /// <param name="certified">This box has a new certificate by it.</param>
    public string Take(string file, byte[] bytes, out bool certified)
    {
        if (!directory.Has(ClusterDirectory.CaCertificate))
            throw new MembershipException(file, $"this is a roster or a grant, and there is no CA in {directory.Path} to check it by: begin with an invitation, made on the box that made the cluster with: sudo dvstakers-edge cluster invite BOX");
        using var ca = MembershipFiles.ReadCa(directory);
        using var caKey = Certificates.KeyOf(ca) ?? throw new MembershipException(directory.In(ClusterDirectory.CaCertificate), "its key is not ECDSA over P-256, so it signs no rosters: copy roster.json there by hand");
        var roster = Roster.ParseSigned(bytes, caKey);
        var present = directory.Read(ClusterDirectory.RosterFile) is { } own ? MembershipFiles.ReadRoster(directory, own, ca).Roster : null;
        if (present is not null)
        {
            if (MembershipFiles.Succession(present, roster) is { Length: > 0 } why)
                throw new MembershipException(file, why);
        }
        else
            CheckGrant(file, roster, ca);

        using var certificate = MembershipFiles.Install(directory, ca, roster, bytes);
        certified = certificate is not null;
        return certificate is null
            ? $"The roster of {roster.Cluster} is version {roster.Version} here now: {string.Join(", ", roster.Members.Select(m => m.Box))}. A running agent takes it by itself. Is the broker due as well? sudo dvstakers-edge broker render --check"
            : $"This box is {Certificates.BoxOf(certificate)} in cluster {roster.Cluster}, until {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}, with {string.Join(", ", roster.Members.Select(m => m.Box).Where(b => b != Certificates.BoxOf(certificate)))}.";
    }

    public static MembershipException NoMember(ClusterDirectory directory) =>
        new(directory.Path, "this box is in no cluster: make one with: sudo dvstakers-edge cluster init NAME --box BOX, or join one with the file of an invitation: sudo dvstakers-edge cluster join FILE");

    private void CheckGrant(string file, Roster roster, X509Certificate2 ca)
    {
        using var key = KeyFile.Read(directory.In(ClusterDirectory.PendingKey),
            directory.Need(ClusterDirectory.PendingKey, "the key that this grant would be for was made here by: sudo dvstakers-edge cluster join BOX.invitation; have this box invited again"));
        using var certificate = MembershipFiles.Find(roster, key, ca);
        if (certificate is null)
            throw new MembershipException(file, $"it has no certificate for this box's key ({directory.In(ClusterDirectory.PendingKey)}): it is for another box, or older than this box's request");
    }

    /// <summary>The one that waits for its certificate already, so that a request that was lost can be made again; else a new one.</summary>
    private ECDsa PendingKey()
    {
        if (directory.Read(ClusterDirectory.PendingKey) is { } pem)
            return KeyFile.Read(directory.In(ClusterDirectory.PendingKey), pem);
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        directory.Write(ClusterDirectory.PendingKey, Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"), ClusterDirectory.OwnerOnly);
        return key;
    }

    private static string Pkcs10(string box, ECDsa key)
    {
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName(box);
        return new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
    }

    private static string Hand(byte[] request, string box, string? output)
    {
        var file = output ?? $"{box}.request";
        ClusterDirectory.WriteCarried(file, [.. request, (byte)'\n'], ClusterDirectory.ForAll);
        return $"""
            Wrote {file}; nothing in it is secret, and the key that it is for stays here. Carry it to the box that made the cluster.
            Next, there: sudo dvstakers-edge cluster join {Path.GetFileName(file)}
            """;
    }
}
