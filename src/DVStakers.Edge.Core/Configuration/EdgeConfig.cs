namespace DVStakers.Edge.Core.Configuration;

/// <summary>The agent's whole configuration (/etc/dvstakers-edge/edge.yaml), already validated.</summary>
public sealed record EdgeConfig
{
    /// <summary>Name of the cluster; a level of every MQTT topic. Default <c>home</c>. Letters, digits, '-', '_', '.'.</summary>
    public string Cluster { get; init; } = "home";

    /// <summary>Name of this box; a level of every MQTT topic. Default: the host name.</summary>
    public string Box { get; init; } = "box";

    /// <summary>Stacks in the order of preference; the order breaks every tie. Empty: look for them on this machine.</summary>
    public IReadOnlyList<StackConfig> Stacks { get; init; } = [];

    /// <summary>What this box is to its cluster.</summary>
    public BoxRole Role { get; init; }

    public ProxyConfig Proxy { get; init; } = new();

    /// <summary>Null: this box lends nothing.</summary>
    public GatewayConfig? Gateway { get; init; }

    public StatusConfig Status { get; init; } = new();
    public MembershipConfig Membership { get; init; } = new();

    /// <summary>Null: no MQTT wanted.</summary>
    public MqttConfig? Mqtt { get; init; }

    /// <summary>Null: nothing watches this box's power.</summary>
    public PowerConfig? Power { get; init; }

    public RankingConfig Ranking { get; init; } = new();
    public LogConfig Log { get; init; } = new();
}

/// <summary>What a box has of its own.</summary>
public enum BoxRole
{
    /// <summary>Stacks of its own.</summary>
    Full,

    /// <summary>None: a cloud client, whose validator works through its peers' nodes.</summary>
    Auxiliary,
}

/// <summary>A beacon node and its execution client, judged as one.</summary>
public sealed record StackConfig
{
    /// <summary>A short name that appears in logs, topics and on the screen. Unique. Required.</summary>
    public required string Name { get; init; }

    /// <summary>Base URL of the Beacon API, http or https. Required.</summary>
    public required Uri BeaconNode { get; init; }

    /// <summary>URL of the execution client's JSON-RPC or engine port. Null: the stack is judged by its beacon node alone, and never ranks as fully healthy.</summary>
    public Uri? ExecutionClient { get; init; }

    /// <summary>Path of the JWT secret (32 bytes in hexadecimal) where <see cref="ExecutionClient"/> is the engine port.</summary>
    public string? JwtSecret { get; init; }

    /// <summary>The box whose gateway this is; null: a stack of this box. No key of the file: peers come from the cluster's roster.</summary>
    public string? Peer { get; init; }
}

/// <summary>The endpoint for validator clients and DVT clients.</summary>
public sealed record ProxyConfig
{
    /// <summary>Address and port. Default 127.0.0.1:5070. Anyone who can connect can use the nodes behind it: keep it on loopback or a trusted LAN.</summary>
    public string Listen { get; init; } = "127.0.0.1:5070";

    /// <summary>Largest request body in MiB. Default 64 (a block with blobs as JSON is about 10). 1 to 1024.</summary>
    public int MaxBodyMib { get; init; } = 64;

    /// <summary>Most event streams open at once. Default 256. 1 to 4096.</summary>
    public int MaxStreams { get; init; } = 256;

    /// <summary>Most connections of clients at once. Default 4096. 16 to 65535.</summary>
    public int MaxConnections { get; init; } = 4096;
}

/// <summary>The peer gateway: where other boxes of the cluster borrow this box's nodes, over mutual TLS.</summary>
public sealed record GatewayConfig
{
    /// <summary>Address and port. Default [::]:5071, which is every address of this machine: only members of the cluster get in.</summary>
    public string Listen { get; init; } = "[::]:5071";
}

/// <summary>Where <c>dvstakers-edge status</c> asks, and later the page and metrics.</summary>
public sealed record StatusConfig
{
    /// <summary>Address and port. Default 127.0.0.1:5072.</summary>
    public string Listen { get; init; } = "127.0.0.1:5072";
}

/// <summary>What makes this box a member of a cluster.</summary>
public sealed record MembershipConfig
{
    /// <summary>Folder with its certificates and the roster (docs/cluster.md). Default /etc/dvstakers-edge/cluster. Without a roster in it the box is on its own.</summary>
    public string Directory { get; init; } = "/etc/dvstakers-edge/cluster";
}

/// <summary>The box's own MQTT broker (3.1.1).</summary>
public sealed record MqttConfig
{
    /// <summary>Host name or address. Default 127.0.0.1.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>TCP port. Default 1883, with TLS 8883. 1 to 65535.</summary>
    public int Port { get => port ?? (Tls == MqttTls.Off ? 1883 : 8883); init => port = value; }

    private readonly int? port;

    public MqttTls Tls { get; init; }

    /// <summary>PEM file of the authorities of which one issued the broker's certificate. Only with <see cref="MqttTls.On"/>. Default: those of this system.</summary>
    public string CaFile { get; init; } = "/etc/ssl/certs/ca-certificates.crt";

    /// <summary>PEM file of this box's certificate, for a broker that wants one. Only with <see cref="MqttTls.On"/>.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file of its key.</summary>
    public string? KeyFile { get; init; }

    public string? Username { get; init; }

    /// <summary>File with the password in its first line; keeps the secret out of this file.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>Keep-alive in seconds. Default 15. 5 to 300. After 1.5 times this the broker publishes the last will.</summary>
    public int KeepAliveSeconds { get; init; } = 15;
}

/// <summary>How the connection to the broker is encrypted, and how each side knows the other.</summary>
public enum MqttTls
{
    /// <summary>Not: for a broker on this machine.</summary>
    Off,

    /// <summary>By certificates from anywhere.</summary>
    On,

    /// <summary>By the cluster's certificates (<see cref="MembershipConfig.Directory"/>).</summary>
    Cluster,
}

/// <summary>When a stack counts as healthy, and how steady it must be.</summary>
public sealed record RankingConfig
{
    /// <summary>Beacon node peers below which a stack ranks behind one with enough. Default 5. 0 to 1000.</summary>
    public int MinPeers { get; init; } = 5;

    /// <summary>Good slots in a row before a recovered stack is used again. Default 3. 1 to 64.</summary>
    public int RecoverySlots { get; init; } = 3;

    /// <summary>Readings in a row before soft evidence (a silence, a flag, a mismatch) counts against a stack. Default 2. 1 to 10.</summary>
    public int SoftReadings { get; init; } = 2;
}

/// <summary>What goes to the journal.</summary>
public sealed record LogConfig
{
    /// <summary>error, warning, info or debug. Default info. Per-slot lines are debug.</summary>
    public LogLevelName Level { get; init; } = LogLevelName.Info;
}

/// <summary>The levels by their meaning: error, a duty is or will be lost; warning, redundancy is lost; info, a change a person would want to know.</summary>
public enum LogLevelName
{
    Error,
    Warning,
    Info,
    Debug,
}
