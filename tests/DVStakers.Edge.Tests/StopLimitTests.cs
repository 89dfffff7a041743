// Modes of files are there on Linux, and the agent runs nowhere else.
#pragma warning disable CA1416

using System.Diagnostics;
using System.Runtime.CompilerServices;
using DVStakers.Edge.Core.Machine;
using DVStakers.Edge.Core.Readings;

namespace DVStakers.Edge.Tests;

/// <summary>The generator that gives clients their time to stop, on folders in place of systemd's.</summary>
public sealed class StopLimitTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("edge-limits-");

    [Fact]
    public void Every_client_that_the_agent_knows_gets_what_its_role_needs()
    {
        var clients = KnownClients.Units.Where(u => KnownClients.RoleOf(u) is ClientKind.Validator or ClientKind.Consensus or ClientKind.Execution).Distinct().ToList();
        foreach (var unit in clients)
            Write("etc", unit + ".service", "[Service]\nExecStart=/bin/true\n");
        Run();
        Assert.Equal(
            clients.Select(u => (u, KnownClients.RoleOf(u) switch { ClientKind.Validator => 120, ClientKind.Consensus => 300, _ => 1200 })).Order(),
            clients.Select(u => (u, Limit(u) ?? 0)).Order());
        Assert.Equal(clients.Count, Directory.GetDirectories(Out).Length);
    }

    [Fact]
    public void What_is_not_there_or_not_known_gets_nothing()
    {
        Write("etc", "nginx.service", "[Service]\n");
        Run();
        Assert.Empty(Directory.GetFileSystemEntries(Out));
    }

    [Theory]
    [InlineData("TimeoutStopSec=30min", null)]
    [InlineData("TimeoutStopSec=infinity", null)]
    [InlineData("TimeoutStopSec=0", null)]
    [InlineData("TimeoutSec=1h", null)]
    [InlineData("TimeoutStopSec = 1201", null)]
    [InlineData("TimeoutStopSec=20min 1s", null)]
    [InlineData("TimeoutStopSec=2d", null)]
    [InlineData("TimeoutStopSec=20min", 1200)]
    [InlineData("TimeoutStopSec=5m 30s", 1200)]
    [InlineData("TimeoutStopSec=300", 1200)]
    [InlineData("TimeoutStopSec=900000ms", 1200)]
    [InlineData("#TimeoutStopSec=30min", 1200)]
    [InlineData("TimeoutStartSec=30min", 1200)]
    [InlineData("TimeoutStopSec=", 1200)]
    public void A_longer_limit_of_the_units_own_stays(string line, int? given)
    {
        Write("lib", "geth.service", $"[Service]\n{line}\n");
        Run();
        Assert.Equal(given, Limit("geth"));
    }

    [Fact]
    public void So_does_a_longer_one_of_a_drop_in()
    {
        Write("lib", "geth.service", "[Service]\nTimeoutStopSec=60\n");
        Write("etc", "geth.service.d/override.conf", "[Service]\nTimeoutStopSec=40min\n");
        Write("lib", "besu.service", "[Service]\nTimeoutStopSec=60\n");
        Write("etc", "besu.service.d/override.conf", "[Service]\nTimeoutStopSec=10min\n");
        Run();
        Assert.Null(Limit("geth"));
        // Its name sorts before the operator's, whose word therefore holds.
        Assert.Equal(1200, Limit("besu"));
        Assert.True(string.CompareOrdinal("05-dvstakers-edge.conf", "override.conf") < 0);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private string Out => Path.Combine(folder.FullName, "out");

    private void Write(string place, string name, string text)
    {
        var path = Path.Combine(folder.FullName, place, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private int? Limit(string unit)
    {
        var file = Path.Combine(Out, unit + ".service.d", "05-dvstakers-edge.conf");
        return File.Exists(file) ? int.Parse(File.ReadAllText(file).Replace("[Service]\nTimeoutStopSec=", "", StringComparison.Ordinal), null) : null;
    }

    private void Run([CallerFilePath] string here = "")
    {
        Directory.CreateDirectory(Out);
        var start = new ProcessStartInfo("/bin/sh", [Path.Combine(Path.GetDirectoryName(here)!, "../../systemd/dvstakers-edge.generator"), Out, Out, Out]);
        start.Environment["DVSTAKERS_EDGE_UNIT_PATH"] = $"{folder.FullName}/etc {folder.FullName}/lib";
        using var process = Process.Start(start)!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
