using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DVStakers.Edge.FunctionalTests.Proxy;
using DVStakers.Edge.FunctionalTests.Service;

namespace DVStakers.Edge.FunctionalTests.Updates;

/// <summary>
/// A box of its own (lab.sh) with the package's version 1 installed, made of the native binary, and packages of other versions signed by openssl. Its agent stands
/// before a fake node. <see cref="CutPower"/> ends every process at once.
/// </summary>
internal sealed class UpdateLab : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("edge-update-");
    private readonly Process init;
    private int inside;

    private UpdateLab()
    {
        var start = new ProcessStartInfo("unshare", ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private", "sh", Path.Combine(AppContext.BaseDirectory, "Updates", "lab.sh"), folder.FullName])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("EDGE_", StringComparison.Ordinal) || k == "STATE_DIRECTORY").ToList())
            start.Environment.Remove(name);
        init = new Process { StartInfo = start };
    }

    /// <summary>Of the native binary alone: it is what gets replaced, and copies itself.</summary>
    public static void NeedsRootAndBinary()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "root is needed, for a mount namespace");
        Assert.SkipUnless(Environment.GetEnvironmentVariable("EDGE_BINARY") is { Length: > 0 }, "the native binary is needed, in EDGE_BINARY");
    }

    public static async Task<UpdateLab> Start(TestBox box)
    {
        var lab = new UpdateLab();
        await File.WriteAllTextAsync(lab.At("edge.yaml"), $"""
            box: lab
            stacks:
              - name: primary
                beacon-node: {box.Primary.Node.Address}
                execution-client: {box.Primary.Execution.Address}
            proxy:
              listen: 127.0.0.1:{Fakes.Ports.Free()}
            status:
              listen: 127.0.0.1:{Fakes.Ports.Free()}

            """);
        await Good("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", lab.At("private.pem"));
        await Good("openssl", "pkey", "-in", lab.At("private.pem"), "-pubout", "-out", lab.At("key.pem"));
        await lab.Pack("1");
        lab.init.Start();
        if (await lab.init.StandardOutput.ReadLineAsync() != "READY")
            throw new InvalidOperationException("The lab did not start: " + await lab.init.StandardError.ReadToEndAsync());
        lab.inside = int.Parse(File.ReadAllText($"/proc/{lab.init.Id}/task/{lab.init.Id}/children").Trim(), CultureInfo.InvariantCulture);
        return lab;
    }

    public string At(string name) => Path.Combine(folder.FullName, name);

    public string Package(string version) => At($"packages/{version}.deb");

    /// <param name="instead">A script in the place of the binary, which is then at REAL.</param>
    public async Task Pack(string version, string? instead = null, string architecture = "", string name = "dvstakers-edge")
    {
        var tree = Directory.CreateDirectory(At($"tree-{version}"));
        var program = Directory.CreateDirectory(Path.Combine(tree.FullName, "usr/bin")).FullName + "/dvstakers-edge";
        if (instead is null)
            File.Copy(EdgeProcess.Binary, program);
        else
            await File.WriteAllTextAsync(program, "#!/bin/sh\n" + instead.Replace("REAL", EdgeProcess.Binary, StringComparison.Ordinal) + "\n");
        File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
        await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(tree.FullName, "usr/share/dvstakers-edge")).FullName, "which"), version);
        await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(tree.FullName, "etc/dvstakers-edge")).FullName, "example.conf"), $"of {version}\n");
        var about = Directory.CreateDirectory(Path.Combine(tree.FullName, "DEBIAN")).FullName;
        architecture = architecture.Length > 0 ? architecture : (await Good("dpkg", "--print-architecture")).Trim();
        await File.WriteAllTextAsync(about + "/control", $"Package: {name}\nVersion: {version}\nArchitecture: {architecture}\nMaintainer: a test <test@example.org>\nInstalled-Size: 30000\nDescription: a test\n of several lines\n");
        await File.WriteAllTextAsync(about + "/conffiles", "/etc/dvstakers-edge/example.conf\n");
        await Good("sh", "-c", $"cd {tree.FullName} && find usr -type f -exec md5sum {{}} + >DEBIAN/md5sums && chmod -R go+rX . && chmod 755 DEBIAN");
        Directory.CreateDirectory(At("packages"));
        await Good("dpkg-deb", "-Zgzip", "-z1", "--root-owner-group", "--build", tree.FullName, Package(version));
        tree.Delete(recursive: true);
        await Sign(version);
    }

    public Task<string> Sign(string version) => Good("openssl", "dgst", "-sha256", "-sign", At("private.pem"), "-out", Package(version) + ".sig", Package(version));

    /// <summary>A command of that box.</summary>
    public Task<(int Code, string Output, string Errors)> Run(params string[] command) => Command("nsenter", ["--target", $"{inside}", "--mount", "--pid", "--", .. command]);

    public Task<(int Code, string Output, string Errors)> Update(params string[] arguments) => Run(["dvstakers-edge", "update", .. arguments]);

    public async Task StartAgent()
    {
        Assert.Equal(0, (await Run("systemctl", "--no-block", "restart", "dvstakers-edge.service")).Code);
        await Routing();
    }

    /// <summary>Waits until its agent's node serves.</summary>
    public async Task Routing()
    {
        var limit = Stopwatch.StartNew();
        while (limit.Elapsed < TimeSpan.FromSeconds(60))
            if (await Run("dvstakers-edge", "status", "--json") is { Code: 0, Output: var status } && JsonDocument.Parse(status).RootElement.GetProperty("serving").GetString() == "primary")
                return;
        throw new TimeoutException("Its agent does not serve: " + (await Run("cat", At("unit/log"))).Output);
    }

    /// <summary>SIGKILL to every process of the box but its first.</summary>
    public Task CutPower() => Run("sh", "-c", "kill -9 -1");

    /// <summary>What the unit does at a boot. True: there was an update to go on with.</summary>
    public async Task<bool> Boot()
    {
        if (!await HasState())
            return false;
        var (code, output, errors) = await Run("/var/lib/dvstakers-edge-update/updater", "update", "--continue");
        Assert.True(code == 0, output + errors);
        return true;
    }

    public async Task<bool> HasState() => (await Run("test", "-e", "/var/lib/dvstakers-edge-update/state")).Code == 0;

    /// <summary>The one whole version on the disk: by dpkg's word, by each of its files, and by what runs.</summary>
    public async Task<string> Whole()
    {
        var (_, installed, _) = await Run("dpkg-query", "--show", "--showformat=${db:Status-Abbrev}|${Version}", "dvstakers-edge");
        Assert.StartsWith("ii |", installed);
        var version = installed[4..];
        Assert.Equal("", (await Run("sh", "-c", "dpkg --verify dvstakers-edge | grep -v ' c /'")).Output);
        Assert.Equal(version, (await Run("cat", "/usr/share/dvstakers-edge/which")).Output);
        Assert.Equal(0, (await Run("/usr/bin/dvstakers-edge", "version")).Code);
        Assert.Equal(await File.ReadAllTextAsync(At("edge.yaml")), (await Run("cat", "/etc/dvstakers-edge/edge.yaml")).Output);
        return version;
    }

    /// <summary>Nothing of an update is left but how it ended.</summary>
    public async Task<string[]> Left() => [.. (await Run("ls", "/var/lib/dvstakers-edge-update")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(f => f is not ("last.json" or "lock"))];

    public async ValueTask DisposeAsync()
    {
        init.StandardInput.Close();
        init.Kill();
        await init.WaitForExitAsync();
        init.Dispose();
        folder.Delete(recursive: true);
    }

    public static async Task<string> Good(string program, params string[] arguments)
    {
        var (code, output, errors) = await Command(program, arguments);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)}: {errors}");
        return output;
    }

    private static async Task<(int Code, string Output, string Errors)> Command(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("EDGE_", StringComparison.Ordinal) || k == "STATE_DIRECTORY").ToList())
            start.Environment.Remove(name);
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }
}
