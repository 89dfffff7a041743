namespace DVStakers.Edge.Linux.Mosquitto;

/// <summary>One MQTT message, in or out.</summary>
/// <param name="Qos">0, at most once; 1, at least once.</param>
/// <param name="Retain">Out: the broker keeps it for those who subscribe later. In: it was kept, so it may be old.</param>
public sealed record MosquittoMessage(string Topic, ReadOnlyMemory<byte> Payload, int Qos, bool Retain);

/// <summary>What one connection needs to know. It never changes; another connection takes other options.</summary>
public sealed record MosquittoOptions
{
    /// <summary>Unique at the broker, which drops an older connection of the same id.</summary>
    public required string ClientId { get; init; }

    public required string Host { get; init; }

    /// <summary>TCP port, 1 to 65535.</summary>
    public required int Port { get; init; }

    /// <summary>Whole seconds, 5 or more. A connection attempt without an answer is given up after the same time.</summary>
    public required TimeSpan KeepAlive { get; init; }

    public string? Username { get; init; }
    public string? Password { get; init; }

    /// <summary>Null: the connection is not encrypted.</summary>
    public MosquittoTls? Tls { get; init; }

    /// <summary>Published by the broker when the connection is lost.</summary>
    public MosquittoMessage? Will { get; init; }

    /// <summary>Published by us when the connection is closed in order: a broker drops the will then.</summary>
    public MosquittoMessage? Farewell { get; init; }
}

/// <summary>
/// TLS 1.2 or newer. The broker must show a certificate of one of these authorities, for the very <see cref="MosquittoOptions.Host"/>. Files are PEM, and read
/// again for each connection.
/// </summary>
/// <param name="CaFile">The authorities.</param>
/// <param name="CertificateFile">Our certificate, for a broker that wants one; null: none.</param>
/// <param name="KeyFile">Its key, without a passphrase.</param>
public sealed record MosquittoTls(string CaFile, string? CertificateFile = null, string? KeyFile = null);

/// <summary>What happened on a connection, in order. At most one <see cref="Connected"/> or <see cref="Refused"/>; <see cref="Closed"/> is the last.</summary>
public abstract record MosquittoEvent
{
    private MosquittoEvent() { }

    public sealed record Connected : MosquittoEvent;

    /// <param name="Code">CONNACK return code: 4 wrong user name or password, 5 not authorised.</param>
    public sealed record Refused(int Code, string Words) : MosquittoEvent;

    public sealed record Received(MosquittoMessage Message) : MosquittoEvent;

    public sealed record Closed(string Words) : MosquittoEvent;
}
