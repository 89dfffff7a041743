using System.CommandLine;
using System.Text.Json;
using DVStakers.Edge.Agent.Config;
using DVStakers.Edge.Core.Status;

namespace DVStakers.Edge.Agent.Cli;

/// <summary><c>drain</c> and <c>undrain</c>: takes this box, or stacks of it, out of use before the work on them begins, and puts them back.</summary>
internal sealed class DrainCommand(DrainFile file, TimeProvider time, TextWriter output, TextWriter errors)
{
    public static IEnumerable<Command> Create(Option<string?> config, Option<string?> url, TimeProvider time)
    {
        var command = new DrainCommand(new DrainFile(ConfigFile.StateDirectory, time), time, Console.Out, Console.Error);
        var stacks = new Argument<string[]>("STACK") { Description = "Stacks of this box. None: the whole box.", Arity = ArgumentArity.ZeroOrMore };
        var hours = new Option<double>("--hours") { Description = "After this it counts no more, in case it is forgotten. 0.1 to 168.", HelpName = "N", DefaultValueFactory = _ => DrainFile.Usually.TotalHours };
        var force = new Option<bool>("--force") { Description = "Also where duties would be lost, or the agent cannot be asked." };
        var drain = new Command("drain", "Take this box, or stacks of it, out of use: duties go elsewhere before you begin. Refuses where that would lose duties. Exit code: 0 done, 1 not.") { stacks, hours, force, config, url };
        drain.SetAction(async (parsed, stop) => await AgentAnswer.Address(parsed.GetValue(config), parsed.GetValue(url)) is { } address
            ? await command.Drain(address, parsed.GetValue(stacks)!, parsed.GetValue(hours), parsed.GetValue(force), stop)
            : ExitCode.Config);
        var undrain = new Command("undrain", "Put back what was drained. Exit code: 0 done, 1 not.");
        undrain.SetAction(_ => command.Undrain());
        return [drain, undrain];
    }

    public async Task<int> Drain(string address, string[] stacks, double hours, bool force, CancellationToken stop)
    {
        if (hours is not (>= 0.1 and <= 168))
        {
            await errors.WriteLineAsync($"--hours {hours}: it must be from 0.1 to 168 (a week)");
            return ExitCode.Failed;
        }
        if (!force && await Objection(address, stacks, stop) is { } objection)
        {
            if (objection.Length > 0)
                await errors.WriteLineAsync($"Not drained: {objection}. To do it all the same: --force");
            return ExitCode.Failed;
        }
        var what = stacks.Length == 0 ? "This box" : string.Join(", ", stacks);
        return Write(new Drained(stacks.Length == 0, stacks, time.GetUtcNow() + TimeSpan.FromHours(hours)),
            $"{what}: drained for {hours:0.#} h. Its duties go elsewhere at the end of this slot; `dvstakers-edge status` shows when they have. Put it back with: dvstakers-edge undrain");
    }

    public int Undrain() => Write(null, "Nothing is drained any more; a stack is used again when it is the best.");

    /// <summary>Null: nothing speaks against it. Empty: what does was said.</summary>
    private async Task<string?> Objection(string address, string[] stacks, CancellationToken stop)
    {
        if (await AgentAnswer.Ask(address, "/status", static b => JsonSerializer.Deserialize(b, StatusJson.Default.StatusReport), errors, time, stop) is not var (report, _))
            return "";
        if (stacks.Length == 0)
            return report.Drain.BoxObjection;
        var own = report.Drain.StackObjections;
        return stacks.FirstOrDefault(s => !own.ContainsKey(s)) is { } unknown
            ? $"{unknown} is no stack of this box ({string.Join(", ", own.Keys)})"
            : stacks.Length == own.Count && report.Ranking.All(r => own.ContainsKey(r.Name)) ? "that is every stack there is"
            : stacks.Select(s => own[s]).FirstOrDefault(o => o is not null);
    }

    private int Write(Drained? drained, string done)
    {
        try
        {
            file.Write(drained);
            output.WriteLine(done);
            return ExitCode.Ok;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"{file.Path} cannot be written ({e.Message}). Run this as root or the agent's user: sudo dvstakers-edge drain");
            return ExitCode.Failed;
        }
    }
}
