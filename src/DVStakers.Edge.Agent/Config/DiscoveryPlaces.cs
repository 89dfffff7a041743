using DVStakers.Edge.Core.Clients;

namespace DVStakers.Edge.Agent.Config;

/// <summary>Where discovery looks. A port alone proves nothing: whatever answers there must also say what it is.</summary>
internal sealed record DiscoveryPlaces
{
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Beacon APIs: each client's own port, and their neighbours on a box with two.</summary>
    public IReadOnlyList<int> Beacon { get; init; } = [.. ClientProfile.All.Select(c => c.RestPort).Distinct(), 5053, 5054, 3501, 9597];

    /// <summary>JSON-RPC.</summary>
    public IReadOnlyList<int> Execution { get; init; } = [8545, 8546, 8547, 8548, 8555];

    /// <summary>Engine ports, asked only where no open JSON-RPC port was found for a beacon node.</summary>
    public IReadOnlyList<int> Engine { get; init; } = [8551, 8552, 8553];

    /// <summary>Where the usual set-ups keep the JWT secret.</summary>
    public IReadOnlyList<string> JwtSecrets { get; init; } =
    [
        "/etc/ethereum/jwtsecret", "/etc/ethereum/jwt.hex", "/var/lib/jwtsecret/jwt.hex", "/var/lib/jwtsecret", "/secrets/jwtsecret",
        "/var/lib/ethereum/jwt.hex", "/var/lib/goethereum/geth/jwtsecret", "/root/.ethereum/geth/jwtsecret",
    ];

    /// <summary>How long one answer may take. Loopback answers in milliseconds; a busy client may need longer.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long to wait before looking again.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(30);
}
