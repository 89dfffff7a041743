using DVStakers.Edge.Core.Cluster;

namespace DVStakers.Edge.Core.Configuration;

/// <summary>The PEM files of a TLS connection to the broker.</summary>
/// <param name="Authority">Who may have issued the broker's certificate.</param>
/// <param name="Certificate">Ours; null: the broker knows us otherwise.</param>
/// <param name="Key">The key of it.</param>
public sealed record TlsFiles(string Authority, string? Certificate, string? Key)
{
    /// <summary>Null: no TLS, or no MQTT.</summary>
    public static TlsFiles? Of(EdgeConfig config) => config.Mqtt switch
    {
        { Tls: MqttTls.On } mqtt => new(mqtt.CaFile, mqtt.CertificateFile, mqtt.KeyFile),
        { Tls: MqttTls.Cluster } => Of(config.Membership.Directory),
        _ => null,
    };

    private static TlsFiles Of(string directory) =>
        new($"{directory}/{BrokerFileNames.Authority}", $"{directory}/{BrokerFileNames.Certificate}", $"{directory}/{BrokerFileNames.Key}");
}
