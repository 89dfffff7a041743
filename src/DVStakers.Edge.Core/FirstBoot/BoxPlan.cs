using System.Text;

namespace DVStakers.Edge.Core.FirstBoot;

/// <param name="Name">In the folder that first boot's script reads.</param>
public sealed record BoxOutput(string Name, string Content);

/// <summary>The files that a <see cref="BoxFile"/> comes to. First boot's script puts each to its place; what is left out stays as the image has it.</summary>
public static class BoxPlan
{
    private static readonly OpenPort[] ClusterPorts = [new(5071, "tcp"), new(8883, "tcp")];

    /// <param name="keysOnly">Something else is wrong, but whoever may log in can mend it.</param>
    public static IEnumerable<BoxOutput> Of(BoxFile box, bool keysOnly)
    {
        if (box.SshKeys.Count > 0)
            yield return new("authorized_keys", Lines(box.SshKeys));
        if (keysOnly)
            yield break;
        if (box.Name is { } name)
            yield return new("hostname", Lines([name]));
        if (box.TimeZone is { } zone)
            yield return new("time-zone", Lines([zone]));
        if (!box.Network.IsDefault)
            yield return new("network", Lines(Network(box.Network)));
        if (Ports(box) is { Count: > 0 } ports)
            yield return new("firewall", Lines(ports));
        if (box.DataDisk is { } disk)
            yield return new("data-disk", Lines([disk]));
        if (box is { Invitation: { } invitation, InvitationIsFile: false })
            yield return new("invitation", invitation);
        if (box.Agent is { } agent)
            yield return new("edge.yaml", "# Written by first boot, out of box.yaml. Every setting: docs/configuration.md\n" + YamlText.Of(agent));
    }

    private static IEnumerable<string> Network(BoxNetwork network)
    {
        yield return "[Match]";
        yield return $"Name={network.Interface ?? "en* eth*"}";
        yield return "";
        yield return "[Network]";
        // So that the box answers to its name in the local network, whatever its address.
        yield return "MulticastDNS=yes";
        if (network.Address is null)
        {
            yield return "DHCP=yes";
            yield break;
        }
        yield return $"Address={network.Address}";
        yield return $"Gateway={network.Gateway}";
        foreach (var server in network.Dns ?? [network.Gateway!])
            yield return $"DNS={server}";
    }

    /// <summary>In the words of nftables, inside the chain of what comes in. A member of a cluster is reached by the others at gateway and broker.</summary>
    private static List<string> Ports(BoxFile box) =>
        [.. box.OpenPorts.Concat(box.Invitation is null ? [] : ClusterPorts).Distinct().Select(p => $"{p.Protocol} dport {p.Number} accept")];

    private static string Lines(IEnumerable<string> lines)
    {
        var text = new StringBuilder();
        foreach (var line in lines)
            text.Append(line).Append('\n');
        return text.ToString();
    }
}
