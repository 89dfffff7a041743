using System.Text.Json;
using DVStakers.Edge.FunctionalTests.Mesh;
using DVStakers.Edge.FunctionalTests.Proxy;

namespace DVStakers.Edge.FunctionalTests.Service;

/// <summary>The commands as a person or a script runs them: what they print, and their exit codes.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("edge-test-");

    public void Dispose() => folder.Delete(recursive: true);

    private static readonly string[] Wrong =
    [
        "cluster: home",
        "stacks:",
        "  - name: a",
        "    beacon-nod: http://127.0.0.1:5052",
        "proxy:",
        "  listen: nowhere",
        "mqt:",
        "  host: 127.0.0.1",
    ];

    [Fact]
    public async Task Status_is_0_when_ready_2_when_not_and_1_without_an_agent()
    {
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        string[] command = ["status", "--config", box.Agent.Configuration];
        var (code, output, errors) = await EdgeProcess.Run(command);
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("● READY     primary serves the validator: ", output);
        Assert.DoesNotContain('\e', output);
        Assert.All(output.Split('\n'), line => Assert.InRange(line.Length, 0, 80));

        (code, output, errors) = await EdgeProcess.Run([.. command, "--json"]);
        Assert.Equal((0, ""), (code, errors));
        Assert.Equal("primary", JsonDocument.Parse(output).RootElement.GetProperty("serving").GetString());

        await box.Primary.Node.Kill();
        await box.Secondary.Node.Kill();
        await box.Until(r => !r.GetProperty("ready").GetBoolean());
        (code, output, _) = await EdgeProcess.Run(["status", "--url", box.Agent.Status.GetLeftPart(UriPartial.Authority)]);
        Assert.Equal(2, code);
        Assert.Contains("NOT READY", output);
        Assert.Contains("Beacon node unreachable", output);

        await box.Agent.Process.Signal("TERM");
        await box.Agent.Process.Exit(TimeSpan.FromSeconds(5));
        (code, output, errors) = await EdgeProcess.Run(command);
        Assert.Equal((1, ""), (code, output));
        Assert.Contains("The agent does not answer at " + box.Agent.Status.GetLeftPart(UriPartial.Authority), errors);
        Assert.Contains("journalctl -u dvstakers-edge", errors);
    }

    [Fact]
    public async Task Status_of_something_else_is_1()
    {
        await using var box = await TestBox.Start();
        var (code, output, errors) = await EdgeProcess.Run(["status", "--url", box.Primary.Node.Address.ToString()]);
        Assert.Equal((1, ""), (code, output));
        Assert.Contains("it answered 404, so it is something else", errors);
    }

    [Fact]
    public async Task Check_config_names_every_error_at_once_with_its_place_and_the_nearest_name()
    {
        var file = await Write(Wrong);
        var (code, output, errors) = await EdgeProcess.Run(["check-config", "--config", file]);
        Assert.Equal((78, ""), (code, output));
        AssertAllNamed(file, errors);
        Assert.Matches("^[0-9]+ errors: the agent would not start.$", errors.Split('\n')[^1]);
    }

    [Fact]
    public async Task Run_refuses_a_wrong_configuration_with_every_error_in_the_journal()
    {
        var file = await Write(Wrong);
        var (code, _, errors) = await EdgeProcess.Run(["run", "--config", file], new Dictionary<string, string> { ["JOURNAL_STREAM"] = "8:12345" });
        Assert.Equal(78, code);
        AssertAllNamed(file, errors);
        Assert.All(errors.Split('\n'), line => Assert.StartsWith("<3>", line));

        (code, _, errors) = await EdgeProcess.Run(["run", "--config", "/not/here.yaml"]);
        Assert.Equal(78, code);
        Assert.Contains("/not/here.yaml: error: there is no such file", errors);
    }

    [Fact]
    public async Task A_person_at_a_terminal_that_the_journal_s_variable_leaked_into_reads_times_and_words()
    {
        var file = await Write(Wrong);
        // script gives it a terminal.
        await using var terminal = Lines.Of("script", "--quiet", "--command", $"JOURNAL_STREAM=8:12345 {EdgeProcess.Binary} run --config {file}", "/dev/null");
        var line = await terminal.Until("error(s)");
        Assert.Matches("[0-9]{2}:[0-9]{2}:[0-9]{2} error ", line);
        Assert.DoesNotContain("<3>", line);
    }

    [Fact]
    public async Task Check_config_says_what_the_agent_would_do()
    {
        var file = await Write("box: nuc", "stacks:", "  - name: a", "    beacon-node: http://127.0.0.1:5052", "    execution-client: http://127.0.0.1:8545");
        var (code, output, errors) = await EdgeProcess.Run(["check-config", "--config", file]);
        Assert.Equal((0, ""), (code, errors));
        Assert.StartsWith($"OK  {file}\nbox nuc in cluster ", output);
        Assert.Contains("1. a: beacon node http://127.0.0.1:5052/, execution client http://127.0.0.1:8545/", output);

        (code, _, errors) = await EdgeProcess.Run(["check-config", "--config", file], new Dictionary<string, string> { ["EDGE_MQTT_PROT"] = "1" });
        Assert.Equal(78, code);
        Assert.Contains("EDGE_MQTT_PROT: error: no such setting; did you mean EDGE_MQTT_PORT?", errors);
    }

    [Fact]
    public async Task Version_and_help_are_there_and_a_word_that_is_not_a_command_is_an_error()
    {
        var (code, output, errors) = await EdgeProcess.Run(["version"]);
        Assert.Equal((0, ""), (code, errors));
        Assert.Matches(@"^dvstakers-edge [0-9]+\.[0-9]+\.[0-9]+", output);

        (code, output, _) = await EdgeProcess.Run(["--help"]);
        Assert.Equal(0, code);
        Assert.All(new[] { "run", "status", "check-config", "version" }, command => Assert.Contains($"  {command}", output));

        (code, _, errors) = await EdgeProcess.Run(["statsu"]);
        Assert.NotEqual(0, code);
        Assert.Contains("statsu", errors);
    }

    private static void AssertAllNamed(string file, string errors)
    {
        Assert.Contains($"{file}:4:5: ", errors);
        Assert.Contains("beacon-node", errors.Split('\n').First(l => l.Contains(":4:5: ", StringComparison.Ordinal)));
        Assert.Contains($"{file}:6:11: ", errors);
        Assert.Contains($"{file}:7:1: ", errors);
        Assert.Contains("mqtt", errors.Split('\n').First(l => l.Contains(":7:1: ", StringComparison.Ordinal)));
    }

    private async Task<string> Write(params string[] lines)
    {
        var file = Path.Combine(folder.FullName, "edge.yaml");
        await File.WriteAllLinesAsync(file, lines);
        return file;
    }
}
