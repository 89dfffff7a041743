using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Agent.Config;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Status;
using DVStakers.Edge.Linux.Files;

namespace DVStakers.Edge.Agent.Cli;

/// <summary><c>cluster</c>: makes this box a member, and keeps the cluster's files. Needs no running agent.</summary>
internal sealed class ClusterCommand(Option<string?> config, TimeProvider time)
{
    private static readonly TimeSpan LongestInvitation = TimeSpan.FromDays(30);

    private readonly Option<string?> dir = new("--dir") { Description = "The cluster directory. Default: membership.directory of the configuration.", HelpName = "DIR" };
    private readonly Option<string?> output = new("--out") { Description = "Where to write the file to carry. Default: here, named after the box.", HelpName = "FILE" };
    private readonly Option<Uri?> gateway = new("--gateway")
    {
        Description = "Where the others reach the box's peer gateway.",
        HelpName = "https://HOST:5071",
        CustomParser = r => Uri.TryCreate(r.Tokens[0].Value, UriKind.Absolute, out var url) ? url : Wrong<Uri?>(r, "must be like https://host:5071"),
    };
    private readonly Option<string?> broker = new("--broker") { Description = "Where the others reach its MQTT broker, over TLS.", HelpName = "HOST:8883" };
    private readonly Option<int?> shares = new("--shares") { Description = "How many of the cluster's key shares sign on the box.", HelpName = "N" };
    private readonly Argument<string> box = new("BOX") { Description = "The box's name." };

    public static Command Create(Option<string?> config, TimeProvider time) => new ClusterCommand(config, time).Tree();

    private Command Tree()
    {
        Command cluster = new("cluster", "Make, join and keep the cluster whose boxes help each other (docs/cluster.md). Exit code: 0, or 1 with the reason.") { Init(), Invite(), Join(), Renew(), Remove(), List() };
        return cluster;
    }

    private Command Init()
    {
        var name = new Argument<string>("NAME") { Description = "The cluster's name." };
        var own = new Option<string>("--box") { Description = "This box's name in it.", HelpName = "BOX", Required = true };
        var threshold = new Option<int>("--threshold") { Description = "How many key shares must sign together; no single node is to carry so many. 0: no DVT cluster.", HelpName = "N" };
        return Act(new("init", "Make a cluster, its CA on this box, and this box its first member.") { name, own, gateway, broker, shares, threshold }, (parsed, directory) =>
            new Founder(directory, time).Init(parsed.GetValue(name)!, Seat(parsed, parsed.GetValue(own)!), parsed.GetValue(threshold)) + Settings(parsed, directory));
    }

    private Command Invite()
    {
        var role = new Option<string>("--role") { Description = "full, or auxiliary: a validator without nodes of its own.", DefaultValueFactory = _ => "full" };
        role.AcceptOnlyFromAmong("full", "auxiliary");
        var expires = new Option<TimeSpan>("--expires")
        {
            Description = "How long the invitation works, such as 30m, 24h or 7d; at most 30d.",
            HelpName = "TIME",
            DefaultValueFactory = _ => TimeSpan.FromHours(24),
            CustomParser = r => Lifetime(r.Tokens[0].Value) ?? Wrong<TimeSpan>(r, "must be like 30m, 24h or 7d, and at most 30d"),
        };
        return Act(new("invite", "Write the file that makes a box a member, once. On the box that made the cluster.") { box, gateway, broker, shares, role, expires, output }, (parsed, directory) =>
        {
            var seat = Seat(parsed, parsed.GetValue(box)!) with { Role = parsed.GetValue(role) == "auxiliary" ? MemberRole.Auxiliary : MemberRole.Full };
            return new Founder(directory, time).Invite(seat, parsed.GetValue(expires), parsed.GetValue(output) ?? seat.Box + ".invitation");
        });
    }

    private Command Join()
    {
        var files = new Argument<string[]>("FILE") { Description = "An invitation, a request (or several), a grant, or another box's roster.", Arity = ArgumentArity.OneOrMore };
        return Act(new("join", "Take the file that another box wrote; it says what comes next.") { files, output }, (parsed, directory, say) =>
        {
            var (names, named) = (parsed.GetValue(files)!, parsed.GetValue(output));
            if (names.Length > 1 && named is not null)
                throw new MembershipException("cluster join", "--out names one file, so give it one FILE");
            List<string> grants = [];
            foreach (var name in names)
                say(About(name, () => Take(name, named, parsed, directory, grants)));
            // Whoever comes first then knows those who came after, too.
            foreach (var grant in grants.SkipLast(1))
                ClusterDirectory.WriteCarried(grant, directory.Read(ClusterDirectory.RosterFile)!, ClusterDirectory.ForAll);
        });
    }

    /// <param name="grants">Those that are written are added.</param>
    private string Take(string name, string? named, ParseResult parsed, ClusterDirectory directory, List<string> grants)
    {
        var bytes = ClusterDirectory.ReadFile(name, Carried.MostBytes) ?? throw new MembershipException(name, "there is no such file");
        switch (Carried.KindOf(bytes))
        {
            case CarriedKind.Invitation:
                return new Newcomer(directory, time).Ask(name, bytes, named);
            case CarriedKind.Request:
                var grant = named ?? Path.GetFileNameWithoutExtension(name) + ".grant";
                var admitted = new Founder(directory, time).Admit(name, bytes, grant);
                grants.Add(grant);
                return admitted;
            case CarriedKind.Roster:
                var taken = new Newcomer(directory, time).Take(name, bytes, out var certified);
                return certified ? $"{taken}{Settings(parsed, directory)}\nNext: sudo dvstakers-edge broker render\nThen: sudo systemctl restart mosquitto dvstakers-edge" : taken;
            default:
                throw new MembershipException(name, "this is neither an invitation nor a request, a grant or a roster; or it was damaged on its way: carry it anew");
        }
    }

    private Command Renew() =>
        Act(new("renew", "Ask for a new certificate for this box, and say what is different from now on.") { gateway, broker, shares, output }, (parsed, directory) =>
            new Newcomer(directory, time).Renew(seat => seat with
            {
                Gateway = parsed.GetValue(gateway) ?? seat.Gateway,
                Broker = parsed.GetValue(broker) ?? seat.Broker,
                Shares = parsed.GetValue(shares) ?? seat.Shares,
            }, parsed.GetValue(output)));

    private Command Remove() =>
        Act(new("remove", "Take a box out of the cluster, or its invitation back. On the box that made the cluster.") { box }, (parsed, directory) =>
            new Founder(directory, time).Remove(parsed.GetValue(box)!));

    private Command List()
    {
        var json = new Option<bool>("--json") { Description = "Print the list as JSON." };
        return Act(new("list", "Show who belongs to the cluster, and whom this box's agent hears.") { json }, async (parsed, directory, say, stop) =>
        {
            var listing = Listing.Of(directory, time);
            say(parsed.GetValue(json) ? System.Text.Encoding.UTF8.GetString(listing.ToUtf8()) : Printable.Lines(string.Join('\n', listing.Lines())));
            // Of another directory the agent knows nothing.
            if (!parsed.GetValue(json) && parsed.GetValue(dir) is null && listing.Members.Count > 1)
                say(Printable.Lines(await Heard(parsed.GetValue(config), stop).ConfigureAwait(false)));
        });
    }

    private async Task<string> Heard(string? file, CancellationToken stop)
    {
        if (await AgentAnswer.Address(file, null).ConfigureAwait(false) is not { } address
            || await AgentAnswer.Ask(address, "/status", static b => JsonSerializer.Deserialize(b, StatusJson.Default.StatusReport), TextWriter.Null, time, stop).ConfigureAwait(false) is not var (report, _))
            return "Whom this box hears is not known, because its agent does not answer. Next: sudo systemctl restart dvstakers-edge";
        var silent = report.Peers.Where(p => p.Standing != "known").Select(p => p.Box).ToList();
        return silent.Count == 0 ? "This box's agent hears them all." : $"This box's agent does not hear {string.Join(", ", silent)}. What may be wrong: sudo dvstakers-edge check-config";
    }

    private Command Act(Command command, Func<ParseResult, ClusterDirectory, string> act) => Act(command, (parsed, directory, say) => say(act(parsed, directory)));

    private Command Act(Command command, Action<ParseResult, ClusterDirectory, Action<string>> act) => Act(command, (parsed, directory, say, _) =>
    {
        act(parsed, directory, say);
        return Task.CompletedTask;
    });

    private Command Act(Command command, Func<ParseResult, ClusterDirectory, Action<string>, CancellationToken, Task> act)
    {
        command.Add(config);
        command.Add(dir);
        command.SetAction(async (parsed, stop) =>
        {
            if (Directory(parsed) is not { } directory)
                return ExitCode.Config;
            try
            {
                await act(parsed, new(directory), Console.Out.WriteLine, stop).ConfigureAwait(false);
                return ExitCode.Ok;
            }
            catch (Exception e) when (Told($"cluster {command.Name}", e) is { } told)
            {
                await Console.Error.WriteLineAsync(Printable.Of(told.Message)).ConfigureAwait(false);
                return ExitCode.Failed;
            }
        });
        return command;
    }

    /// <summary>Null, and the problems are said, where the configuration is wrong and none is named.</summary>
    private string? Directory(ParseResult parsed)
    {
        if (parsed.GetValue(dir) is { } named)
            return Path.GetFullPath(named);
        var read = ConfigFile.Load(parsed.GetValue(config), ConfigFile.ProcessEnvironment(), Environment.MachineName, out _);
        foreach (var problem in read.Problems.Where(p => !p.IsWarning))
            Console.Error.WriteLine(problem.ToString());
        if (read.Config is null)
            Console.Error.WriteLine("The cluster directory is named in the configuration, so correct it first, or name the directory with --dir.");
        return read.Config?.Membership.Directory;
    }

    private Seat Seat(ParseResult parsed, string name) =>
        new() { Box = name, Shares = parsed.GetValue(shares) ?? 0, Gateway = parsed.GetValue(gateway), Broker = parsed.GetValue(broker) };

    /// <summary>What is wrong with a file's content is said with its name.</summary>
    private static string About(string what, Func<string> act)
    {
        try
        {
            return act();
        }
        catch (Exception e) when (Told(what, e) is { } told && told != e)
        {
            throw told;
        }
    }

    /// <summary>Null: a fault of the program.</summary>
    private static MembershipException? Told(string what, Exception e) => e switch
    {
        MembershipException told => told,
        ClusterFileException or IOException or UnauthorizedAccessException => new(what, e.Message),
        _ => null,
    };

    /// <summary>What the agent needs besides, where the directory is the one that it uses.</summary>
    private string Settings(ParseResult parsed, ClusterDirectory directory)
    {
        var owner = Environment.IsPrivilegedProcess && FileOwner.Of(directory.Path) is { User: 0 }
            ? $"\nRoot owns the keys, because there is no user {ClusterDirectory.AgentUser} here. Once there is one: sudo chown -R {ClusterDirectory.AgentUser} {directory.Path}"
            : "";
        return parsed.GetValue(dir) is null ? MemberSettings.Complete(parsed.GetValue(config), directory) + owner : owner;
    }

    private static TimeSpan? Lifetime(string text)
    {
        if (text.Length < 2 || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var n) || n is < 1 or > 100_000)
            return null;
        TimeSpan? time = text[^1] switch { 'm' => TimeSpan.FromMinutes(n), 'h' => TimeSpan.FromHours(n), 'd' => TimeSpan.FromDays(n), _ => null };
        return time <= LongestInvitation ? time : null;
    }

    private static T? Wrong<T>(ArgumentResult result, string must)
    {
        result.AddError($"'{result.Tokens[0].Value}' {must}");
        return default;
    }
}
