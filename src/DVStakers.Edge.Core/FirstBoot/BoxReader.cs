using System.Net;
using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Core.FirstBoot;

/// <param name="File">What could be read; with an error among the problems only its keys for ssh may be used.</param>
/// <param name="Problems">All of them, in the order of reading.</param>
public sealed record BoxResult(BoxFile File, IReadOnlyList<ConfigProblem> Problems)
{
    public bool IsGood => Problems.All(p => p.IsWarning);
}

/// <summary>Makes a <see cref="BoxFile"/> of <c>box.yaml</c>, and finds every error on the way.</summary>
public static class BoxReader
{
    /// <param name="agentRules">What else is checked of the agent's configuration in it.</param>
    public static BoxResult Read(ConfigMap root, params IReadOnlyList<Func<EdgeConfig, IReadOnlyDictionary<string, string>, IEnumerable<ConfigProblem>>> agentRules)
    {
        var (box, found, origins) = ConfigReader.ReadGroup(root, new BoxFile(), BoxKeys.Top, BoxKeys.Sections, [BoxKeys.SshKeys, BoxKeys.Agent]);
        var problems = new List<ConfigProblem>(found);
        box = box with { SshKeys = Keys(root.Find(BoxKeys.SshKeys), root.Where, problems) };
        problems.AddRange(Network(box.Network, origins));
        if (root.Find(BoxKeys.Agent) is { } agent)
        {
            if (agent.Value is ConfigMap map)
            {
                box = box with { Agent = map };
                problems.AddRange(ConfigReader.Read(map, new EdgeConfig { Box = box.Name ?? "box" }, agentRules).Problems);
            }
            else if (agent.Value is not ConfigScalar { IsNull: true })
            {
                problems.Add(new(agent.Value.Where, "'agent' is the agent's configuration, a group of keys as in edge.yaml (docs/configuration.md), further in than 'agent:' itself"));
            }
        }
        return new(box, problems);
    }

    private static List<string> Keys(ConfigEntry? entry, string file, List<ConfigProblem> problems)
    {
        var keys = new List<string>();
        if (entry is null or { Value: ConfigScalar { IsNull: true } })
        {
            problems.Add(new(entry?.Where ?? file, $"there is no key in '{BoxKeys.SshKeys}', so nobody can log in to this box; each item is {BoxKeys.SshKeyAllowed}", IsWarning: true));
            return keys;
        }
        foreach (var item in entry.Value is ConfigList list ? list.Items : [entry.Value])
            if (item is ConfigScalar scalar && SshKey.Problem(scalar.Text) is var wrong && wrong is null)
                keys.Add(scalar.Text.Trim());
            else
                problems.Add(new(item.Where, $"'{BoxKeys.SshKeys}' has {(item as ConfigScalar is { } text ? SshKey.Problem(text.Text) : "something that is no text")}; allowed is {BoxKeys.SshKeyAllowed}"));
        return keys;
    }

    private static IEnumerable<ConfigProblem> Network(BoxNetwork network, IReadOnlyDictionary<string, string> origins)
    {
        if (network.Address is null)
        {
            foreach (var (path, written) in new[] { ("network.gateway", network.Gateway is not null), ("network.dns", network.Dns is not null) })
                if (written)
                    yield return new(origins[path], $"'{path}' counts only with a fixed address; write 'network.address' too, such as 192.168.1.20/24, or leave this out");
        }
        else if (BoxAddress.TryParse(network.Address, out var address, out var prefix))
        {
            if (network.Gateway is null)
                yield return new(origins["network.address"], "a fixed address without 'network.gateway' reaches nothing beyond its own network; write the router's address");
            else if (IPAddress.TryParse(network.Gateway, out var gateway) && !BoxAddress.IsReachable(gateway, address, prefix))
                yield return new(origins["network.gateway"], $"{gateway} is not in the network of {network.Address}, so the box could not reach it; the router's address begins like the box's");
        }
    }
}
