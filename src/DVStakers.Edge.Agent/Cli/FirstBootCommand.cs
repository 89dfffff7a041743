using System.CommandLine;
using System.Text;
using DVStakers.Edge.Agent.Config;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.FirstBoot;

namespace DVStakers.Edge.Agent.Cli;

/// <summary><c>first-boot</c>: says what is wrong with a box.yaml, or makes of it the files that the image's first boot puts in place.</summary>
internal sealed class FirstBootCommand(TextWriter output, TextWriter errors, string zones = "/usr/share/zoneinfo")
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The box.yaml." };
        var folder = new Option<string?>("--out") { Description = "Write there what it comes to; of a file with errors only who may log in.", HelpName = "DIR" };
        var command = new Command("first-boot", "Check a box.yaml, which tells the image at its first boot who and where it is (docs/image.md). Exit code: 0 good, 78 not.") { file, folder };
        command.SetAction(parsed => new FirstBootCommand(Console.Out, Console.Error).Execute(parsed.GetValue(file)!, parsed.GetValue(folder)));
        return command;
    }

    public int Execute(string file, string? folder)
    {
        BoxResult read;
        string? invitation = null;
        var problems = new List<ConfigProblem>();
        try
        {
            using var text = new StreamReader(file);
            // By its name alone: where it is mounted tells the operator nothing.
            var (root, broken) = YamlTree.Read(Path.GetFileName(file), text);
            read = BoxReader.Read(root, ConfigRules.Check, PanelRules.Check, (config, origins) => SecretFiles.Check(config, origins).Select(Later));
            problems.AddRange(broken);
            problems.AddRange(read.Problems);
            problems.AddRange(Zone(root, read.File));
            invitation = Invitation(root, read.File, Path.GetDirectoryName(Path.GetFullPath(file))!, problems);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"{file}: error: it cannot be read: {e.Message}");
            return ExitCode.Config;
        }
        foreach (var problem in problems)
            errors.WriteLine(Printable.Of(problem.ToString()));
        var wrong = problems.Count(p => !p.IsWarning);
        return Write(read.File, invitation, folder, wrong > 0) && wrong == 0 ? ExitCode.Ok : ExitCode.Config;
    }

    private bool Write(BoxFile box, string? invitation, string? folder, bool keysOnly)
    {
        var files = BoxPlan.Of(invitation is null ? box : box with { Invitation = invitation }, keysOnly).ToList();
        try
        {
            if (folder is not null)
                Directory.CreateDirectory(folder);
            foreach (var made in files)
            {
                if (folder is not null)
                    File.WriteAllText(Path.Combine(folder, made.Name), made.Content);
                else if (!keysOnly)
                    // An invitation is secret.
                    output.Write(made.Name == "invitation" ? "# invitation\n(the cluster's invitation)\n" : $"# {made.Name}\n{made.Content}");
            }
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"{folder} cannot be written: {e.Message}");
            return false;
        }
    }

    // On a new box a client's files are not there yet; the agent says so again, and starts when they are.
    private static ConfigProblem Later(ConfigProblem problem) => problem with { IsWarning = true };

    private IEnumerable<ConfigProblem> Zone(ConfigMap root, BoxFile box)
    {
        if (box.TimeZone is { } zone && !File.Exists(Path.Combine(zones, zone)))
            yield return new(root.Find("time-zone")!.Value.Where, $"'time-zone' is \"{zone}\", which the time zone database does not have; such names are Africa/Nairobi, Europe/Berlin, UTC");
    }

    /// <summary>The invitation's text, wherever it is; null where there is none, or none that can be used.</summary>
    private static string? Invitation(ConfigMap root, BoxFile box, string folder, List<ConfigProblem> problems)
    {
        if (box.Invitation is not { } written)
            return null;
        var where = root.Find("invitation")!.Value.Where;
        var path = Path.Combine(folder, written);
        var text = !box.InvitationIsFile ? written : File.Exists(path) && new FileInfo(path).Length <= Carried.MostBytes ? File.ReadAllText(path) : null;
        if (text is null)
            problems.Add(new(where, $"'invitation' is \"{written}\", and there is no such file beside box.yaml; put it there, under that very name"));
        else if (Carried.KindOf(Encoding.UTF8.GetBytes(text)) != CarriedKind.Invitation)
            problems.Add(new(where, "'invitation' is not what `dvstakers-edge cluster invite` wrote; name that file, or carry it anew"));
        else
            return text;
        return null;
    }
}
