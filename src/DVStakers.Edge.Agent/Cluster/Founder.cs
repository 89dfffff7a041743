using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using DVStakers.Edge.Core.Cluster;

namespace DVStakers.Edge.Agent.Cluster;

/// <summary>What is done on the box that holds the CA's key: make the cluster, invite, admit, remove. Each returns what to tell the person who did it.</summary>
internal sealed class Founder(ClusterDirectory directory, TimeProvider time)
{
    private DateTimeOffset Now => DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());

    /// <exception cref="MembershipException">There is a cluster already, or it cannot be written.</exception>
    /// <exception cref="RosterException">A name or a number is not allowed.</exception>
    public string Init(string cluster, Seat seat, int threshold)
    {
        RosterRules.Check(seat);
        var empty = RosterRules.Checked(new Roster { Schema = Roster.CurrentSchema, Cluster = cluster, Version = 1, Issued = Now, Threshold = threshold, Members = [] });
        directory.Create();
        using var held = directory.Hold();
        string[] kept = [ClusterDirectory.RosterFile, ClusterDirectory.CaKey, ClusterDirectory.CaCertificate, ClusterDirectory.BoxKey, ClusterDirectory.BoxCertificate, ClusterDirectory.PendingKey];
        if (kept.FirstOrDefault(directory.Has) is { } there)
            throw new MembershipException(directory.In(there), $"it is there already, and nothing is overwritten; see: sudo dvstakers-edge cluster list. For a new cluster move {directory.Path} away, or name another directory with --dir");

        using var ca = Authority.Make(cluster, Now);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = ca.Issue(new PublicKey(key), seat.Box, seat.Hosts(), Now);
        directory.Write(ClusterDirectory.CaKey, Encoding.ASCII.GetBytes(ca.Key.ExportPkcs8PrivateKeyPem() + "\n"), ClusterDirectory.OwnerOnly);
        directory.Write(ClusterDirectory.CaCertificate, Certificates.ToPem(ca.Certificate), ClusterDirectory.ForAll);
        directory.WriteKey(ClusterDirectory.BoxKey, key.ExportPkcs8PrivateKeyPem());
        directory.Write(ClusterDirectory.BoxCertificate, Certificates.ToPem(certificate), ClusterDirectory.ForAll);
        Keep(seat.Box, certificate);
        Install(ca, empty with { Members = [seat.With(certificate.ExportCertificatePem())] });
        return $"""
            Cluster {cluster} is made, and this box is {seat.Box} in it. Keep a copy of {directory.In(ClusterDirectory.CaKey)} off this box, and give it to nobody: it makes members.
            Next, here, for each other box: sudo dvstakers-edge cluster invite BOX --gateway https://BOX-HOST:5071 --broker BOX-HOST:8883
            """;
    }

    /// <param name="output">Where the invitation goes.</param>
    public string Invite(Seat seat, TimeSpan lifetime, string output)
    {
        RosterRules.Check(seat);
        using var held = HoldMember();
        using var ca = Authority.Load(directory);
        var roster = Present(ca);
        if (roster.Find(seat.Box) is not null)
            throw new MembershipException("cluster invite", $"there is a member named {seat.Box} already; take another name, or remove it first with: sudo dvstakers-edge cluster remove {seat.Box}");

        var invitation = new Invitation
        {
            Id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)),
            Cluster = roster.Cluster,
            Seat = seat,
            Expires = Now + lifetime,
            Ca = ca.Certificate.ExportCertificatePem(),
            Secret = RandomNumberGenerator.GetBytes(Invitation.SecretBytes),
        };
        Withdraw(seat.Box);
        directory.Create(ClusterDirectory.Invitations);
        Remember(new() { Id = invitation.Id, Seat = seat, Expires = invitation.Expires, ProofKey = invitation.ProofKey });
        ClusterDirectory.WriteCarried(output, [.. invitation.Sign(ca.Key), (byte)'\n'], ClusterDirectory.OwnerOnly);
        return $"""
            Wrote {output}: it makes whoever holds it the member {seat.Box}, once, until {invitation.Expires:yyyy-MM-dd HH:mm} UTC. Carry it to that box by a way that nobody else reads.
            Next, on {seat.Box}: sudo dvstakers-edge cluster join {Path.GetFileName(output)}
            """;
    }

    /// <summary>Gives an invited box, or a member that renews, its certificate.</summary>
    /// <param name="file">The request's name, for messages.</param>
    /// <param name="output">Where the grant goes: the roster with the new certificate in it.</param>
    public string Admit(string file, byte[] bytes, string output)
    {
        using var held = HoldMember();
        using var ca = Authority.Load(directory);
        var roster = Present(ca);
        var received = JoinRequest.Parse(bytes);
        var request = received.Request;
        var pending = request.Invitation is { } id ? Recall(id) : null;
        var refusal = request.Invitation is not null ? Admission.Refusal(received, pending, roster, Now) : RenewalRefusal(received, roster);
        if (refusal is not null)
            throw new MembershipException(file, refusal);

        using var certificate = ca.Issue(AskedKey(file, request.Pkcs10), request.Seat.Box, request.Seat.Hosts(), Now);
        // Used before anything is given out: however this ends, it does not work twice.
        if (pending is not null)
            Remember(pending with { ProofKey = null, Used = Now });
        Keep(request.Seat.Box, certificate);
        var next = roster.With(request.Seat.With(certificate.ExportCertificatePem()), Now);
        var signed = Install(ca, next);
        var box = request.Seat.Box;
        if (MembershipFiles.Load(directory) is var (own, _) && own == box)
            return $"This box, {box}, has a new certificate of {roster.Cluster} until {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}, in force already; the roster is version {next.Version} now, and the agents pass it on.\nNext: sudo dvstakers-edge broker render";
        try
        {
            ClusterDirectory.WriteCarried(output, signed, ClusterDirectory.ForAll);
        }
        catch (MembershipException e)
        {
            throw new MembershipException(output, $"{e.Text}. {box} is admitted all the same: carry {directory.In(ClusterDirectory.RosterFile)} to it, which says the same");
        }
        return $"""
            {box} {(pending is null ? "has a new certificate" : "is a member")} of {roster.Cluster} until {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}; the roster is version {next.Version} now, and the agents pass it on. Wrote {output}; nothing in it is secret.
            Next, on {box}: sudo dvstakers-edge cluster join {Path.GetFileName(output)}
            And here, when all have joined, so that this box hears them: sudo dvstakers-edge broker render
            """;
    }

    public string Remove(string box)
    {
        using var held = HoldMember();
        using var ca = Authority.Load(directory);
        var roster = Present(ca);
        var withdrawn = Withdraw(box);
        if (roster.Find(box) is not { } member)
            return withdrawn ? $"The invitation of {box} is withdrawn. It was no member yet, so nobody else need know."
                : throw new MembershipException("cluster remove", $"there is no member named '{box}', only {string.Join(", ", roster.Members.Select(m => m.Box))}");
        if (MembershipFiles.Load(directory) is var (own, _) && own == box)
            throw new MembershipException("cluster remove", $"{box} is this box, which holds the CA's key: it cannot remove itself. Move {directory.Path} away to leave; the others then make a new cluster, or go on with a copy of ca.key and ca.crt on another box");

        var serials = IssuedTo(box).Append(member.Certificate).Select(Certificates.TryRead).OfType<X509Certificate2>().Select(c => c.SerialNumber).Distinct();
        var next = roster.Without(box, serials, Now);
        Install(ca, next);
        return $"""
            {box} is removed. A box refuses it from the moment that it has roster version {next.Version}: the agents pass that on over MQTT.
            Next, on each box that has it, so that its broker refuses {box} too: sudo dvstakers-edge broker render
            Sooner, or without MQTT, carry {directory.In(ClusterDirectory.RosterFile)} to each other box, and there: sudo dvstakers-edge cluster join {ClusterDirectory.RosterFile}
            """;
    }

    /// <summary>Those that may still be used, and those that were or expired.</summary>
    public IEnumerable<PendingInvitation> AllInvitations() => directory.Names(ClusterDirectory.Invitations)
        .Where(n => n.EndsWith(".json", StringComparison.Ordinal)).Select(Invited).OfType<PendingInvitation>();

    private static string? RenewalRefusal(ReceivedRequest received, Roster roster)
    {
        using var certificate = roster.Find(received.Request.Seat.Box) is { } member ? Certificates.TryRead(member.Certificate) : null;
        using var key = certificate is null ? null : Certificates.KeyOf(certificate);
        return Admission.RenewalRefusal(received, key, roster);
    }

    /// <summary>The roster that is changed: this box's, with the CA's signature.</summary>
    private Roster Present(Authority ca)
    {
        var file = directory.In(ClusterDirectory.RosterFile);
        var bytes = directory.Need(ClusterDirectory.RosterFile, "make a cluster first, with: sudo dvstakers-edge cluster init NAME --box BOX");
        var (roster, signed) = MembershipFiles.ReadRoster(directory, bytes, ca.Certificate);
        return signed ? roster : throw new MembershipException(file, "it was written by hand (it has no signature), so members come and go by hand too: change it, one version higher, and copy it to every box");
    }

    private byte[] Install(Authority ca, Roster roster)
    {
        var signed = ca.Sign(roster, Now);
        // As every box reads it, with the revocation list in it.
        MembershipFiles.Install(directory, ca.Certificate, Roster.ParseSigned(signed, ca.Key), signed)?.Dispose();
        return signed;
    }

    /// <summary>Its signature shows that the private key is there; nothing else in it counts.</summary>
    private static PublicKey AskedKey(string file, string pkcs10)
    {
        try
        {
            var asked = CertificateRequest.LoadSigningRequestPem(pkcs10, HashAlgorithmName.SHA256).PublicKey;
            using var key = asked.GetECDsaPublicKey();
            if (key is not null && Certificates.IsP256(key))
                return asked;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or NotSupportedException)
        {
        }
        throw new MembershipException(file, "the key in it is not ECDSA over P-256, or not signed by itself; make the request anew on the new box");
    }

    private IDisposable HoldMember() => Directory.Exists(directory.Path) ? directory.Hold()
        : throw new MembershipException(directory.Path, "there is no such directory: make a cluster first, with: sudo dvstakers-edge cluster init NAME --box BOX, or name its directory with --dir");

    private void Keep(string box, X509Certificate2 certificate)
    {
        directory.Create(ClusterDirectory.Issued);
        directory.Write(Path.Combine(ClusterDirectory.Issued, $"{box}-{certificate.SerialNumber}.crt"), Certificates.ToPem(certificate), ClusterDirectory.ForAll);
    }

    private IEnumerable<string> IssuedTo(string box) => directory.Names(ClusterDirectory.Issued)
        .Where(n => Path.GetFileName(n).StartsWith(box + "-", StringComparison.Ordinal) && n.LastIndexOf('-') == ClusterDirectory.Issued.Length + 1 + box.Length)
        .Select(n => Encoding.UTF8.GetString(directory.Read(n) ?? []));

    private static string InvitationFile(string id) => Path.Combine(ClusterDirectory.Invitations, id + ".json");

    private void Remember(PendingInvitation invitation) => directory.Write(InvitationFile(invitation.Id), invitation.ToUtf8(), ClusterDirectory.OwnerOnly);

    // The name comes from a file that anybody may have written.
    private PendingInvitation? Recall(string id) => id.Length is > 0 and <= 64 && id.All(char.IsAsciiLetterOrDigit) ? Invited(InvitationFile(id)) : null;

    private PendingInvitation? Invited(string name)
    {
        try
        {
            return directory.Read(name) is { } bytes ? PendingInvitation.Parse(bytes) : null;
        }
        catch (ClusterFileException e)
        {
            throw new MembershipException(directory.In(name), $"{e.Message}; delete it, and invite that box again");
        }
    }

    /// <summary>An invitation that was not used yet works no more: a newer one takes its place, or nobody is to come.</summary>
    private bool Withdraw(string box)
    {
        var open = AllInvitations().Where(i => i.Seat.Box == box && !i.IsUsed).ToList();
        foreach (var invitation in open)
            directory.Delete(InvitationFile(invitation.Id));
        return open.Count > 0;
    }
}
