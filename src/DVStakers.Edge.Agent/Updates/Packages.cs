using DVStakers.Edge.Core.Updates;
using DVStakers.Edge.Linux.Kernel;
using Polly.Retry;
using Polly;

namespace DVStakers.Edge.Agent.Updates;

/// <param name="Status">dpkg's, such as "ii" for installed whole.</param>
internal sealed record InstalledPackage(string Status, string Version, string Architecture);

/// <param name="InstalledBytes">On the disk, by the package's own word.</param>
internal sealed record PackageFile(string Name, string Version, string Architecture, long InstalledBytes);

/// <summary>The system's dpkg, as commands.</summary>
internal sealed class Packages(TimeProvider time)
{
    public const string Name = "dvstakers-edge";

    /// <summary>For what only looks.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>apt may be in the middle of something. Not for ever: at a boot the agent waits for this.</summary>
    private static readonly TimeSpan LockPatience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan LockPause = TimeSpan.FromSeconds(2);

    /// <summary>Null: dpkg has nothing of it.</summary>
    public async Task<InstalledPackage?> Installed(CancellationToken stop)
    {
        var (code, output, _) = await Run("dpkg-query", ["--show", "--showformat=${db:Status-Abbrev}\t${Version}\t${Architecture}\n", Name], stop).ConfigureAwait(false);
        return code == 0 && output.Trim('\n').Split('\t') is [var status, var version, var architecture] && version.Length > 0 ? new(status.Trim(), version, architecture) : null;
    }

    /// <summary>Which of the two versions is there whole: installed, and each file as it was packed.</summary>
    public async Task<DiskReading> Whole(UpdateState state, CancellationToken stop)
    {
        if (await Installed(stop).ConfigureAwait(false) is not { Status: "ii" } installed || await Damaged(stop).ConfigureAwait(false) is not [])
            return DiskReading.Broken;
        return installed.Version == state.To ? DiskReading.New : installed.Version == state.From ? DiskReading.Old : DiskReading.Broken;
    }

    /// <summary>Files that are not as they were packed. Configuration files may be, and documentation may be left out by dpkg's own configuration.</summary>
    public async Task<IReadOnlyList<string>> Damaged(CancellationToken stop)
    {
        var (_, output, errors) = await Run("dpkg", ["--verify", Name], stop).ConfigureAwait(false);
        if (errors.Length > 0)
            return [errors.Trim()];
        // "??5?????? c /etc/file", "missing     /usr/file (No such file or directory)"
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => (Conffile: l.Contains(" c /", StringComparison.Ordinal), At: l.IndexOf('/', StringComparison.Ordinal), Line: l))
            .Where(l => l.At > 0 && !l.Conffile).Select(l => l.Line[l.At..])
            .Where(f => !f.StartsWith("/usr/share/doc/", StringComparison.Ordinal) && !f.StartsWith("/usr/share/man/", StringComparison.Ordinal) && !f.StartsWith("/usr/share/lintian/", StringComparison.Ordinal))];
    }

    /// <exception cref="UpdateException">It is no package.</exception>
    public async Task<PackageFile> Describe(string file, CancellationToken stop)
    {
        var (code, output, errors) = await Run("dpkg-deb", ["--show", "--showformat=${Package}\t${Version}\t${Architecture}\t${Installed-Size}", file], stop).ConfigureAwait(false);
        if (code != 0 || output.Split('\t') is not [var name, var version, var architecture, var size])
            throw new UpdateException($"it is not a Debian package: {OneLine(errors)}");
        return new(name, version, architecture, long.TryParse(size, out var kib) ? kib * 1024 : 0);
    }

    public async Task<string> Architecture(CancellationToken stop) => (await Run("dpkg", ["--print-architecture"], stop).ConfigureAwait(false)).Output.Trim();

    public async Task<bool> IsOlder(string version, string than, CancellationToken stop) =>
        (await Run("dpkg", ["--compare-versions", version, "lt", than], stop).ConfigureAwait(false)).Code == 0;

    /// <summary>Installs it over whatever is there. Changed configuration files stay. Null: done; else dpkg's words.</summary>
    public async Task<string?> Install(string file)
    {
        var whileLocked = new ResiliencePipelineBuilder<(int Code, string Output, string Errors)> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<(int Code, string Output, string Errors)>
            {
                Delay = LockPause,
                MaxRetryAttempts = (int)(LockPatience / LockPause),
                ShouldHandle = static r => ValueTask.FromResult(r.Outcome is { Exception: null, Result: (not 0, _, var words) } && words.Contains(" lock ", StringComparison.Ordinal)),
            })
            .Build();
        // The maintainer scripts leave the service alone when this variable is set: who judges a version also starts it. Each file is to be on the disk before it gets its name,
        // whatever dpkg is configured to on this box. Not to be broken off: what is begun is done sooner than undone.
        var (code, output, errors) = await whileLocked.ExecuteAsync(async _ => await Child.Run("env",
            ["DEBIAN_FRONTEND=noninteractive", "DVSTAKERS_EDGE_UPDATE=1", "dpkg", "--force-confdef", "--force-confold", "--no-force-unsafe-io", "--install", file],
            null, time, CancellationToken.None).ConfigureAwait(false)).ConfigureAwait(false);
        return code == 0 ? null : OneLine(errors.Length > 0 ? errors : output);
    }

    /// <summary>Paths of what it installed, of the scripts and sums that came with it, and of its configuration files, which dpkg lists nowhere else.</summary>
    public async Task<(string[] Files, string[] Control, string[] Conffiles, string Fields)> Contents(CancellationToken stop)
    {
        var files = await Run("dpkg-query", ["--listfiles", Name], stop).ConfigureAwait(false);
        var control = await Run("dpkg-query", ["--control-path", Name], stop).ConfigureAwait(false);
        var conffiles = await Run("dpkg-query", ["--show", "--showformat=${Conffiles}\n", Name], stop).ConfigureAwait(false);
        var fields = await Run("dpkg-query", ["--status", Name], stop).ConfigureAwait(false);
        if ((files.Code, control.Code, conffiles.Code, fields.Code) != (0, 0, 0, 0))
            throw new UpdateException($"dpkg does not tell what it installed of {Name}: {OneLine(files.Errors + control.Errors + conffiles.Errors + fields.Errors)}");
        // Of the files, a line that begins otherwise tells of a diversion. A configuration file comes with its sum, and perhaps the word obsolete: an older version's.
        return (Paths(files.Output), Paths(control.Output), [.. conffiles.Output.Split('\n').Select(l => l.Trim().Split(' ')).Where(l => l.Length == 2).Select(l => l[0])], fields.Output);
    }

    /// <exception cref="UpdateException">It cannot be made.</exception>
    public async Task Build(string folder, string file, CancellationToken stop)
    {
        var (code, _, errors) = await Run("dpkg-deb", ["-Zgzip", "-z1", "--build", folder, file], stop).ConfigureAwait(false);
        if (code != 0)
            throw new UpdateException($"the installed version cannot be packed: {OneLine(errors)}");
    }

    public static string OneLine(string text) => string.Join(' ', text.Split((char[])['\n', '\r'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    private static string[] Paths(string output) => [.. output.Split('\n').Where(l => l.StartsWith('/') && l != "/.")];

    private Task<(int Code, string Output, string Errors)> Run(string program, string[] arguments, CancellationToken stop) => Child.Run(program, arguments, Patience, time, stop);
}
