using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Agent.Config;
using DVStakers.Edge.Core.Cluster;

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
            new Founder(directory, time).Init(parsed.GetValue(name)!, Seat(parsed, parsed.GetValue(own)!), parsed.GetValue(threshold)) + RootHint(directory));
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
        var file = new Argument<string>("FILE") { Description = "An invitation, a request, a grant, or another box's roster." };
        return Act(new("join", "Take the file that another box wrote; it says what comes next.") { file, output }, (parsed, directory) =>
        {
            var name = parsed.GetValue(file)!;
            var bytes = ClusterDirectory.ReadFile(name, Carried.MostBytes) ?? throw new MembershipException(name, "there is no such file");
            return About(name, () => Carried.KindOf(bytes) switch
            {
                CarriedKind.Invitation => new Newcomer(directory, time).Ask(name, bytes, parsed.GetValue(output)),
                CarriedKind.Request => new Founder(directory, time).Admit(name, bytes, parsed.GetValue(output) ?? Path.GetFileNameWithoutExtension(name) + ".grant"),
                CarriedKind.Roster => new Newcomer(directory, time).Take(name, bytes) + RootHint(directory),
                _ => throw new MembershipException(name, "this is neither an invitation nor a request, a grant or a roster; or it was damaged on its way: carry it anew"),
            });
        });
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
        return Act(new("list", "Show who belongs to the cluster.") { json }, (parsed, directory) =>
        {
            var listing = Listing.Of(directory, time);
            return parsed.GetValue(json) ? System.Text.Encoding.UTF8.GetString(listing.ToUtf8()) : Printable.Lines(string.Join('\n', listing.Lines()));
        });
    }

    private Command Act(Command command, Func<ParseResult, ClusterDirectory, string> act)
    {
        command.Add(config);
        command.Add(dir);
        command.SetAction(parsed =>
        {
            if (Directory(parsed) is not { } directory)
                return ExitCode.Config;
            try
            {
                Console.Out.WriteLine(About($"cluster {command.Name}", () => act(parsed, new(directory))));
                return ExitCode.Ok;
            }
            catch (MembershipException e)
            {
                Console.Error.WriteLine(Printable.Of(e.Message));
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
        catch (ClusterFileException e)
        {
            throw new MembershipException(what, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MembershipException(what, e.Message);
        }
    }

    private static string RootHint(ClusterDirectory directory) => Environment.IsPrivilegedProcess
        ? $"\nThis ran as root, so root owns the keys. For the agent's own user: chown -R dvstakers-edge {directory.Path}"
        : "";

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
