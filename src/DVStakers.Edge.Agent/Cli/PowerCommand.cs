using System.CommandLine;
using System.Text.Json;
using DVStakers.Edge.Agent.Config;
using DVStakers.Edge.Agent.Power;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Power;
using DVStakers.Edge.Linux.Kernel;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DVStakers.Edge.Agent.Cli;

/// <summary><c>power</c>: what the UPS says, what would happen in an outage, and the UPS's own cut as the machine's last act.</summary>
internal static class PowerCommand
{
    public static Command Create(Option<string?> config, Option<string?> url, Option<bool> json, TimeProvider time)
    {
        var show = new Command("show", "Show what the UPS says and what it means. Exit code: 0, or 1 where the agent does not run.") { config, url, json };
        show.SetAction((parsed, stop) => Show(parsed.GetValue(config), parsed.GetValue(url), parsed.GetValue(json), time, stop));
        var plan = new Command("plan", "Show what would happen in an outage and when, with this box's own stop times. Nothing is done. Exit code: 0, or 78 where the configuration has no UPS.") { config, url, json };
        plan.SetAction((parsed, stop) => Plan(parsed.GetValue(config), parsed.GetValue(url), parsed.GetValue(json), time, stop));
        var cut = new Command("cut", "Let the UPS take the power away. Only the machine's last script calls this; without a power-off by this agent in this boot it does nothing.") { config };
        cut.SetAction((parsed, stop) => Cut(parsed.GetValue(config), time, stop));
        var write = new Option<bool>("--write") { Description = $"Write them to {PowerRightsCommand.File}, where the polkit rule reads them; the agent's unit does that as root before each start." };
        var rights = new Command("rights", "Show what the agent may do to others by this configuration: the units that it may stop and start, and power-off. Exit code: 0, or 78 where the configuration has errors.") { config, write };
        rights.SetAction((parsed, _) => Rights(new(parsed.GetValue(config)), parsed.GetValue(write), time));
        return new Command("power", "This box's power: the UPS, and what is done when mains are gone.") { show, plan, cut, rights };
    }

    private static async Task<int> Rights(PowerRightsCommand command, bool write, TimeProvider time)
    {
        if (!write)
            return await command.Show(Console.Out, Console.Error);
        using var logs = Logging.Create(LogLevelName.Info, Logging.UnderJournal, time);
        return command.Write(PowerRightsCommand.File, logs.CreateLogger("power"));
    }

    private static async Task<int> Show(string? file, string? url, bool json, TimeProvider time, CancellationToken stop)
    {
        if (await AgentAnswer.Address(file, url) is not { } address)
            return ExitCode.Config;
        if (await AgentAnswer.Ask(address, "/power", static b => JsonSerializer.Deserialize(b, UpsReportJson.Default.UpsReport), Console.Error, time, stop) is not var (report, body))
            return ExitCode.NotRunning;
        await Console.Out.WriteAsync(json ? System.Text.Encoding.UTF8.GetString(body) + "\n" : PowerScreen.Show(report, time.GetUtcNow(), AgentAnswer.Width(), Ink.ForOutput));
        return ExitCode.Ok;
    }

    private static async Task<int> Plan(string? file, string? url, bool json, TimeProvider time, CancellationToken stop)
    {
        if (await Configured(file) is not { } power)
            return ExitCode.Config;
        // Without the agent the plan is as good; only what holds now is not known.
        var address = await AgentAnswer.Address(file, url);
        var answer = address is null ? null : await AgentAnswer.Ask(address, "/power", static b => JsonSerializer.Deserialize(b, UpsReportJson.Default.UpsReport), TextWriter.Null, time, stop);
        var status = answer is var (report, _) ? report.AsStatus() : new PowerStatus { Source = PowerSource.Unknown, Reason = "the agent does not run", Trouble = "the agent does not run" };
        var clients = await new ClientCommands(time, NullLogger.Instance).Look([.. power.Clients], new OutageFiles(ConfigFile.StateDirectory, NullLogger.Instance).StopTimes(), stop);
        var plan = PowerPlan.Of(power, new(status, time.GetUtcNow(), "", clients, true));
        await Console.Out.WriteAsync(json ? JsonSerializer.Serialize(plan, PowerPlanJson.Default.PowerPlan) + "\n" : PowerScreen.Plan(plan, AgentAnswer.Width(), Ink.ForOutput));
        return ExitCode.Ok;
    }

    private static async Task<int> Cut(string? file, TimeProvider time, CancellationToken stop)
    {
        if (await Configured(file) is not { } power)
            return ExitCode.Config;
        var outage = new OutageFiles(ConfigFile.StateDirectory, NullLogger.Instance).Read();
        if (LastAct.Refusal(power, outage, new BootFacts().Id) is { } refusal)
        {
            await Console.Error.WriteLineAsync($"The power is not cut: {refusal}.");
            return ExitCode.Failed;
        }
        try
        {
            await LastAct.Do(power, KernelPaths.System, time, stop);
            return ExitCode.Ok;
        }
        catch (DeviceException e)
        {
            await Console.Error.WriteLineAsync($"The power is not cut: {e.Message}");
            return ExitCode.Failed;
        }
    }

    /// <summary>Null, and the reason is said, where there is no UPS in the configuration.</summary>
    private static async Task<PowerConfig?> Configured(string? file)
    {
        var read = ConfigFile.Load(file, ConfigFile.ProcessEnvironment(), Environment.MachineName, out var source);
        foreach (var problem in read.Config is null ? read.Problems : [])
            await Console.Error.WriteLineAsync(problem.ToString());
        if (read.Config is { Power: null })
            await Console.Error.WriteLineAsync($"{source} has no power section, so nothing watches the power (docs/power.md).");
        return read.Config?.Power;
    }
}
