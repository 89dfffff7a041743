using System.Globalization;
using System.Net;

namespace DVStakers.Edge.Core.Configuration;

/// <summary>The table of all keys.</summary>
public static class ConfigKeys
{
    internal const string NameAllowed = "1 to 64 letters, digits, '-', '_' or '.'";
    private const string ListenAllowed = "an IP address and a port, such as 127.0.0.1:5070 or [::1]:5070";
    private const string UrlAllowed = "a URL that starts with http:// or https://, without query or fragment";

    private static readonly Dictionary<string, LogLevelName> Levels = new()
    {
        ["error"] = LogLevelName.Error,
        ["warning"] = LogLevelName.Warning,
        ["info"] = LogLevelName.Info,
        ["debug"] = LogLevelName.Debug,
    };

    private static readonly Dictionary<string, MqttTls> TlsKinds = new()
    {
        ["off"] = MqttTls.Off,
        ["on"] = MqttTls.On,
        ["cluster"] = MqttTls.Cluster,
    };

    /// <summary>Stands where a required URL is still missing; never leaves the reader.</summary>
    private static readonly Uri NoUrl = new("http://0.0.0.0");

    public static readonly StackConfig BlankStack = new() { Name = "", BeaconNode = NoUrl };

    public static readonly IReadOnlyList<ConfigKey<EdgeConfig>> Top =
    [
        Text<EdgeConfig>("cluster", NameAllowed, "Name of the cluster; a level of every MQTT topic. A member's is in its roster.", IsName,
            (c, v) => c with { Cluster = v }, c => c.Cluster),
        Text<EdgeConfig>("box", NameAllowed, "Name of this box; a level of every MQTT topic. Left out: the name in a member's certificate, else the host name.", IsName,
            (c, v) => c with { Box = v }, c => c.Box),

        new("role", "full or auxiliary", "`auxiliary`: a cloud client without stacks of its own; its validator works through the peers' nodes.", false,
            (c, v) => v switch { "full" => c with { Role = BoxRole.Full }, "auxiliary" => c with { Role = BoxRole.Auxiliary }, _ => null },
            c => c.Role == BoxRole.Full ? "full" : "auxiliary"),

        Text<EdgeConfig>("proxy.listen", ListenAllowed, "Where validator clients and DVT clients find their beacon node. Whoever can connect can use the nodes behind it.", IsListen,
            (c, v) => c with { Proxy = c.Proxy with { Listen = v } }, c => c.Proxy.Listen),
        Number<EdgeConfig>("proxy.max-body-mib", 1, 1024, "Largest request body in MiB.",
            (c, v) => c with { Proxy = c.Proxy with { MaxBodyMib = v } }, c => c.Proxy.MaxBodyMib),
        Number<EdgeConfig>("proxy.max-streams", 1, 4096, "Most event streams open at once.",
            (c, v) => c with { Proxy = c.Proxy with { MaxStreams = v } }, c => c.Proxy.MaxStreams),
        Number<EdgeConfig>("proxy.max-connections", 16, 65535, "Most connections of clients at once, event streams among them; one beyond that is closed as it comes.",
            (c, v) => c with { Proxy = c.Proxy with { MaxConnections = v } }, c => c.Proxy.MaxConnections),

        Text<EdgeConfig>("gateway.listen", ListenAllowed, "Where the other boxes of the cluster borrow this box's nodes. Only its members get in, by certificate.", IsListen,
            (c, v) => c with { Gateway = GatewayOf(c) with { Listen = v } }, c => GatewayOf(c).Listen),

        Text<EdgeConfig>("status.listen", ListenAllowed, "Where `dvstakers-edge status` asks.", IsListen,
            (c, v) => c with { Status = c.Status with { Listen = v } }, c => c.Status.Listen),

        Text<EdgeConfig>("membership.directory", "the path of a folder", "Folder with this box's certificate and the cluster's roster, as `dvstakers-edge cluster` makes it. With no roster in it the box is on its own.", v => v.Length > 0,
            (c, v) => c with { Membership = new() { Directory = v } }, c => c.Membership.Directory),

        Text<EdgeConfig>("mqtt.host", "a host name or an IP address", "The box's own MQTT broker.", v => Uri.CheckHostName(v) != UriHostNameType.Unknown,
            (c, v) => c with { Mqtt = MqttOf(c) with { Host = v } }, c => MqttOf(c).Host),
        Number<EdgeConfig>("mqtt.port", 1, 65535, "Its TCP port. Left out with `tls`: 8883.",
            (c, v) => c with { Mqtt = MqttOf(c) with { Port = v } }, c => MqttOf(c).Port),
        Text<EdgeConfig>("mqtt.username", "a name", "Left out: the broker is asked without one.", v => v.Length > 0,
            (c, v) => c with { Mqtt = MqttOf(c) with { Username = v } }, c => MqttOf(c).Username),
        Text<EdgeConfig>("mqtt.password-file", "the path of a file", "File with the password in its first line.", v => v.Length > 0,
            (c, v) => c with { Mqtt = MqttOf(c) with { PasswordFile = v } }, c => MqttOf(c).PasswordFile),
        Number<EdgeConfig>("mqtt.keep-alive-seconds", 5, 300, "After one and a half times this without a sign of life the broker tells the peers that this box is gone.",
            (c, v) => c with { Mqtt = MqttOf(c) with { KeepAliveSeconds = v } }, c => MqttOf(c).KeepAliveSeconds),

        new("mqtt.tls", "off, on or cluster", "`on`: encrypted, with the files below. `cluster`: with the cluster's certificates in `membership.directory`.", false,
            (c, v) => TlsKinds.TryGetValue(v, out var tls) ? c with { Mqtt = MqttOf(c) with { Tls = tls } } : null,
            c => TlsKinds.First(t => t.Value == MqttOf(c).Tls).Key),
        Text<EdgeConfig>("mqtt.ca-file", "the path of a file", "With `tls: on`: the authorities that the broker's certificate may come from, PEM.", v => v.Length > 0,
            (c, v) => c with { Mqtt = MqttOf(c) with { CaFile = v } }, c => MqttOf(c).CaFile),
        Text<EdgeConfig>("mqtt.certificate-file", "the path of a file", "With `tls: on`: this box's certificate, PEM, for a broker that wants one.", v => v.Length > 0,
            (c, v) => c with { Mqtt = MqttOf(c) with { CertificateFile = v } }, c => MqttOf(c).CertificateFile),
        Text<EdgeConfig>("mqtt.key-file", "the path of a file", "Its key, PEM, without a passphrase.", v => v.Length > 0,
            (c, v) => c with { Mqtt = MqttOf(c) with { KeyFile = v } }, c => MqttOf(c).KeyFile),

        .. PowerKeys.All,

        Number<EdgeConfig>("ranking.min-peers", 0, 1000, "A beacon node with fewer peers ranks behind one with enough.",
            (c, v) => c with { Ranking = c.Ranking with { MinPeers = v } }, c => c.Ranking.MinPeers),
        Number<EdgeConfig>("ranking.recovery-slots", 1, 64, "Good slots in a row before a recovered stack is used again.",
            (c, v) => c with { Ranking = c.Ranking with { RecoverySlots = v } }, c => c.Ranking.RecoverySlots),
        Number<EdgeConfig>("ranking.soft-readings", 1, 10, "Bad readings in a row before a silence, a flag or a mismatch counts against a stack.",
            (c, v) => c with { Ranking = c.Ranking with { SoftReadings = v } }, c => c.Ranking.SoftReadings),

        new("log.level", "error, warning, info or debug", "What goes to the journal. Lines per slot are debug.", false,
            (c, v) => Levels.TryGetValue(v, out var level) ? c with { Log = c.Log with { Level = level } } : null,
            c => Levels.First(l => l.Value == c.Log.Level).Key),
    ];

    /// <summary>The keys of one item of <c>stacks</c>.</summary>
    public static readonly IReadOnlyList<ConfigKey<StackConfig>> Stack =
    [
        Text<StackConfig>("name", NameAllowed, "A short name for logs, topics and the screen; each stack its own.", IsName,
            (s, v) => s with { Name = v }, s => s.Name, required: true),
        Url("beacon-node", "Base URL of the Beacon API. User and password in it become Basic authentication.",
            (s, v) => s with { BeaconNode = v }, s => s.BeaconNode, required: true),
        Url("execution-client", "JSON-RPC port or engine port of its execution client. Left out: the stack is judged by its beacon node alone and never ranks as healthy.",
            (s, v) => s with { ExecutionClient = v }, s => s.ExecutionClient),
        Text<StackConfig>("jwt-secret", "the path of a file", "The file with the JWT secret, where `execution-client` is the engine port.", v => v.Length > 0,
            (s, v) => s with { JwtSecret = v }, s => s.JwtSecret),
    ];

    public const string Stacks = "stacks";
    public const string StacksMeaning = "The stacks in the order of preference; the order breaks every tie. Left out or empty: the agent looks for nodes on this machine.";

    public static readonly IReadOnlyList<ConfigSection<EdgeConfig>> Sections =
    [
        new("proxy", "The endpoint for validator clients and DVT clients.", c => c),
        new("gateway", "Lends this box's nodes to the other boxes of its cluster (docs/cluster.md). Without this section nothing is lent; `gateway: {}` takes the default.",
            c => c with { Gateway = GatewayOf(c) }, "gateway is empty, so nothing is lent; write 'gateway: {}' to lend with the default"),
        new("status", "The agent's own status.", c => c),
        new("membership", "This box's place in a cluster.", c => c),
        new("mqtt", "The box's own MQTT broker (3.1.1). Without this section there is no MQTT; `mqtt: {}` takes every default.",
            c => c with { Mqtt = MqttOf(c) }, "mqtt is empty, so MQTT stays off; write 'mqtt: {}' to switch it on with every default"),
        new("power", "The box's UPS, and what is done when mains are gone (docs/power.md). Without this section nothing watches the power.",
            c => c with { Power = PowerKeys.Of(c) }),
        new("ranking", "When a stack counts as healthy, and how steady it must be.", c => c),
        new("log", "What the agent writes.", c => c),
    ];

    /// <summary>Every key there is, in the order of the documentation.</summary>
    public static readonly IReadOnlyList<ConfigKeyDescription> All =
    [
        .. Top.Where(k => !k.Path.Contains('.', StringComparison.Ordinal)).Select(k => Describe(k, new EdgeConfig(), "")),
        .. Stack.Select(k => Describe(k, BlankStack, Stacks + "[].")),
        .. Top.Where(k => k.Path.Contains('.', StringComparison.Ordinal)).Select(k => Describe(k, new EdgeConfig(), "")),
    ];

    private static GatewayConfig GatewayOf(EdgeConfig config) => config.Gateway ?? new GatewayConfig();

    private static MqttConfig MqttOf(EdgeConfig config) => config.Mqtt ?? new MqttConfig();

    private static ConfigKeyDescription Describe<T>(ConfigKey<T> key, T defaults, string prefix) where T : class =>
        new(prefix + key.Path, key.Allowed, key.Required || key.Path == "box" ? null : key.Show(defaults), key.Meaning, key.Required);

    private static ConfigKey<T> Text<T>(string path, string allowed, string meaning, Func<string, bool> isAllowed,
        Func<T, string, T> set, Func<T, string?> show, bool required = false) where T : class =>
        new(path, allowed, meaning, required, (section, text) => isAllowed(text) ? set(section, text) : null, show);

    private static ConfigKey<T> Number<T>(string path, int from, int to, string meaning, Func<T, int, T> set, Func<T, int> show) where T : class =>
        new(path, $"a whole number from {from} to {to}", meaning, false,
            (section, text) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) && n >= from && n <= to
                ? set(section, n) : null,
            section => show(section).ToString(CultureInfo.InvariantCulture));

    private static ConfigKey<StackConfig> Url(string path, string meaning, Func<StackConfig, Uri, StackConfig> set, Func<StackConfig, Uri?> show, bool required = false) =>
        new(path, UrlAllowed, meaning, required,
            (section, text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
                && url.Host.Length > 0 && url.Query.Length == 0 && url.Fragment.Length == 0
                ? set(section, url!) : null,
            section => show(section) is { } url ? WithoutCredentials(url) : null);

    /// <summary>A URL that may be shown.</summary>
    public static string WithoutCredentials(Uri url) => new UriBuilder(url) { UserName = "", Password = "" }.Uri.ToString();

    internal static bool IsName(string text) =>
        text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    // IPEndPoint.TryParse takes an address without a port, and then reads port 0.
    private static bool IsListen(string text) =>
        IPEndPoint.TryParse(text, out _) && text.LastIndexOf(':') is var colon && colon > text.LastIndexOf(']')
        && text.AsSpan(0, colon) is var host && (host.StartsWith('[') || !host.Contains(':'))
        && text.AsSpan(colon + 1) is { Length: > 0 } port && port.IndexOfAnyExceptInRange('0', '9') < 0;
}
