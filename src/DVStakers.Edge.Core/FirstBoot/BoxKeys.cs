using System.Globalization;
using System.Net;
using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Core.FirstBoot;

/// <summary>The keys of <c>box.yaml</c>.</summary>
public static class BoxKeys
{
    public const string SshKeys = "ssh-keys";
    public const string Agent = "agent";
    public const string SshKeyAllowed = "a public key in one line, such as 'ssh-ed25519 AAAA... you@pc' (on your PC: cat ~/.ssh/id_ed25519.pub)";
    private const string AddressAllowed = "an IP address";

    public static readonly IReadOnlyList<ConfigKey<BoxFile>> Top =
    [
        Text("name", "1 to 63 letters, digits or '-', not at an end", "Host name; in the local network the box answers to it with `.local` behind it. Left out: `edge-` and the end of the network card's address.",
            IsHostName, (b, v) => b with { Name = v }, b => b.Name),
        Text("time-zone", "a name of the time zone database, such as Africa/Nairobi", "Time zone of the journal and the shell. Left out: UTC.",
            IsTimeZone, (b, v) => b with { TimeZone = v }, b => b.TimeZone),
        Text("network.interface", "the name of a network card, such as enp3s0", "The card that this is about. Left out: every wired one.",
            v => v.Length is > 0 and <= 15 && v.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'),
            (b, v) => b with { Network = b.Network with { Interface = v } }, b => b.Network.Interface),
        Text("network.address", "an IP address with the length of its network, such as 192.168.1.20/24", "A fixed address. Left out: the router gives one (DHCP, and IPv6 by itself).",
            v => BoxAddress.TryParse(v, out _, out _), (b, v) => b with { Network = b.Network with { Address = v } }, b => b.Network.Address),
        Text("network.gateway", AddressAllowed, "The router, with a fixed address.", v => IPAddress.TryParse(v, out _),
            (b, v) => b with { Network = b.Network with { Gateway = v } }, b => b.Network.Gateway),
        Text("network.dns", "IP addresses, separated by commas", "Name servers, with a fixed address. Left out: the router.", v => Split(v) is { Count: > 0 } all && all.TrueForAll(a => IPAddress.TryParse(a, out _)),
            (b, v) => b with { Network = b.Network with { Dns = Split(v) } }, b => b.Network.Dns is { } dns ? string.Join(",", dns) : null),
        Text("open-ports", "ports with their protocol, separated by commas, such as 30303/tcp,30303/udp", "What the firewall lets in, besides ssh: the ports of your clients.",
            v => Ports(v) is not null, (b, v) => b with { OpenPorts = Ports(v)! }, b => b.OpenPorts.Count == 0 ? null : string.Join(",", b.OpenPorts)),
        Text("data-disk", "`blank`, or a name in /dev/disk/by-id", "A second disk for the clients' data, mounted at `/srv/data`. `blank`: the only blank one there is. It gets a file system only if nothing at all is on it; nothing else is ever formatted.",
            v => v.Length is > 0 and <= 255 && v[0] != '.' && v.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '+' or '='),
            (b, v) => b with { DataDisk = v }, b => b.DataDisk),
        Text("invitation", "the name of a file beside box.yaml, or the invitation's own text", "Makes the box a member of a cluster (docs/cluster.md). Its request is then on the boot partition, to be carried to the box that invited.",
            v => v.Contains('{', StringComparison.Ordinal) || (v.Length is > 0 and <= 255 && v[0] != '.' && !v.AsSpan().ContainsAny('/', '\\', '\n')),
            (b, v) => b with { Invitation = v }, b => b.Invitation),
    ];

    public static readonly IReadOnlyList<ConfigSection<BoxFile>> Sections = [new("network", "The wired network.", b => b)];

    /// <summary>Every key there is, in the order of the documentation.</summary>
    public static readonly IReadOnlyList<ConfigKeyDescription> All =
    [
        new(SshKeys, $"a list, each item {SshKeyAllowed}", null, "Who may log in, as user `staker`. There are no passwords: without a key nobody can.", false),
        .. Top.Select(k => new ConfigKeyDescription(k.Path, k.Allowed, k.Show(new BoxFile()), k.Meaning, k.Required)),
        new(Agent, "a group of keys", null, "The agent's configuration, as it would stand in edge.yaml (docs/configuration.md); it replaces that file. Left out: the agent looks for nodes on the box.", false),
    ];

    private static ConfigKey<BoxFile> Text(string path, string allowed, string meaning, Func<string, bool> isAllowed, Func<BoxFile, string, BoxFile> set, Func<BoxFile, string?> show) =>
        ConfigKeys.Text(path, allowed, meaning, isAllowed, set, show);

    private static bool IsHostName(string text) =>
        text.Length is > 0 and <= 63 && text[0] != '-' && text[^1] != '-' && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    private static bool IsTimeZone(string text) =>
        text.Length is > 0 and <= 64 && char.IsAsciiLetter(text[0]) && !text.Contains("//", StringComparison.Ordinal) && text[^1] != '/'
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '+');

    private static List<string> Split(string text) => [.. text.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)];

    private static List<OpenPort>? Ports(string text)
    {
        var ports = new List<OpenPort>();
        foreach (var item in Split(text))
        {
            if (item.Split('/') is not [var number, "tcp" or "udp"] || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
                return null;
            ports.Add(new(port, item.Split('/')[1]));
        }
        return ports.Count > 0 ? ports : null;
    }
}
