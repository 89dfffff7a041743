namespace DVStakers.Edge.Core.Configuration;

/// <summary>What is watched of the box itself.</summary>
public sealed record MachineConfig
{
    /// <summary>Folders with the clients' data. Empty: the usual ones that are there.</summary>
    public IReadOnlyList<string> Data { get; init; } = [];

    /// <summary>systemd units of clients, besides those with a usual name.</summary>
    public IReadOnlyList<string> Units { get; init; } = [];

    /// <summary>Docker containers of clients, besides those with a usual name.</summary>
    public IReadOnlyList<string> Containers { get; init; } = [];

    /// <summary>Default /var/run/docker.sock.</summary>
    public string DockerSocket { get; init; } = "/var/run/docker.sock";
}
