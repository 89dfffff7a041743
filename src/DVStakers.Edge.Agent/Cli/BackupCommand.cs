using System.CommandLine;
using System.Net.Sockets;
using System.Security.Cryptography;
using DVStakers.Edge.Agent.Backup;
using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Agent.Config;
using DVStakers.Edge.Core.Backup;

namespace DVStakers.Edge.Agent.Cli;

/// <summary><c>backup</c> and <c>restore</c>: configuration and cluster identity as one encrypted file, and back, on this board or another.</summary>
internal sealed class BackupCommand(TimeProvider time, TextWriter output, TextWriter errors)
{
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(3);

    public static IEnumerable<Command> Create(Option<string?> config, TimeProvider time)
    {
        var command = new BackupCommand(time, Console.Out, Console.Error);
        var file = new Argument<string>("FILE") { Description = "The backup." };
        var passphrase = new Option<string?>("--passphrase-file") { Description = "The passphrase is the first line of this file. Default: it is asked for.", HelpName = "FILE" };
        var force = new Option<bool>("--force") { Description = "Also over another identity, while something answers in the box's place, or with a clock that is behind." };
        var backup = new Command("backup", "Write configuration and cluster identity into one encrypted file (docs/backup.md). Exit code: 0, or 1 with the reason.") { file, passphrase, config };
        backup.SetAction((parsed, _) => command.Act(parsed.GetValue(file)!, () => command.Backup(parsed.GetValue(file)!, parsed.GetValue(passphrase), parsed.GetValue(config))));
        var restore = new Command("restore", "Put a backup in its place, all of it or nothing; the agent must be stopped. Exit code: 0, or 1 with the reason.") { file, passphrase, force, config };
        restore.SetAction((parsed, stop) => command.Act(parsed.GetValue(file)!, () => command.Restore(parsed.GetValue(file)!, parsed.GetValue(passphrase), parsed.GetValue(config), parsed.GetValue(force), stop)));
        return [backup, restore];
    }

    private async Task Backup(string file, string? passphraseFile, string? named)
    {
        if (File.Exists(file))
            throw new BackupException("there is such a file already; nothing is overwritten, so choose another name");
        if (named is not null && !File.Exists(named))
            throw new BackupException($"there is no {named}, which --config names");
        // A configuration with faults is worth a backup too.
        var config = ConfigFile.Load(named, ConfigFile.ProcessEnvironment(), Environment.MachineName, out _).Config;
        var places = BackupPlaces.Of(named, ConfigFile.MembershipDirectory(named ?? ConfigFile.DefaultPath, ConfigFile.ProcessEnvironment()));
        var manifest = BackupContent.Describe(places, config?.Box ?? Environment.MachineName, AgentVersion.Text, time.GetUtcNow());
        var passphrase = Passphrase.Read(passphraseFile, isNew: true);
        byte[] content;
        // A renewal puts key and certificate there one after the other.
        using (Directory.Exists(places.Cluster) ? new ClusterDirectory(places.Cluster).Hold() : null)
            content = BackupEntry.Pack(BackupContent.Of(places, manifest), manifest.MadeAt);
        var whole = BackupEnvelope.Seal(content, passphrase, RandomNumberGenerator.GetBytes(BackupEnvelope.SaltBytes), RandomNumberGenerator.GetBytes(BackupEnvelope.IvBytes));
        if (whole.Length > BackupEnvelope.MostBytes)
            throw new BackupException($"{places.Configuration} has {content.Length >> 20} MB, and a backup at most {BackupEnvelope.MostBytes >> 20}: move away from there what is no configuration");
        ClusterDirectory.WriteCarried(file, whole, ClusterDirectory.OwnerOnly);
        // What cannot be opened again is no backup.
        if (!BackupEnvelope.Open(await File.ReadAllBytesAsync(file), passphrase).AsSpan().SequenceEqual(content))
            throw new BackupException("what was written is not what is read back: do not trust that disk");
        await output.WriteLineAsync($"Wrote {file}: {Whose(manifest)}, {BackupEntry.Unpack(content).Count(e => e.Content is not null)} files of {places.Configuration} and the agent's memory. Keep it, and the passphrase, elsewhere.");
        if (manifest.CanInvite)
            await output.WriteLineAsync($"The key of the cluster's CA is in it: whoever has file and passphrase can make themselves a member of {manifest.Cluster}.");
        if (config is not null && BackupContent.Elsewhere(config, places).ToList() is { Count: > 0 } elsewhere)
            await output.WriteLineAsync($"Not in it, for they lie elsewhere, and a new board needs them too: {string.Join(", ", elsewhere)}");
    }

    private async Task Restore(string file, string? passphraseFile, string? named, bool force, CancellationToken stop)
    {
        if (!StateLock.TryTake(ConfigFile.StateDirectory, out var held))
            throw new BackupException("the agent runs, and would go on with what it has read. Stop it first: sudo systemctl stop dvstakers-edge");
        using var alone = held;
        var bytes = ClusterDirectory.ReadFile(file, BackupEnvelope.MostBytes) ?? throw new BackupException("there is no such file");
        BackupEnvelope.Check(bytes);
        var entries = BackupEntry.Unpack(BackupEnvelope.Open(bytes, Passphrase.Read(passphraseFile, isNew: false)));
        var manifest = BackupManifest.Parse(entries.FirstOrDefault(e => e.Name == BackupManifest.Name)?.Content ?? throw new BackupException($"there is no {BackupManifest.Name} in it: it was not made by this program"));
        var places = BackupPlaces.Of(named, Membership(named, entries));
        var facts = new RestoreFacts(manifest, BackupContent.Identity(places.Cluster), await Answering(manifest.Gateway, stop), time.GetUtcNow());
        var objections = RestoreRule.Objections(facts).ToList();
        if (objections.Count > 0 && !force)
            throw new BackupException($"{string.Join("; and ", objections)}. To restore it all the same: --force");
        foreach (var objection in objections)
            await errors.WriteLineAsync($"By --force, although {objection}.");
        foreach (var line in new Restoration(places, entries, time.GetUtcNow()).Apply())
            await output.WriteLineAsync(line);
        await output.WriteLineAsync($"This is {Whose(manifest)}, as of {manifest.MadeAt:yyyy-MM-dd HH:mm} UTC, by dvstakers-edge {manifest.Version}.");
        await output.WriteLineAsync(Next(manifest));
    }

    private static string Next(BackupManifest manifest) => manifest.Cluster is null
        ? "Next: sudo dvstakers-edge check-config\nThen: sudo systemctl restart dvstakers-edge"
        : $"""
          The board that this one replaces must never run again with that identity: wipe it, or remove its /etc/dvstakers-edge/cluster.
          Next: sudo dvstakers-edge broker render
          Then: sudo systemctl restart mosquitto dvstakers-edge
          Then: sudo dvstakers-edge cluster list. The others bring what changed in the cluster since (the roster here is version {manifest.Roster}). If this box's certificate was renewed since, or it was removed, join anew: docs/cluster.md
          """ + (manifest.CanInvite ? "\nBefore you invite, admit or remove anybody here: wait until that list is what `cluster list` says on another box. Two different rosters of one version would divide the cluster." : "");

    private static string Whose(BackupManifest manifest) => manifest.Cluster is null ? $"box {manifest.Box}, in no cluster" : $"box {manifest.Box} of cluster {manifest.Cluster}";

    /// <summary>Where the restored configuration has the cluster's files; what is wrong in it otherwise is for check-config to say.</summary>
    private static string Membership(string? named, IReadOnlyList<BackupEntry> entries)
    {
        var name = $"{BackupContent.Configuration}/{Path.GetFileName(named ?? ConfigFile.DefaultPath)}";
        var folder = Directory.CreateTempSubdirectory("dvstakers-edge-");
        try
        {
            var copy = Path.Combine(folder.FullName, "edge.yaml");
            File.WriteAllBytes(copy, entries.FirstOrDefault(e => e.Name == name)?.Content ?? []);
            return ConfigFile.MembershipDirectory(copy, ConfigFile.ProcessEnvironment());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<string?> Answering(string? gateway, CancellationToken stop)
    {
        if (gateway is null || !Uri.TryCreate(gateway, UriKind.Absolute, out var uri))
            return null;
        using var limit = new CancellationTokenSource(AnswersWithin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(uri.DnsSafeHost, uri.Port, either.Token);
            return gateway;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<int> Act(string file, Func<Task> act)
    {
        try
        {
            await act();
            return ExitCode.Ok;
        }
        catch (Exception e) when (e is BackupException or MembershipException or IOException or UnauthorizedAccessException)
        {
            var place = e is MembershipException ? "" : $"{file}: ";
            await errors.WriteLineAsync(Printable.Lines($"{place}{e.Message}{(e is UnauthorizedAccessException ? "; run this with sudo" : "")}"));
            return ExitCode.Failed;
        }
    }
}
