using System.CommandLine;
using DVStakers.Edge.Agent.Config;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Linux.Kernel;

namespace DVStakers.Edge.Agent.Cli;

/// <summary><c>broker render</c> and <c>broker follow</c> with their options.</summary>
internal sealed class BrokerCommands
{
    /// <summary>mosquitto is ready within a second, or fails.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Option<string?> config;
    private readonly Option<string?> directory = new("--dir") { Description = "The cluster directory. Default: the configured membership.directory.", HelpName = "DIR" };
    private readonly Option<string> folder = new("--out") { Description = "mosquitto's configuration folder. It gets conf.d/dvstakers-edge.conf, and dvstakers-edge/ with what that names.", HelpName = "DIR", DefaultValueFactory = _ => "/etc/mosquitto" };
    private readonly Option<int?> port = new("--port") { Description = $"Port for TLS. Default: that of this box's broker in the roster, else {BrokerPlan.DefaultPort}.", HelpName = "PORT" };
    private readonly Option<string?> address = new("--address") { Description = "Take TLS connections at this address of the machine only, such as a VPN's. Default: at all.", HelpName = "IP" };
    private readonly Option<int> local = new("--local-port") { Description = "Port on 127.0.0.1 where people on this box read without TLS. 0: none.", HelpName = "PORT", DefaultValueFactory = _ => BrokerPlan.DefaultLocalPort };
    private readonly Option<bool> shared = new("--shared") { Description = "This mosquitto is the one broker of all boxes: no bridges." };
    private readonly Option<bool> check = new("--check") { Description = "Write nothing; say whether the files are what the roster asks for. Exit code: 0 yes, 1 no." };
    private readonly TimeProvider time;

    private BrokerCommands(Option<string?> config, TimeProvider time) => (this.config, this.time) = (config, time);

    public static Command Create(Option<string?> config, TimeProvider time)
    {
        var commands = new BrokerCommands(config, time);
        var render = commands.Render();
        return new Command("broker", "The MQTT broker of this box.") { render, commands.Follow(render) };
    }

    private Command Render()
    {
        var render = new Command("render", "Write the configuration of this box's mosquitto from the cluster's roster.") { config, directory, folder, port, address, local, shared, check };
        render.SetAction((parsed, _) => Of(parsed).Execute(Console.Out, Console.Error));
        return render;
    }

    private Command Follow(Command render)
    {
        var follow = new Command("follow", "Write it anew with the options of the last time, and have mosquitto take it on. systemd runs this when the roster changes.") { folder };
        follow.SetAction(async (parsed, stop) =>
        {
            var file = Path.Combine(parsed.GetValue(folder)!, BrokerFiles.Configuration);
            if (!File.Exists(file))
            {
                await Console.Out.WriteLineAsync($"There is no {file}: `dvstakers-edge broker render` was never run here, so mosquitto stays as it is.");
                return ExitCode.Ok;
            }
            var last = BrokerPlan.OptionsIn(await File.ReadAllTextAsync(file, stop));
            var given = last is null ? null : render.Parse($"{last} --out \"{parsed.GetValue(folder)}\"");
            if (given is null || given.Errors.Count > 0)
            {
                await Console.Error.WriteLineAsync($"{file} does not say with which options it was made. Next: sudo dvstakers-edge broker render, with the options you gave the last time");
                return ExitCode.Failed;
            }
            return await Of(given).Follow(Console.Out, Console.Error, async verb =>
                await Child.Run("systemctl", [verb, "mosquitto.service"], Patience, time, stop) is (not 0, _, var errors) ? errors : null);
        });
        return follow;
    }

    private BrokerCommand Of(ParseResult parsed)
    {
        var membership = parsed.GetValue(directory);
        if (membership is null)
        {
            var read = ConfigFile.Load(parsed.GetValue(config), ConfigFile.ProcessEnvironment(), Environment.MachineName, out var source);
            if (read.Config is null)
                Console.Error.WriteLine($"{source} has errors, see `dvstakers-edge check-config`; the cluster directory is taken to be {new EdgeConfig().Membership.Directory}");
            membership = (read.Config ?? new EdgeConfig()).Membership.Directory;
        }
        List<string> options = [$"--dir \"{Path.GetFullPath(membership)}\""];
        if (parsed.GetValue(port) is { } ofTls)
            options.Add($"--port {ofTls}");
        if (parsed.GetValue(address) is { } only)
            options.Add($"--address {only}");
        if (parsed.GetValue(local) is var ofPeople && ofPeople != BrokerPlan.DefaultLocalPort)
            options.Add($"--local-port {ofPeople}");
        if (parsed.GetValue(shared))
            options.Add("--shared");
        return new BrokerCommand(
            membership, parsed.GetValue(folder)!, parsed.GetValue(port), parsed.GetValue(address), parsed.GetValue(local), parsed.GetValue(shared), parsed.GetValue(check), string.Join(' ', options));
    }
}
