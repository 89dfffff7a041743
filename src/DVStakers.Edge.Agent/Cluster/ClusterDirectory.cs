using DVStakers.Edge.Linux.Files;

namespace DVStakers.Edge.Agent.Cluster;

/// <summary>
/// The cluster directory's files (docs/cluster.md). What is written is there whole or not at all (<see cref="WholeFile"/>).
/// A directory that its owner opened to a group (a broker's) opens the box's key to that group as well; the CA's key is the owner's alone.
/// Root works here in the owner's stead: what it makes is the owner's, so that the agent can use it. What is to be carried belongs to whoever ran sudo.
/// </summary>
internal sealed class ClusterDirectory(string path)
{
    public const string CaCertificate = "ca.crt";
    public const string CaKey = "ca.key";
    public const string BoxCertificate = "box.crt";
    public const string BoxKey = "box.key";
    public const string RosterFile = "roster.json";
    public const string CrlFile = "crl.pem";

    /// <summary>A key whose certificate is asked for and not there yet.</summary>
    public const string PendingKey = "pending.key";

    public const string Invitations = "invitations";

    /// <summary>Every certificate that the CA gave out, so that a removal can refuse those that were renewed since as well.</summary>
    public const string Issued = "issued";

    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const UnixFileMode ForAll = WholeFile.ForAll;
    private const UnixFileMode Enter = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode TooWide = UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    public string Path => path;

    public string In(string name) => System.IO.Path.Combine(path, name);

    public bool Has(string name) => File.Exists(In(name));

    /// <summary>The user that the agent runs as, by its unit.</summary>
    public const string AgentUser = "dvstakers-edge";

    /// <summary>Makes it where it is not there, for its owner alone: if root makes it, the agent's user, where there is one.</summary>
    public void Create(string? under = null) => Doing(() =>
    {
        var made = under is null ? path : In(under);
        if (Directory.Exists(made))
            return;
        // Only the last of several is secret.
        if (System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(made)) is { } parent)
            Directory.CreateDirectory(parent);
        Directory.CreateDirectory(made, Enter);
        if (Environment.IsPrivilegedProcess)
            (under is null ? FileOwner.OfUser(AgentUser) : FileOwner.Of(path))?.Take(made);
    });

    private FileOwner? Owner => Environment.IsPrivilegedProcess ? FileOwner.Of(path) : null;

    /// <summary>Null where there is no such file.</summary>
    /// <exception cref="MembershipException">It cannot be read.</exception>
    public byte[]? Read(string name) => ReadFile(In(name), int.MaxValue);

    /// <inheritdoc cref="Read(string)"/>
    public static byte[]? ReadFile(string file, int most)
    {
        try
        {
            using var stream = File.OpenRead(file);
            if (stream.Length > most)
                throw new MembershipException(file, $"it has {stream.Length} bytes, and no file of a cluster has more than {most}: this is something else");
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new MembershipException(file, $"user {Environment.UserName} cannot read it ({e.Message}); run this with sudo");
        }
    }

    /// <exception cref="MembershipException">It is missing, or cannot be read.</exception>
    public byte[] Need(string name, string remedy) => Read(name) ?? throw new MembershipException(In(name), $"there is no such file; {remedy}");

    public IEnumerable<string> Names(string under) =>
        Directory.Exists(In(under)) ? Directory.EnumerateFiles(In(under)).Select(f => System.IO.Path.Combine(under, System.IO.Path.GetFileName(f))).Order(StringComparer.Ordinal) : [];

    public void Write(string name, ReadOnlySpan<byte> content, UnixFileMode mode) => WriteFile(In(name), content.ToArray(), mode, Owner);

    /// <summary>A file to carry. It belongs to the person who ran the command, by sudo too: otherwise scp could not read it.</summary>
    /// <exception cref="MembershipException">It cannot be written.</exception>
    public static void WriteCarried(string file, byte[] content, UnixFileMode mode) => WriteFile(file, content, mode,
        Environment.IsPrivilegedProcess ? FileOwner.Parse(Environment.GetEnvironmentVariable("SUDO_UID"), Environment.GetEnvironmentVariable("SUDO_GID")) : null);

    /// <summary>For the box's own key: as <see cref="OwnerOnly"/>, or for the group too where the directory is.</summary>
    public void WriteKey(string name, string pem) =>
        Write(name, System.Text.Encoding.ASCII.GetBytes(pem + "\n"),
            (File.GetUnixFileMode(path) & UnixFileMode.GroupRead) != 0 ? OwnerOnly | UnixFileMode.GroupRead : OwnerOnly);

    private static void WriteFile(string file, byte[] content, UnixFileMode mode, FileOwner? owner) =>
        Doing(file, () => WholeFile.Write(file, content, mode, owner: owner));

    public void Delete(string name) => Doing(() => File.Delete(In(name)));

    /// <summary>Held while the cluster is changed on this box: two changes at once would make two rosters of one version.</summary>
    public IDisposable Hold()
    {
        FileStream? held = null;
        Doing(() =>
        {
            held = new FileStream(In(".lock"), new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = OwnerOnly });
            Owner?.Take(In(".lock"));
        });
        return held!;
    }

    /// <exception cref="MembershipException">Others than its owner and group can read it, or others than its owner can write it.</exception>
    public void CheckKeyMode(string name)
    {
        var mode = File.GetUnixFileMode(In(name));
        var allowed = name == CaKey ? TooWide | UnixFileMode.GroupRead : TooWide;
        if ((mode & allowed) != 0)
            throw new MembershipException(In(name), $"others can read this private key (mode {Convert.ToString((int)mode, 8)}); close it with: chmod 600 {In(name)}");
    }

    private void Doing(Action change) => Doing(path, change);

    private static void Doing(string what, Action change)
    {
        try
        {
            change();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MembershipException(what, $"user {Environment.UserName} cannot write there ({e.Message}); run this with sudo, or name another place with --dir or --out");
        }
    }
}
