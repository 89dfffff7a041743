using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Core.Cluster;
using Microsoft.Extensions.Time.Testing;

namespace DVStakers.Edge.Tests.Agent.Cluster;

/// <summary>Boxes with a cluster directory each, and a person who carries files between them.</summary>
internal sealed class Town : IDisposable
{
    private readonly DirectoryInfo root = System.IO.Directory.CreateTempSubdirectory("edge-town-");

    public FakeTimeProvider Time { get; } = new(new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));
    public DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>Path of a file that is carried.</summary>
    public string this[string name] => Path.Combine(root.FullName, name);

    public string Directory(string box) => this[Path.Combine("boxes", box)];
    public ClusterDirectory Files(string box) => new(Directory(box));
    public Founder Founder(string box = "nuc-1") => new(Files(box), Time);
    public Newcomer Newcomer(string box) => new(Files(box), Time);
    public byte[] Bytes(string name) => File.ReadAllBytes(this[name]);

    public Membership Load(string box) => Membership.Load(Directory(box))!;

    public static Seat Seat(string box) => new() { Box = box, Shares = 3, Gateway = new($"https://{box}.example:5071"), Broker = $"{box}.example:8883" };

    /// <summary>A cluster kili with nuc-1, which holds its CA, and these.</summary>
    public Town With(params string[] others)
    {
        Founder().Init("kili", Seat("nuc-1"), 6);
        foreach (var box in others)
        {
            Invite(box);
            Ask(box);
            Admit(box);
            Newcomer(box).Take($"{box}.grant", Bytes($"{box}.grant"));
        }
        return this;
    }

    public void Invite(string box, double hours = 24) => Founder().Invite(Seat(box), TimeSpan.FromHours(hours), this[$"{box}.invitation"]);
    public void Ask(string box) => Newcomer(box).Ask($"{box}.invitation", Bytes($"{box}.invitation"), this[$"{box}.request"]);
    public string Admit(string box) => Founder().Admit($"{box}.request", Bytes($"{box}.request"), this[$"{box}.grant"]);

    /// <summary>Why it is refused; fails where it is not.</summary>
    public static string Refused(Action act)
    {
        try
        {
            act();
        }
        catch (Exception e) when (e is MembershipException or ClusterFileException)
        {
            return e.Message;
        }
        throw new Xunit.Sdk.XunitException("It was not refused.");
    }

    /// <summary>A CA and certificates as an operator's own openssl would make them.</summary>
    public static (X509Certificate2 Ca, Func<string, X509Certificate2> Issue) OwnCa(DateTimeOffset now, ECCurve? curve = null)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=My own CA", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var ca = request.CreateSelfSigned(now.AddDays(-10), now.AddDays(100));
        return (ca, subject =>
        {
            using var own = ECDsa.Create(curve ?? ECCurve.NamedCurves.nistP256);
            using var issued = new CertificateRequest(subject, own, HashAlgorithmName.SHA256).Create(ca, now.AddDays(-1), now.AddDays(30), RandomNumberGenerator.GetBytes(8));
            return issued.CopyWithPrivateKey(own);
        });
    }

    public void Dispose() => root.Delete(recursive: true);
}
