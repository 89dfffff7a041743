// Modes of files are there on Linux, and the agent runs nowhere else.
#pragma warning disable CA1416

using System.Threading.Channels;
using DVStakers.Edge.Agent.Probes;
using DVStakers.Edge.Core.Machine;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Tests.Core;
using Microsoft.Extensions.Time.Testing;

namespace DVStakers.Edge.Tests.Agent.Probes;

public sealed class UnitsProbeTests : IDisposable
{
    /// <summary>As systemctl(1) says it prints: a block for each unit, those that are not there too.</summary>
    private const string Shown = """
        Result=success
        NRestarts=0
        ExecMainCode=0
        ExecMainStatus=0
        MemoryCurrent=8589934592
        Id=geth.service
        LoadState=loaded
        ActiveState=active
        UnitFileState=enabled
        StateChangeTimestamp=@1764087123

        Result=oom-kill
        NRestarts=2
        ExecMainCode=2
        ExecMainStatus=9
        MemoryCurrent=[not set]
        Id=lighthouse-beacon.service
        LoadState=loaded
        ActiveState=activating
        UnitFileState=enabled
        StateChangeTimestamp=@1764087200

        Result=exit-code
        NRestarts=5
        ExecMainCode=1
        ExecMainStatus=1
        MemoryCurrent=18446744073709551615
        Id=lighthousevalidator.service
        LoadState=loaded
        ActiveState=failed
        UnitFileState=disabled
        StateChangeTimestamp=@1764087300

        Result=success
        NRestarts=0
        ExecMainCode=0
        ExecMainStatus=0
        MemoryCurrent=[not set]
        Id=teku-beacon.service
        LoadState=not-found
        ActiveState=inactive
        UnitFileState=
        StateChangeTimestamp=

        """;

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("edge-units-");

    [Fact]
    public void Each_unit_that_is_there_becomes_a_process()
    {
        Assert.Equal(
        [
            new ClientProcess
            {
                Name = "geth", Role = ClientKind.Execution, State = ClientState.Running, Wanted = true, Memory = 8L << 30, Since = DateTimeOffset.FromUnixTimeSeconds(1764087123),
            },
            new ClientProcess
            {
                Name = "lighthouse-beacon", Role = ClientKind.Consensus, State = ClientState.Starting, Wanted = true, Restarts = 2, Killed = true,
                LastEnd = "out of memory: the kernel killed it", Since = DateTimeOffset.FromUnixTimeSeconds(1764087200),
            },
            new ClientProcess
            {
                Name = "lighthousevalidator", Role = ClientKind.Validator, State = ClientState.Failed, Wanted = false, Restarts = 5,
                LastEnd = "exit code 1", Since = DateTimeOffset.FromUnixTimeSeconds(1764087300),
            },
        ], SystemdAnswers.Parse(Shown));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense\n\n=\n\nId=\nLoadState=loaded")]
    public void What_is_not_that_is_nothing(string text) => Assert.Empty(SystemdAnswers.Parse(text));

    [Fact]
    public async Task One_call_asks_for_all_units_and_for_nothing_but_properties()
    {
        var asked = Path.Combine(directory.FullName, "asked");
        var program = Script($"printf '%s\\n' \"$@\" > {asked}\ncat <<'END'\n{Shown}END\n");
        var reading = await Probe(program).Read(TestContext.Current.CancellationToken);
        Assert.Null(reading.Problem);
        Assert.Equal(["geth", "lighthouse-beacon", "lighthousevalidator"], reading.Clients.Select(c => c.Name));
        var arguments = await File.ReadAllLinesAsync(asked, TestContext.Current.CancellationToken);
        Assert.Equal("show", arguments[0]);
        var units = arguments.SkipWhile(a => a != "--").Skip(1).ToList();
        Assert.All(arguments.TakeWhile(a => a != "--").Skip(1), a => Assert.StartsWith("--", a, StringComparison.Ordinal));
        foreach (var unit in new[] { "geth", "nimbus-beacon-mev", "prysm-validator", "execution", "charon", "w3p_geth", "my-own", "lighthousevalidator" })
            Assert.Contains(unit + ".service", units);
    }

    [Fact]
    public async Task Between_searches_it_asks_for_those_that_there_were()
    {
        var asked = Path.Combine(directory.FullName, "asked");
        var time = new FakeTimeProvider(Snapshots.Now);
        var probe = Probe(Script($"printf '%s\\n' \"$@\" > {asked}\ncat <<'END'\n{Shown}END\n"), time);
        Assert.Contains("teku-beacon.service", await Units());
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(["geth", "lighthouse-beacon", "lighthousevalidator"], await Units());
        time.Advance(TimeSpan.FromSeconds(50));
        Assert.Contains("teku-beacon.service", await Units());

        async Task<IEnumerable<string>> Units()
        {
            Assert.Equal(3, (await probe.Read(TestContext.Current.CancellationToken)).Clients.Count);
            return (await File.ReadAllLinesAsync(asked, TestContext.Current.CancellationToken)).SkipWhile(a => a != "--").Skip(1);
        }
    }

    /// <summary>Without a name systemctl would tell of systemd itself.</summary>
    [Fact]
    public async Task Where_there_are_none_it_asks_for_none_until_the_next_search()
    {
        var asked = Path.Combine(directory.FullName, "asked");
        var time = new FakeTimeProvider(Snapshots.Now);
        var probe = Probe(Script($"echo x >> {asked}\n"), time);
        for (var i = 0; i < 7; i++, time.Advance(TimeSpan.FromSeconds(10)))
            Assert.Empty((await probe.Read(TestContext.Current.CancellationToken)).Clients);
        Assert.Equal(2, (await File.ReadAllLinesAsync(asked, TestContext.Current.CancellationToken)).Length);
    }

    [Fact]
    public async Task After_a_refusal_it_searches()
    {
        var asked = Path.Combine(directory.FullName, "asked");
        var probe = Probe(Script($"printf '%s\\n' \"$@\" > {asked}\nexit 1\n"));
        for (var i = 0; i < 2; i++)
        {
            Assert.NotNull((await probe.Read(TestContext.Current.CancellationToken)).Problem);
            Assert.Contains("teku-beacon.service", await File.ReadAllLinesAsync(asked, TestContext.Current.CancellationToken));
            File.Delete(asked);
        }
    }

    [Fact]
    public async Task A_machine_without_systemd_says_why()
    {
        var program = Script("echo \"System has not been booted with systemd as init system (PID 1). Can't operate.\" >&2\nexit 1\n");
        Assert.Contains("has not been booted with systemd", (await Probe(program).Read(TestContext.Current.CancellationToken)).Problem, StringComparison.Ordinal);
        Assert.Contains("cannot be run", (await Probe("/no/such/systemctl").Read(TestContext.Current.CancellationToken)).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("geth", "", ClientKind.Execution)]
    [InlineData("lighthouse-beacon-mev", "", ClientKind.Consensus)]
    [InlineData("teku-validator-hoodi", "", ClientKind.Validator)]
    [InlineData("lighthousevalidator", "", ClientKind.Validator)]
    [InlineData("charon", "", ClientKind.Middleware)]
    [InlineData("mev-boost", "", ClientKind.Middleware)]
    [InlineData("eth-docker-execution-1", "ethereum/client-go:v1.15", ClientKind.Execution)]
    [InlineData("rocketpool_eth2", "", ClientKind.Consensus)]
    [InlineData("stereum-1f2e", "sigp/lighthouse:v7", ClientKind.Consensus)]
    [InlineData("DAppNodePackage-beacon-chain.prysm.dnp.dappnode.eth", "", ClientKind.Consensus)]
    [InlineData("DAppNodePackage-validator.teku.dnp.dappnode.eth", "", ClientKind.Validator)]
    public void The_role_is_in_the_name_or_the_image(string name, string image, ClientKind role) => Assert.Equal(role, KnownClients.RoleOf(name, image));

    [Theory]
    [InlineData("eth-docker-consensus-1", "x", true)]
    [InlineData("rocketpool_validator", "x", true)]
    [InlineData("stereum-1f2e", "consensys/teku:25.1", true)]
    [InlineData("any", "host:5000/obolnetwork/charon@sha256:1", true)]
    [InlineData("DAppNodePackage-geth.dnp.dappnode.eth", "x", true)]
    [InlineData("DAppNodePackage-wireguard.dnp.dappnode.eth", "x", false)]
    [InlineData("grafana", "grafana/grafana:latest", false)]
    [InlineData("threth", "x/threth", false)]
    public void A_container_is_a_client_by_its_name_or_its_image(string name, string image, bool known) => Assert.Equal(known, KnownClients.IsClient(name, image));

    public void Dispose() => directory.Delete(recursive: true);

    private static UnitsProbe Probe(string program, TimeProvider? time = null) =>
        new(["my-own"], program, Channel.CreateUnbounded<Observation>(), time ?? new FakeTimeProvider(Snapshots.Now));

    private string Script(string text)
    {
        var path = Path.Combine(directory.FullName, "systemctl");
        File.WriteAllText(path, "#!/bin/sh\n" + text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
