using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using DVStakers.Edge.FunctionalTests.Service;

namespace DVStakers.Edge.FunctionalTests.Backup;

/// <summary>A box that dies, and a new board that takes its place: by the program, from one folder to another; and what must not happen on the way.</summary>
public sealed class BackupCommandTests : IDisposable
{
    private const string Passphrase = "correct horse battery";

    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("edge-backup-");

    public BackupCommandTests() => File.WriteAllText(At("passphrase"), Passphrase + "\n");

    public void Dispose() => root.Delete(recursive: true);

    [Fact]
    public async Task A_replaced_board_has_the_place_of_the_old_one()
    {
        await OldBoard();
        var said = await Good("old", "backup", At("nuc-1.backup"), "--passphrase-file", At("passphrase"));
        Assert.Contains("box nuc-1 of cluster kili", said);
        Assert.Contains("The key of the cluster's CA is in it", said);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(At("nuc-1.backup")));
        var whole = File.ReadAllBytes(At("nuc-1.backup"));
        Assert.DoesNotContain("PRIVATE KEY", Encoding.Latin1.GetString(whole));

        said = await Good("new", "restore", At("nuc-1.backup"), "--passphrase-file", At("passphrase"));
        Assert.Contains($"Restored {At("new/etc")}.", said);
        Assert.Contains("This is box nuc-1 of cluster kili", said);
        Assert.Contains("Next: sudo dvstakers-edge broker render", said);
        Assert.Equal(Files("old/etc"), Files("new/etc"));
        Assert.Equal("1700000000\n", File.ReadAllText(At("new/state/boot")));
        Assert.Equal("{}", File.ReadAllText(At("new/state/peers.json")));
        // True of the old board only.
        Assert.False(File.Exists(At("new/state/outage.json")) || File.Exists(At("new/state/drain.json")));

        // It can do what the old one could.
        Assert.Contains("* nuc-1", await Good("new", "cluster", "list"));
        Assert.Contains("nuc-3.invitation", await Good("new", "cluster", "invite", "nuc-3", "--out", At("nuc-3.invitation")));
    }

    [Fact]
    public async Task Openssl_and_tar_open_it_by_the_page()
    {
        await OldBoard();
        await Good("old", "backup", At("b"), "--passphrase-file", At("passphrase"));
        // The block of docs/backup.md, as it stands.
        var page = await File.ReadAllTextAsync(Path.Combine(Repository(), "docs", "backup.md"));
        var recipe = Regex.Match(page, "```sh\n(file=[^`]*)```").Groups[1].Value;
        Assert.NotEmpty(recipe);
        var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", recipe.Replace("nuc-1.backup", At("b"), StringComparison.Ordinal)])
        {
            WorkingDirectory = Directory.CreateDirectory(At("opened")).FullName, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(Passphrase + "\n");
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await output + await errors);
        Assert.Contains("authentic", await output);
        Assert.Equal(Files("old/etc"), Files("opened/etc"));
    }

    [Fact]
    public async Task What_is_wrong_is_said_and_nothing_is_changed()
    {
        await OldBoard();
        await Good("old", "backup", At("b"), "--passphrase-file", At("passphrase"));
        Assert.Contains("nothing is overwritten", await Bad("old", "backup", At("b"), "--passphrase-file", At("passphrase")));
        await File.WriteAllTextAsync(At("short"), "short");
        Assert.Contains("and needs 10", await Bad("old", "backup", At("c"), "--passphrase-file", At("short")));
        Assert.Contains("there is no terminal to type the passphrase at", await Bad("old", "backup", At("c")));
        Assert.False(File.Exists(At("c")));

        // A box with another identity.
        Board("other");
        await Good("other", "cluster", "init", "meru", "--box", "nuc-9");
        var before = Files("other/etc");
        async Task Refused(string why, string file, params string[] more)
        {
            Assert.Contains(why, await Bad("other", ["restore", At(file), "--passphrase-file", At("passphrase"), .. more]));
            Assert.Equal(before, Files("other/etc"));
            Assert.Equal([At("other/etc"), At("other/state")], Directory.GetDirectories(At("other")).Order());
        }

        await Refused("this box is nuc-9, and the backup is of nuc-1", "b");
        await Refused("there is no such file", "c");
        await Refused("it is no backup", "passphrase");
        var damaged = await File.ReadAllBytesAsync(At("b"));
        damaged[damaged.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(At("damaged"), damaged);
        await Refused("it is damaged", "damaged");
        await File.WriteAllTextAsync(At("passphrase"), "another one that is long\n");
        await Refused("the passphrase is wrong (the file itself is whole)", "b");
        await File.WriteAllTextAsync(At("passphrase"), Passphrase);

        // An agent that runs.
        await using (var agent = EdgeProcess.Start(["run", "--config", At("other/etc/edge.yaml")], Environment("other")))
        {
            await agent.Until("Ready: validators and DVT clients use");
            await Refused("the agent runs", "b", "--force");
        }

        // Told to, it does; what was there stays.
        var said = await Good("other", "restore", At("b"), "--passphrase-file", At("passphrase"), "--force");
        Assert.Equal(Files("old/etc"), Files("other/etc"));
        var kept = Regex.Match(said, @"What was there is in (\S+) now").Groups[1].Value;
        Assert.Equal(before.Select(f => f.Name), Directory.GetFiles(kept, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(kept, f)).Where(f => f != "cluster/.lock").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_box_that_still_lends_is_not_doubled()
    {
        await OldBoard();
        await Good("old", "backup", At("b"), "--passphrase-file", At("passphrase"));
        using var gateway = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, new Uri(Gateway).Port);
        gateway.Start();
        Assert.Contains($"something answers at {Gateway}/, where nuc-1 lends its nodes", await Bad("new", "restore", At("b"), "--passphrase-file", At("passphrase")));
        Assert.False(Directory.Exists(At("new/etc")));
        gateway.Stop();
        await Good("new", "restore", At("b"), "--passphrase-file", At("passphrase"));
    }

    [Fact]
    public async Task A_person_types_the_passphrase_and_does_not_see_it()
    {
        await OldBoard();
        Directory.CreateDirectory(At("new"));
        var command = $"STATE_DIRECTORY={At("old/state")} EDGE_MEMBERSHIP_DIRECTORY={At("old/etc/cluster")} {EdgeProcess.Binary} backup {At("b")} --config {At("old/etc/edge.yaml")}";
        var start = new ProcessStartInfo("script", ["--quiet", "--return", "--command", command, "/dev/null"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("EDGE_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        using var terminal = Process.Start(start)!;
        await terminal.StandardInput.WriteAsync($"{Passphrase}\r{Passphrase}\r");
        await terminal.StandardInput.FlushAsync();
        var said = await terminal.StandardOutput.ReadToEndAsync();
        await terminal.WaitForExitAsync();
        Assert.True(terminal.ExitCode == 0, said);
        Assert.Contains("Passphrase: ", said);
        await Good("new", "restore", At("b"), "--passphrase-file", At("passphrase"));
    }

    private readonly string Gateway = $"https://127.0.0.1:{Fakes.Ports.Free()}";

    /// <summary>A member with all that a backup has, and what it must not have.</summary>
    private async Task OldBoard()
    {
        Board("old");
        await Good("old", "cluster", "init", "kili", "--box", "nuc-1", "--gateway", Gateway, "--broker", "127.0.0.1:8883");
        await File.WriteAllTextAsync(At("old/etc/jwt.hex"), new string('a', 64));
        File.SetUnixFileMode(At("old/etc/jwt.hex"), UnixFileMode.UserRead);
        File.CreateSymbolicLink(At("old/etc/link"), "jwt.hex");
        await File.WriteAllTextAsync(At("old/state/boot"), "1700000000\n");
        await File.WriteAllTextAsync(At("old/state/peers.json"), "{}");
        await File.WriteAllTextAsync(At("old/state/outage.json"), "{}");
        await File.WriteAllTextAsync(At("old/state/drain.json"), "{}");
    }

    private void Board(string name)
    {
        Directory.CreateDirectory(At($"{name}/etc"));
        Directory.CreateDirectory(At($"{name}/state"));
        File.WriteAllText(At($"{name}/etc/edge.yaml"), "# of this board\nproxy:\n  listen: 127.0.0.1:0\nstatus:\n  listen: 127.0.0.1:0\nstacks:\n  - name: a\n    beacon-node: http://127.0.0.1:9\n    execution-client: http://127.0.0.1:9\n");
    }

    private string At(string name) => Path.Combine(root.FullName, name);

    private Dictionary<string, string> Environment(string board) => new() { ["STATE_DIRECTORY"] = At($"{board}/state"), ["EDGE_MEMBERSHIP_DIRECTORY"] = At($"{board}/etc/cluster") };

    private (string Name, string Content, UnixFileMode Mode)[] Files(string folder) => !Directory.Exists(At(folder)) ? [] :
        [.. Directory.GetFiles(At(folder), "*", SearchOption.AllDirectories).Select(f => (Path.GetRelativePath(At(folder), f), File.ReadAllText(f), File.GetUnixFileMode(f)))
            .Where(f => f.Item1 != "cluster/.lock").OrderBy(f => f.Item1, StringComparer.Ordinal)];

    private async Task<string> Good(string board, params string[] arguments)
    {
        var (code, output, errors) = await EdgeProcess.Run([.. arguments, "--config", At($"{board}/etc/edge.yaml")], Environment(board));
        Assert.True(code == 0, errors);
        return output;
    }

    private async Task<string> Bad(string board, params string[] arguments)
    {
        var (code, output, errors) = await EdgeProcess.Run([.. arguments, "--config", At($"{board}/etc/edge.yaml")], Environment(board));
        Assert.Equal((1, ""), (code, output));
        return errors;
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "DVStakers.Edge.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("This test reads docs/backup.md; run it from inside the repository.");
        return folder.FullName;
    }
}
