using DVStakers.Edge.Linux.Clock;
using DVStakers.Edge.Linux.Kernel;

namespace DVStakers.Edge.Agent.Probes;

/// <summary>Where the host probe looks. Tests put folders in their place.</summary>
internal sealed record HostPlaces
{
    public KernelPaths Kernel { get; init; } = KernelPaths.System;

    public string Proc { get; init; } = "/proc";

    /// <summary>Bytes in all and bytes free for others than root, of the file system mounted there.</summary>
    public Func<string, (long Total, long Free)> Space { get; init; } = mount =>
    {
        var drive = new DriveInfo(mount);
        return (drive.TotalSize, drive.AvailableFreeSpace);
    };

    /// <summary>Null: the kernel may not be asked.</summary>
    public Func<KernelClockState?> Clock { get; init; } = KernelClock.Read;

    public string Timedatectl { get; init; } = "timedatectl";

    /// <summary>Where the usual set-ups keep their clients' data.</summary>
    public static readonly IReadOnlyList<string> UsualData =
    [
        "/home/ethereum", "/var/lib/docker", "/var/lib/goethereum", "/var/lib/geth", "/var/lib/nethermind", "/var/lib/besu", "/var/lib/erigon", "/var/lib/reth",
        "/var/lib/lighthouse", "/var/lib/teku", "/var/lib/prysm", "/var/lib/nimbus", "/var/lib/lodestar", "/var/lib/grandine", "/var/lib/charon",
        "/opt/stereum", "/mnt/data", "/mnt/ethereum", "/mnt/ssd", "/data", "/ethereum",
    ];
}
