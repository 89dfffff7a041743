// Modes of files are there on Linux, and the agent runs nowhere else.
#pragma warning disable CA1416

using System.Text;
using DVStakers.Edge.Agent.Config;
using DVStakers.Edge.Agent.Power;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Power;
using DVStakers.Edge.Linux.Files;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Cli;

/// <summary>
/// <c>power rights</c>: the units that this box's agent may stop and start, out of its configuration. The unit writes them as root before each start of the agent,
/// where the polkit rule reads them and the agent cannot write: what runs has exactly the rights that its configuration names, and only root can give it more.
/// </summary>
/// <param name="Root">The number of the user whose configuration counts.</param>
internal sealed record PowerRightsCommand(string? Config, uint Root = 0)
{
    public const string File = "/run/dvstakers-edge/rights";

    private const UnixFileMode WritableByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    public async Task<int> Show(TextWriter output, TextWriter errors)
    {
        var read = Read();
        foreach (var problem in read.Config is null ? read.Problems : [])
            await errors.WriteLineAsync(problem.ToString());
        if (read.Config is not { } config)
            return ExitCode.Config;
        foreach (var line in PowerRights.Of(config.Power))
            await output.WriteLineAsync(line);
        return ExitCode.Ok;
    }

    public int Write(string to, ILogger log)
    {
        // What is wrong with it, the agent says that starts next.
        if (Read().Config is not { } config)
            return ExitCode.Config;
        var rights = PowerRights.Of(config.Power);
        var refusal = rights.Count > 0 ? Refusal(Config ?? ConfigFile.DefaultPath) : null;
        if (refusal is not null)
            log.RightsRefused(refusal);
        try
        {
            var folder = Path.GetDirectoryName(to)!;
            if (!Directory.Exists(folder))
                // Polkit's user reads there, whatever the umask.
                System.IO.File.SetUnixFileMode(Directory.CreateDirectory(folder).FullName, WholeFile.ForAll | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
            WholeFile.Write(to, Encoding.UTF8.GetBytes(string.Concat(refusal is null ? rights.Select(r => r + "\n") : [])));
            return refusal is null ? ExitCode.Ok : ExitCode.Failed;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.RightsNotWritten(e.Message);
            return ExitCode.Failed;
        }
    }

    /// <summary>Why this configuration gives no rights: somebody else than root could write into it what they like. Null: it does.</summary>
    private string? Refusal(string file)
    {
        var real = System.IO.File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file;
        foreach (var path in new[] { real, Path.GetDirectoryName(Path.GetFullPath(real))!, Path.GetDirectoryName(Path.GetFullPath(file))! })
        {
            if (FileOwner.Of(path) is not { } owner)
                continue;
            if (owner.User != Root)
                return $"{path} belongs to user {owner.User}: sudo chown root {path}";
            if ((System.IO.File.GetUnixFileMode(path) & WritableByOthers) != 0)
                return $"{path} can be written by others than root: sudo chmod go-w {path}";
        }
        return null;
    }

    private ConfigResult Read() => ConfigFile.Load(Config, ConfigFile.ProcessEnvironment(), Environment.MachineName, out _);
}
