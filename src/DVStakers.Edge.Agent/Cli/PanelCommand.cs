using System.CommandLine;
using System.Text.Json;
using DVStakers.Edge.Agent.Config;
using DVStakers.Edge.Agent.Panel;
using DVStakers.Edge.Agent.Service;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Status;
using DVStakers.Edge.Linux.Kernel;
using DVStakers.Edge.Linux.Leds;
using Microsoft.Extensions.Logging.Abstractions;

namespace DVStakers.Edge.Agent.Cli;

/// <summary><c>panel</c>: what is lit and what it means; <c>panel test</c> and <c>panel restore</c>.</summary>
internal sealed class PanelCommand(string directory, KernelPaths paths, TimeProvider time, TextWriter output, TextWriter errors)
{
    /// <summary>The running agent looks once a second whether the LEDs are wanted.</summary>
    private static readonly TimeSpan LetsGoWithin = TimeSpan.FromSeconds(6);

    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(200);

    public static Command Create(Option<string?> config, Option<string?> url, TimeProvider time)
    {
        var command = new PanelCommand(ConfigFile.StateDirectory, KernelPaths.System, time, Console.Out, Console.Error);
        var test = new Command("test", "Walk through every LED and every rhythm, naming each; the running agent lends the LEDs meanwhile. Exit code: 0 all light, 1 not.") { config };
        test.SetAction((parsed, stop) => command.TestConfigured(parsed.GetValue(config), stop));
        var restore = new Command("restore", "Give the board's LEDs back to what drove them before the agent; for ExecStopPost. Exit code: 0 done or nothing to do, 1 not.");
        restore.SetAction(_ => command.Restore());
        var panel = new Command("panel", "Show what each LED of the panel shows now, and what that means. Exit code: 0, or 1 where the agent does not run.") { config, url, test, restore };
        panel.SetAction(async (parsed, stop) => await AgentAnswer.Address(parsed.GetValue(config), parsed.GetValue(url)) is { } address
            ? await command.Show(address, Ink.ForOutput, AgentAnswer.Width(), stop)
            : ExitCode.Config);
        return panel;
    }

    public async Task<int> Show(string address, Ink ink, int width, CancellationToken stop)
    {
        if (await AgentAnswer.Ask(address, "/status", static b => JsonSerializer.Deserialize(b, StatusJson.Default.StatusReport), errors, time, stop) is not var (report, _))
            return ExitCode.NotRunning;
        await output.WriteAsync(PanelScreen.Render(report, LedDevice.Names(paths), width, ink));
        return ExitCode.Ok;
    }

    public async Task<int> TestConfigured(string? file, CancellationToken stop)
    {
        var read = ConfigFile.Load(file, ConfigFile.ProcessEnvironment(), Environment.MachineName, out var source);
        if (read.Config is not { } config)
        {
            foreach (var problem in read.Problems)
                await errors.WriteLineAsync(problem.ToString());
            return ExitCode.Config;
        }
        if (config.Panel is not { } panel)
        {
            await errors.WriteLineAsync($"There is no panel in the configuration ({source}). A section such as 'panel: {{ board: rock-5b }}' makes one: docs/panel.md");
            return ExitCode.Config;
        }
        return await Test(panel, stop);
    }

    public async Task<int> Test(PanelConfig panel, CancellationToken stop)
    {
        try
        {
            Directory.CreateDirectory(directory);
            var locks = new PanelLocks(directory);
            using var wanted = locks.Want();
            if (wanted is null)
                return await Fail("Another `dvstakers-edge panel test` runs.");
            using var ours = await Take(locks, stop);
            if (ours is null)
                return await Fail($"The running agent does not let go of the LEDs within {LetsGoWithin.TotalSeconds:0} s: systemctl status dvstakers-edge");
            var lamps = PanelParts.Lamps(panel, paths, new TriggerFile(directory, NullLogger.Instance)).ToList();
            if (lamps.Count == 0)
                return await Fail($"A {panel.Board.Name} board has no LED of its own that is known, and the configuration names none.");
            var failed = await new PanelWalk(lamps, output, time).Run(stop);
            await output.WriteLineAsync(failed == 0 ? "Every LED was lit. They are as they were before." : $"{failed} of {lamps.Count} LEDs did not light.");
            return failed == 0 ? ExitCode.Ok : ExitCode.Failed;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return await Fail($"{directory} cannot be used ({e.Message}). Run this as root: sudo dvstakers-edge panel test");
        }
    }

    public int Restore()
    {
        try
        {
            using var ours = new PanelLocks(directory).Take();
            if (ours is null)
            {
                errors.WriteLine("The agent, or `panel test`, has the LEDs now; nothing is restored.");
                return ExitCode.Failed;
            }
            return RestoreAll();
        }
        catch (DirectoryNotFoundException)
        {
            // No agent ever kept anything here.
            return ExitCode.Ok;
        }
        catch (UnauthorizedAccessException e)
        {
            errors.WriteLine($"{directory} cannot be used ({e.Message}). Run this as root or the agent's user.");
            return ExitCode.Failed;
        }
    }

    private int RestoreAll()
    {
        var kept = new TriggerFile(directory, NullLogger.Instance);
        var code = ExitCode.Ok;
        foreach (var (name, memory) in kept.Read())
        {
            var problem = kept.Restore(new LedDevice(paths, name), memory);
            if (problem is null)
                output.WriteLine($"{name}: {memory.Trigger} again");
            else
                errors.WriteLine(problem);
            if (problem is not null)
                code = ExitCode.Failed;
        }
        return code;
    }

    private async Task<IDisposable?> Take(PanelLocks locks, CancellationToken stop)
    {
        for (var began = time.GetTimestamp(); time.GetElapsedTime(began) < LetsGoWithin;)
        {
            if (locks.Take() is { } ours)
                return ours;
            await Task.Delay(Again, time, stop);
        }
        return null;
    }

    private async Task<int> Fail(string why)
    {
        await errors.WriteLineAsync(why);
        return ExitCode.Failed;
    }
}
