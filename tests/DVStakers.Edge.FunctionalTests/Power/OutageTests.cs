using System.Text.RegularExpressions;
using DVStakers.Edge.FunctionalTests.Service;

namespace DVStakers.Edge.FunctionalTests.Power;

/// <summary>The whole line: a real NUT server, the agent as a process, clients as child processes stop and start them.</summary>
public sealed class OutageTests
{
    private const string Validator = "validator.service";
    private const string Beacon = "beacon.service";
    private const string Execution = "geth.service";
    private const string Other = "besu.service";

    /// <summary>Each of these waits for processes, and for a server that looks once a second.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private static EdgeProcess Start(NutServer nut, ClientUnits units)
    {
        var file = Path.Combine(units.Environment["STATE_DIRECTORY"], "edge.yaml");
        File.WriteAllText(file, Yaml(nut));
        return EdgeProcess.Start(["run", "--config", file], units.Environment);
    }

    private static Task<string> Until(EdgeProcess agent, string words) => agent.Until(l => l.Contains(words, StringComparison.Ordinal), Patience);

    private static string Yaml(NutServer nut) => $"""
        stacks:
          - name: a
            beacon-node: http://127.0.0.1:9
        power:
          model: nut
          nut-port: {nut.Port}
          nut-ups: {NutServer.Ups}
          power-off: yes
          validator: validator
          consensus: beacon
          execution: geth, besu
        proxy:
          listen: 127.0.0.1:0
        status:
          listen: 127.0.0.1:0
        log:
          level: debug
        """;

    [Fact]
    public async Task An_outage_from_the_first_reading_to_the_next_boot()
    {
        await using var nut = await NutServer.Start("OL");
        using var units = new ClientUnits(Validator, Beacon, Execution, Other);
        // Somebody stopped this one by hand.
        units.Set(Other, "inactive");
        await using (var agent = Start(nut, units))
        {
            var address = Regex.Match(await Until(agent, "(status.listen)"), "http://[^/]+").Value;

            // 1. On battery with time: nothing but the word of it.
            nut.Say("OB", charge: 80, seconds: 3600);
            await Until(agent, "On battery");
            var (code, screen, _) = await EdgeProcess.Run(["power", "show", "--url", address], units.Environment);
            Assert.Equal(0, code);
            Assert.Contains("on battery", screen, StringComparison.Ordinal);
            Assert.Empty(units.Done);

            // 2. The battery ends; the agent is killed in the middle of the stop.
            nut.Say("OB", charge: 20, seconds: 3600);
            await units.Until(() => units.Done.Contains($"stop {Validator}"), () => agent.Log);
            agent.Kill();
        }
        Assert.Contains("\"stopping\"", File.ReadAllText(units.Record), StringComparison.OrdinalIgnoreCase);

        // 3. Started again it goes on where it was.
        await using (var agent = Start(nut, units))
            await units.Until(() => units.Done.Contains("poweroff"), () => agent.Log);
        Assert.Equal(
            [$"stop {Validator}", $"stopped {Validator}", $"stop {Beacon}", $"stopped {Beacon}", $"stop {Execution}", $"stopped {Execution}", "poweroff"],
            units.Done.Distinct());

        // 4. Another boot, with mains: what was stopped is started, and nothing else.
        File.WriteAllText(units.Record, Regex.Replace(File.ReadAllText(units.Record), "\"boot\": \"[^\"]*\"", "\"boot\": \"the boot before\""));
        nut.Say("OL");
        await using (var agent = Start(nut, units))
            await Until(agent, "The outage is over");
        Assert.Equal([$"start {Execution}", $"start {Beacon}", $"start {Validator}"], units.Done.Where(d => d.StartsWith("start", StringComparison.Ordinal)));
        Assert.Equal("inactive", units.Get(Other));
        Assert.False(File.Exists(units.Record));
    }

    [Fact]
    public async Task A_NUT_server_that_is_lost_on_battery_counts_as_its_end_and_one_that_is_lost_on_mains_does_not()
    {
        await using var nut = await NutServer.Start("OL");
        using var units = new ClientUnits(Validator, Beacon, Execution, Other);
        await using var agent = Start(nut, units);
        await nut.KillServer();
        await Until(agent, "The UPS cannot be read");
        Assert.Empty(units.Done);
        nut.Say("OB", charge: 95, seconds: 7200);
        await nut.StartServer();
        await Until(agent, "On battery");
        Assert.Empty(units.Done);
        await nut.KillServer();
        await units.Until(() => units.Done.Contains($"stop {Validator}"), () => agent.Log);
        Assert.Contains(agent.Errors, l => l.Contains("nothing tells when its battery ends", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_plan_is_told_without_the_agent_and_does_nothing()
    {
        using var units = new ClientUnits(Validator, Beacon, Execution, Other);
        var file = Path.Combine(units.Environment["STATE_DIRECTORY"], "edge.yaml");
        File.WriteAllText(file, "stacks: [{ name: a, beacon-node: \"http://127.0.0.1:9\" }]\npower: { model: nut, validator: validator, execution: geth, execution-seconds: 1200 }\nstatus: { listen: \"127.0.0.1:9\" }\n");
        File.WriteAllText(Path.Combine(units.Environment["STATE_DIRECTORY"], "stop-times.json"), """{ "geth.service": 42.2 }""");
        var (code, screen, errors) = await EdgeProcess.Run(["power", "plan", "--config", file], units.Environment);
        Assert.True(code == 0, errors);
        Assert.Contains("execution: geth.service", screen, StringComparison.Ordinal);
        Assert.Contains("its last stop took 42 s", screen, StringComparison.Ordinal);
        Assert.Empty(units.Done);
        (code, _, errors) = await EdgeProcess.Run(["power", "cut", "--config", file], units.Environment);
        Assert.Equal(1, code);
        Assert.Contains("The power is not cut", errors, StringComparison.Ordinal);
    }
}
