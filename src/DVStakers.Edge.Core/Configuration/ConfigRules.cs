using System.Net;

namespace DVStakers.Edge.Core.Configuration;

/// <summary>The rules that span more than one key. Pure: files are not looked at here.</summary>
public static class ConfigRules
{
    private static readonly string[] TlsFilePaths = ["mqtt.ca-file", "mqtt.certificate-file", "mqtt.key-file"];

    public static IEnumerable<ConfigProblem> Check(EdgeConfig config, IReadOnlyDictionary<string, string> origins)
    {
        string At(string path) => origins.GetValueOrDefault(path, path);
        bool Written(string path) => origins.ContainsKey(path);

        for (var i = 0; i < config.Stacks.Count; i++)
        {
            var (stack, path) = (config.Stacks[i], $"stacks[{i}]");
            for (var j = 0; j < i; j++)
            {
                if (stack.Name.Length > 0 && stack.Name == config.Stacks[j].Name)
                    yield return new(At(path + ".name"), $"two stacks are named '{stack.Name}'; the first is at {At($"stacks[{j}].name")}");
                if (Written(path + ".beacon-node") && Written($"stacks[{j}].beacon-node") && SameAddress(stack.BeaconNode, config.Stacks[j].BeaconNode))
                    yield return new(At(path + ".beacon-node"),
                        $"'{stack.Name}' and '{config.Stacks[j].Name}' have the same beacon node, {ConfigKeys.WithoutCredentials(stack.BeaconNode)}: the second would be no redundancy");
            }
            if (stack.JwtSecret is not null && !Written(path + ".execution-client"))
                yield return new(At(path + ".jwt-secret"), "jwt-secret without execution-client: write the engine port's URL too, such as http://127.0.0.1:8551");
            if (IsSelf(stack.BeaconNode, config.Proxy.Listen))
                yield return new(At(path + ".beacon-node"), $"this is the agent's own proxy ({config.Proxy.Listen}); name the beacon node itself");
        }

        if (IPEndPoint.TryParse(config.Proxy.Listen, out var proxy))
        {
            if (!IPAddress.IsLoopback(proxy.Address))
                yield return new(At("proxy.listen"),
                    $"the proxy listens on {config.Proxy.Listen}, not only on this machine: whoever reaches that port can use your nodes in your validators' name; let a firewall admit only your own machines", IsWarning: true);
            if (proxy.Port == 0)
                yield return new(At("proxy.listen"), "port 0 takes whichever port is free: a validator client cannot be pointed at it", IsWarning: true);
            if (IPEndPoint.TryParse(config.Status.Listen, out var status))
            {
                if (!IPAddress.IsLoopback(status.Address))
                    yield return new(At("status.listen"), $"the status listens on {config.Status.Listen}, not only on this machine: whoever reaches that port can read it", IsWarning: true);
                if (status.Port == proxy.Port && proxy.Port != 0)
                    yield return new(At(Written("status.listen") ? "status.listen" : "proxy.listen"), $"proxy and status both listen on port {proxy.Port}; give each its own");
            }
        }
        if (config.Role == BoxRole.Auxiliary)
        {
            if (config.Stacks.Count > 0)
                yield return new(At("stacks[0]"), "an auxiliary box has no stacks of its own; leave out either these or 'role: auxiliary'");
            if (config.Gateway is not null)
                yield return new(At("gateway.listen"), "an auxiliary box has nothing to lend: leave out 'gateway'");
        }
        if (config.Gateway is { } gateway && IPEndPoint.TryParse(gateway.Listen, out var lent)
            && IPEndPoint.TryParse(config.Proxy.Listen, out var own) && lent.Port == own.Port && lent.Port != 0)
            yield return new(At(Written("gateway.listen") ? "gateway.listen" : "proxy.listen"), $"gateway and proxy both listen on port {lent.Port}; give each its own");
        foreach (var problem in PowerRules.Check(config, origins))
            yield return problem;
        if (config.Mqtt is { PasswordFile: not null, Username: null })
            yield return new(At("mqtt.password-file"), "password-file without username: MQTT has no password without a user name");
        if (config.Mqtt is { Tls: not MqttTls.On })
            foreach (var path in TlsFilePaths.Where(Written))
                yield return new(At(path), $"{path["mqtt.".Length..]} counts only with 'tls: on'; write that too, or leave this out");
        else if (config.Mqtt is { CertificateFile: null } != config.Mqtt is { KeyFile: null })
            yield return new(At(config.Mqtt?.KeyFile is null ? "mqtt.certificate-file" : "mqtt.key-file"), "certificate-file and key-file go together; write both or neither");
    }

    /// <summary>True when both lead to one node: <c>localhost</c> is 127.0.0.1, and neither a trailing slash nor credentials make a difference.</summary>
    public static bool SameAddress(Uri a, Uri b) =>
        a.Scheme == b.Scheme && Host(a) == Host(b) && a.Port == b.Port && a.AbsolutePath.TrimEnd('/') == b.AbsolutePath.TrimEnd('/');

    private static bool IsSelf(Uri url, string listen) =>
        IPEndPoint.TryParse(listen, out var self) && url.Port == self.Port && self.Port != 0
        && (Host(url) == self.Address.ToString() || (IPAddress.TryParse(Host(url), out var ip) && IPAddress.IsLoopback(ip)));

    private static string Host(Uri url) => url.Host is "localhost" ? "127.0.0.1" : url.Host.Trim('[', ']');
}
