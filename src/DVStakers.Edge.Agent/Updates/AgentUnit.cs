using System.Net;
using System.Text;
using DVStakers.Edge.Agent.Config;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Updates;
using DVStakers.Edge.Linux.Kernel;

namespace DVStakers.Edge.Agent.Updates;

/// <summary>The agent as a unit of systemd, seen from outside: what its manager says, and whether a request through its proxy comes to a node.</summary>
internal sealed class AgentUnit(TimeProvider time)
{
    public const string Unit = "dvstakers-edge.service";
    public const string UpdateUnit = "dvstakers-edge-update.service";
    private const string Binary = "/usr/bin/dvstakers-edge";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>The proxy answers of itself at once; a node that takes longer does not serve a duty either.</summary>
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(4);

    /// <summary>A version that needs longer to read its configuration hangs.</summary>
    private static readonly TimeSpan AskPatience = TimeSpan.FromSeconds(20);

    public async Task<AgentReading> Look(CancellationToken stop)
    {
        var (code, output, errors) = await Systemctl(["show", "--property=ActiveState,SubState,MainPID,NRestarts", Unit], stop).ConfigureAwait(false);
        if (code != 0)
            return new(UnitStanding.Down, 0, 0, false, ProxyAnswer.Silent, $"systemd does not tell of it: {Packages.OneLine(errors)}");
        var properties = output.Split('\n').Select(l => l.Split('=', 2)).Where(l => l.Length == 2).ToDictionary(l => l[0], l => l[1]);
        var (active, process) = (properties.GetValueOrDefault("ActiveState", ""), Number(properties, "MainPID"));
        var standing = active switch { "active" => UnitStanding.Active, "activating" or "reloading" => UnitStanding.Starting, _ => UnitStanding.Down };
        var installed = process != 0 && IsInstalled(process);
        var (proxy, said) = standing == UnitStanding.Active ? await AskProxy(Listen(process), stop).ConfigureAwait(false) : (ProxyAnswer.Silent, "");
        var words = standing == UnitStanding.Active ? installed ? $"READY; {said}" : $"READY, but it runs a file that was replaced; {said}"
            : $"its unit is {active} ({properties.GetValueOrDefault("SubState", "")})";
        return new(standing, process, Number(properties, "NRestarts"), installed, proxy, words);
    }

    /// <summary>What the agent does now, which the next version must do as well.</summary>
    public static AgentStandard Standard(AgentReading reading, string active) =>
        // Whether it runs the installed file is not asked: it may have been updated by hand and not been started since.
        reading.Unit == UnitStanding.Active && reading.Proxy != ProxyAnswer.Silent ? reading.Proxy == ProxyAnswer.Routes ? AgentStandard.Routing : AgentStandard.Ready
        : active == "inactive" ? AgentStandard.Off : AgentStandard.Down;

    public async Task<string> ActiveState(string unit, CancellationToken stop) =>
        (await Systemctl(["show", "--value", "--property=ActiveState", unit], stop).ConfigureAwait(false)).Output.Trim();

    /// <summary>Null: done, or begun; else systemd's words.</summary>
    public async Task<string?> Restart(CancellationToken stop)
    {
        if (await Reload(stop).ConfigureAwait(false) is { } problem)
            return problem;
        // Whether it comes up is for the trial to see.
        return Words(await Systemctl(["--no-block", "restart", Unit], stop).ConfigureAwait(false));
    }

    /// <summary>Units may have come with the package.</summary>
    public async Task<string?> Reload(CancellationToken stop) => Words(await Systemctl(["daemon-reload"], stop).ConfigureAwait(false));

    /// <summary>Null: begun; else systemd's words.</summary>
    public async Task<string?> StartUpdate(CancellationToken stop) => Words(await Systemctl(["--no-block", "start", UpdateUnit], stop).ConfigureAwait(false));

    /// <summary>Whether the installed binary starts at all, and takes this box's configuration where the old one does. Null: yes; else why not.</summary>
    public async Task<string?> Objection(string old, CancellationToken stop)
    {
        var (code, _, errors) = await Child.Run(Binary, ["version"], AskPatience, time, stop).ConfigureAwait(false);
        if (code != 0)
            return $"it does not start: `{Binary} version` ended with {code} {Packages.OneLine(errors)}".TrimEnd();
        (code, _, errors) = await Child.Run(Binary, ["check-config"], AskPatience, time, stop).ConfigureAwait(false);
        // The old one stands beside the new one, and not for it: of what both refuse, the cause is the box and not the version.
        return code == 0 || (await Child.Run(old, ["check-config"], AskPatience, time, stop).ConfigureAwait(false)).Code != 0 ? null
            : $"it does not take this box's configuration, which the old version does: {Packages.OneLine(errors)}";
    }

    /// <summary>Linux names the file of a process, and that it is gone where another took its place.</summary>
    private static bool IsInstalled(int process)
    {
        try
        {
            return new FileInfo($"/proc/{process}/exe").LinkTarget is { } file && !file.EndsWith(" (deleted)", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Where the proxy of that process listens: by its own configuration and environment, which may differ from those here.</summary>
    private static IPEndPoint Listen(int process)
    {
        string? named = null;
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            var arguments = Strings($"/proc/{process}/cmdline");
            named = arguments.SkipWhile(a => a is not ("--config" or "-c")).ElementAtOrDefault(1);
            foreach (var variable in Strings($"/proc/{process}/environ").Select(v => v.Split('=', 2)).Where(v => v.Length == 2))
                environment[variable[0]] = variable[1];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended meanwhile, which the next look shows.
        }
        var config = ConfigFile.Load(named, environment, Environment.MachineName, out _).Config ?? new EdgeConfig();
        var listen = IPEndPoint.Parse(config.Proxy.Listen);
        return listen.Address.Equals(IPAddress.Any) ? new(IPAddress.Loopback, listen.Port) : listen.Address.Equals(IPAddress.IPv6Any) ? new(IPAddress.IPv6Loopback, listen.Port) : listen;
    }

    private static string[] Strings(string file) => Encoding.UTF8.GetString(File.ReadAllBytes(file)).Split('\0');

    /// <summary>The proxy's word on its own health, and a request that only a node can answer.</summary>
    private async Task<(ProxyAnswer, string)> AskProxy(IPEndPoint listen, CancellationToken stop)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
        if (await Get(http, $"http://{listen}/eth/v1/node/health", stop).ConfigureAwait(false) is not { } health)
            return (ProxyAnswer.Silent, $"its proxy at {listen} does not answer");
        if (health != HttpStatusCode.OK)
            return (ProxyAnswer.Own, $"no stack serves the validator (health {(int)health})");
        return await Get(http, $"http://{listen}/eth/v1/node/version", stop).ConfigureAwait(false) switch
        {
            HttpStatusCode.OK => (ProxyAnswer.Routes, "a request through its proxy is answered by a node"),
            { } other => (ProxyAnswer.Own, $"a request through its proxy is answered by {(int)other}"),
            null => (ProxyAnswer.Own, $"a request through its proxy is not answered within {AnswerPatience.TotalSeconds:0} s"),
        };
    }

    private async Task<HttpStatusCode?> Get(HttpClient http, string address, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(AnswerPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            using var response = await http.GetAsync(address, either.Token).ConfigureAwait(false);
            return response.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            return null;
        }
    }

    private static int Number(Dictionary<string, string> properties, string name) => int.TryParse(properties.GetValueOrDefault(name), out var number) ? number : 0;

    private static string? Words((int Code, string Output, string Errors) run) => run.Code == 0 ? null : Packages.OneLine(run.Errors);

    private Task<(int Code, string Output, string Errors)> Systemctl(string[] arguments, CancellationToken stop) => Child.Run("systemctl", arguments, Patience, time, stop);
}
