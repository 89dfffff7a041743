// Modes of files: the agent is for Linux.
#pragma warning disable CA1416

using DVStakers.Edge.FunctionalTests.Service;

namespace DVStakers.Edge.FunctionalTests.Mesh;

/// <summary>The command as a person runs it.</summary>
public sealed class BrokerRenderTests
{
    private const UnixFileMode World = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    [Fact]
    public async Task It_says_what_it_wrote_and_what_to_do_next_and_check_finds_every_difference()
    {
        using var cluster = new TestCluster("alpha", "beta");
        cluster.Add("gamma");
        await using var broker = new MeshBroker(cluster, "alpha");
        var (code, output, errors) = await broker.Render("--check");
        Assert.Equal((1, ""), (code, errors));
        Assert.False(Directory.Exists(Path.Combine(broker.Folder, "conf.d")));

        (code, output, errors) = await broker.Render();
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains($"pulls from beta at 127.0.0.1:{cluster.Port("beta")}", output);
        Assert.Contains("does not pull from gamma: the roster names no broker of it", output);
        Assert.EndsWith("Next: sudo systemctl restart mosquitto", output);
        Assert.Equal(0, (await broker.Render("--check")).Code);
        Assert.EndsWith("Nothing has changed.", (await broker.Render()).Output);

        foreach (var file in new[] { "conf.d/dvstakers-edge.conf", "dvstakers-edge/acl", "dvstakers-edge/box.key", "dvstakers-edge/crl.pem" })
        {
            await File.AppendAllTextAsync(Path.Combine(broker.Folder, file), "x");
            (code, output, _) = await broker.Render("--check");
            Assert.Equal(1, code);
            Assert.Contains(Path.Combine(broker.Folder, file), output);
            await broker.Render();
            Assert.Equal(0, (await broker.Render("--check")).Code);
        }
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(Path.Combine(broker.Folder, "dvstakers-edge/box.key")) & World);
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(Path.Combine(broker.Folder, "dvstakers-edge")) & World);
    }

    [Theory]
    [InlineData("roster.json", "{\"schema\":1}", "roster.json")]
    [InlineData("roster.json", null, "roster.json")]
    [InlineData("box.crt", "nonsense", "")]
    [InlineData("box.key", null, "box.key")]
    public async Task A_membership_that_cannot_be_used_is_named_and_nothing_is_written(string file, string? content, string named)
    {
        using var cluster = new TestCluster("alpha");
        await using var broker = new MeshBroker(cluster, "alpha");
        var path = Path.Combine(cluster.DirectoryOf("alpha"), file);
        if (content is null)
            File.Delete(path);
        else
            await File.WriteAllTextAsync(path, content);
        var (code, output, errors) = await broker.Render();
        Assert.Equal((1, ""), (code, output));
        Assert.Contains(cluster.DirectoryOf("alpha"), errors);
        Assert.Contains(named, errors);
        Assert.False(Directory.Exists(Path.Combine(broker.Folder, "conf.d")));
    }

    [Fact]
    public async Task Options_that_cannot_be_are_said()
    {
        using var cluster = new TestCluster("alpha");
        string[] command = ["broker", "render", "--dir", cluster.DirectoryOf("alpha"), "--out", "/not/used"];
        foreach (var (options, words) in new[] { (new[] { "--port", "70000" }, "70000"), (["--port", "1883"], "1883"), (["--address", "here"], "here") })
        {
            var (code, _, errors) = await EdgeProcess.Run([.. command, .. options]);
            Assert.Equal(1, code);
            Assert.Contains(words, errors);
        }
    }

    [Fact]
    public async Task It_follows_the_roster_with_the_options_of_the_last_time()
    {
        using var cluster = new TestCluster("alpha", "beta");
        await using var broker = new MeshBroker(cluster, "alpha");
        var tools = Directory.CreateDirectory(Path.Combine(broker.Folder, "tools")).FullName;
        var (asked, answer) = (Path.Combine(tools, "asked"), Path.Combine(tools, "answer"));
        await File.WriteAllTextAsync(Path.Combine(tools, "systemctl"), $"#!/bin/sh\necho \"$@\" >>{asked}\n[ ! -e {answer} ] || {{ cat {answer} >&2; exit 1; }}\n");
        File.SetUnixFileMode(Path.Combine(tools, "systemctl"), UnixFileMode.UserRead | UnixFileMode.UserExecute);

        // 1. Where it was never rendered mosquitto is somebody else's.
        Assert.Equal(0, (await Follow()).Code);
        Assert.False(Directory.Exists(Path.Combine(broker.Folder, "conf.d")));

        // 2. Nothing new: nothing is done.
        await broker.Render();
        Assert.Equal(0, (await Follow()).Code);
        Assert.False(File.Exists(asked));

        // 3. A member less is a bridge less: with the same ports and the same address as before.
        cluster.Remove("beta");
        var (code, _, errors) = await Follow();
        Assert.Equal((0, ""), (code, errors));
        Assert.Equal("restart mosquitto.service", (await File.ReadAllTextAsync(asked)).Trim());
        Assert.Equal(0, (await broker.Render("--check")).Code);
        var configuration = await File.ReadAllTextAsync(Path.Combine(broker.Folder, "conf.d/dvstakers-edge.conf"));
        Assert.Contains($"listener {cluster.Port("alpha")} 127.0.0.1", configuration);
        Assert.DoesNotContain("connection beta", configuration);

        // 4. What systemd says against it is passed on, with what to do.
        cluster.Add("gamma");
        await File.AppendAllTextAsync(Path.Combine(broker.Folder, "dvstakers-edge/acl"), "x");
        await File.WriteAllTextAsync(answer, "Unit mosquitto.service not found.");
        (code, _, errors) = await Follow();
        Assert.Equal(1, code);
        Assert.Contains("not found", errors);
        Assert.Contains("sudo systemctl", errors);

        // 5. A file of an older version does not say its options, and they are not guessed.
        await File.WriteAllTextAsync(Path.Combine(broker.Folder, "conf.d/dvstakers-edge.conf"), "listener 1\n");
        (code, _, errors) = await Follow();
        Assert.Equal(1, code);
        Assert.Contains("with the options you gave the last time", errors);

        Task<(int Code, string Output, string Errors)> Follow() => EdgeProcess.Run(
            ["broker", "follow", "--out", broker.Folder], new Dictionary<string, string> { ["PATH"] = $"{tools}:{Environment.GetEnvironmentVariable("PATH")}" });
    }

    /// <summary>As Debian's package installs it: its main file says pid_file, persistence and log_dest, and mosquitto gives up root before it reads keys.</summary>
    [Fact]
    public async Task It_starts_behind_Debian_s_own_configuration_as_mosquitto_s_own_user()
    {
        using var cluster = new TestCluster("alpha", "beta");
        await using var broker = new MeshBroker(cluster, "alpha");
        await broker.Render();
        File.SetUnixFileMode(broker.Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);
        var variable = Directory.CreateDirectory(Path.Combine(broker.Folder, "var"), World | UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
        File.SetUnixFileMode(variable, World | UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var main = Path.Combine(broker.Folder, "mosquitto.conf");
        await File.WriteAllLinesAsync(main,
        [
            "# Place your local configuration in /etc/mosquitto/conf.d/",
            $"pid_file {variable}/mosquitto.pid",
            "persistence true",
            $"persistence_location {variable}/",
            $"log_dest file {variable}/mosquitto.log",
            $"include_dir {broker.Folder}/conf.d",
        ]);
        await using (var mosquitto = Lines.Of("/usr/sbin/mosquitto", "-c", main))
        {
            await using var log = Lines.Of("tail", "-F", $"{variable}/mosquitto.log");
            await log.Until(line => line.EndsWith("running", StringComparison.Ordinal));
            await using var agent = await broker.Connected("alpha");
            await using var watch = broker.Watch();
            agent.TryPublish(new("dvstakers/kili/alpha/health", "x"u8.ToArray(), Qos: 1, Retain: true));
            await watch.Until("alpha/health x");
            await mosquitto.Signal("TERM");
            await mosquitto.Exit();
        }
        // persistence false came after persistence true.
        Assert.False(File.Exists($"{variable}/mosquitto.db"));
    }
}
