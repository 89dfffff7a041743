using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DVStakers.Edge.Core.Cluster;

namespace DVStakers.Edge.Agent.Cluster;

/// <summary>
/// What this box is and holds in its cluster, read from the cluster directory. Thread-safe; the roster, and with a renewal the certificate, may be
/// replaced while it is in use: take what belongs together in one step.
/// </summary>
internal sealed class Membership : IDisposable
{
    private readonly ClusterDirectory? directory;
    private readonly Lock change = new();
    private volatile Standing standing;
    private (DateTime Written, long Length) stamp;

    /// <param name="certificate">With its private key, ECDSA over P-256.</param>
    /// <param name="directory">Where what is adopted is kept; null: nowhere.</param>
    public Membership(string box, X509Certificate2 certificate, X509Certificate2 ca, Roster roster, string? directory = null)
        : this(box, new Standing(certificate, ca, roster, null), directory is null ? null : new(directory))
    {
    }

    private Membership(string box, Standing standing, ClusterDirectory? directory)
    {
        Box = box;
        this.standing = standing;
        this.directory = directory;
        stamp = Stamp();
    }

    public string Box { get; }
    public X509Certificate2 Certificate => standing.Certificate;
    public X509Certificate2 Ca => standing.Ca;
    public Roster Roster => standing.Roster;

    /// <summary>The roster as the CA signed it, for the other boxes; null where it was written by hand.</summary>
    public byte[]? SignedRoster => standing.Signed;

    /// <summary>The roster in force was brought to this box's directory by hand, or by a command, and not by another box.</summary>
    public bool IsChangedHere { get; private set; }

    /// <summary>Of this box's certificate. After it nobody lets this box in, and its word counts nowhere.</summary>
    public DateTimeOffset NotAfter => new(standing.Certificate.NotAfter.ToUniversalTime());

    /// <summary>Null: there is no roster, so this box is in no cluster. An expired certificate is loaded like any other.</summary>
    /// <exception cref="MembershipException">It names the file and the remedy.</exception>
    public static Membership? Load(string directory)
    {
        var files = new ClusterDirectory(directory);
        return MembershipFiles.Load(files) is var (box, standing) ? new(box, standing, files) : null;
    }

    /// <param name="json">A JSON object with at least one member.</param>
    /// <param name="place">What it is meant for, such as the MQTT topic.</param>
    public byte[] Sign(ReadOnlySpan<byte> json, string place) => SignedJson.Sign(json, place, standing.Key);

    /// <summary>The public key of a member that is on the roster and whose certificate holds now; else null. It stays the membership's: not to be disposed.</summary>
    public ECDsa? KeyOf(string box, DateTimeOffset now)
    {
        var current = standing;
        return current.Find(box) is { } peer && current.Objection(peer, now) is null ? peer.Key : null;
    }

    /// <summary>Who is at the other end of a TLS connection. Null: nobody to be let in, and why.</summary>
    public Member? Identify(X509Certificate2 peer, DateTimeOffset now, out string why)
    {
        var current = standing;
        why = "";
        var box = Certificates.BoxOf(peer);
        if (box is null || current.Find(box) is not { Certificate: { } known } member || !Certificates.Same(known, peer))
            why = Stranger(current, peer, box);
        else if (current.Objection(member, now) is { } objection)
            why = objection;
        else
            return member.Member;
        return null;
    }

    /// <summary>
    /// Takes a newer roster with the CA's signature: saved to the directory, then in force. Where it cannot be saved it is in force all the same, for it may say
    /// whom to refuse, and <paramref name="why"/> says that it is lost with a restart. If it has the certificate that this box asked for, that is taken too.
    /// </summary>
    public bool Adopt(ReadOnlySpan<byte> signedRoster, out string why)
    {
        lock (change)
        {
            var before = standing;
            try
            {
                if (before.CaKey is null)
                    throw new RosterException("this cluster's CA cannot sign rosters (its key is not ECDSA over P-256); change roster.json by hand");
                var roster = Roster.ParseSigned(signedRoster, before.CaKey);
                if ((why = MembershipFiles.Succession(before.Roster, roster)).Length > 0)
                    return false;
                IsChangedHere = false;
                standing = new(before.Certificate, before.Ca, roster, [.. signedRoster]);
                if (directory is null)
                    return true;
                if (MembershipFiles.Install(directory, before.Ca, roster, signedRoster) is { } renewed)
                    standing = new(renewed, before.Ca, roster, [.. signedRoster]);
                stamp = Stamp();
                return true;
            }
            catch (RosterException e)
            {
                why = e.Message;
                return false;
            }
            catch (MembershipException e)
            {
                why = $"it is in force, but not saved, and lost with a restart: {e.Message}";
                return true;
            }
        }
    }

    /// <summary>
    /// Looks whether the roster in the directory was changed, by <c>dvstakers-edge cluster</c> or by hand, and takes it. Costs one look at the file's date
    /// while it was not. False: nothing was taken; if that is because it is wrong, <paramref name="why"/> says so, once for each change.
    /// </summary>
    public bool Reread(out string why)
    {
        lock (change)
        {
            why = "";
            if (directory is null || Stamp() is var now && now == stamp)
                return false;
            stamp = now;
            try
            {
                if (MembershipFiles.Load(directory) is not var (box, read))
                    why = $"{directory.In(ClusterDirectory.RosterFile)} is gone; this box stays a member until it starts anew";
                else if (box != Box)
                    why = $"{directory.In(ClusterDirectory.BoxCertificate)} names this box '{box}' now and not '{Box}'; start the agent anew";
                else
                    (IsChangedHere, standing) = (true, read);
                return why.Length == 0;
            }
            catch (MembershipException e)
            {
                why = e.Message;
                return false;
            }
        }
    }

    public void Dispose()
    {
        standing.Certificate.Dispose();
        standing.Ca.Dispose();
    }

    private static string Stranger(Standing current, X509Certificate2 peer, string? box) =>
        !Certificates.IsIssuedBy(peer, current.Ca) ? "its certificate is not from this cluster's CA"
        : current.RemovedBy(peer) is { } removed ? $"'{removed.Box}' was removed from the cluster on {removed.At:yyyy-MM-dd HH:mm} UTC"
        : box is null ? "its certificate names no box"
        : current.Find(box) is null ? $"'{box}' is not on this box's roster (version {current.Roster.Version}); if it is a member, bring this box the newer roster"
        : $"its certificate is not the one that this box's roster (version {current.Roster.Version}) has for '{box}': one of the two is old";

    private (DateTime, long) Stamp()
    {
        if (directory is null)
            return default;
        var file = new FileInfo(directory.In(ClusterDirectory.RosterFile));
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }
}
