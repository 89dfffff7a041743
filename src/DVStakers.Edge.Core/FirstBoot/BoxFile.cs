using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Core.FirstBoot;

/// <summary>What an operator writes about a box before its first boot (<c>box.yaml</c> on the boot partition).</summary>
public sealed record BoxFile
{
    /// <summary>Host name. Null: first boot makes one.</summary>
    public string? Name { get; init; }

    /// <summary>Public keys that may log in, one line each as OpenSSH writes them.</summary>
    public IReadOnlyList<string> SshKeys { get; init; } = [];

    /// <summary>Such as Africa/Nairobi. Null: UTC.</summary>
    public string? TimeZone { get; init; }

    public BoxNetwork Network { get; init; } = new();

    /// <summary>Ports that the firewall lets in besides its own.</summary>
    public IReadOnlyList<OpenPort> OpenPorts { get; init; } = [];

    /// <summary>The disk to be given to the clients, if it is blank: <see cref="TheBlankOne"/> or a name of /dev/disk/by-id. Null: none.</summary>
    public string? DataDisk { get; init; }

    public const string TheBlankOne = "blank";

    /// <summary>The invitation itself, or the name of the file beside box.yaml that holds it. Null: the box joins nothing.</summary>
    public string? Invitation { get; init; }

    public bool InvitationIsFile => Invitation is { } text && !text.Contains('{', StringComparison.Ordinal);

    /// <summary>What becomes /etc/dvstakers-edge/edge.yaml. Null: that file is left alone.</summary>
    public ConfigMap? Agent { get; init; }
}

/// <param name="Interface">Null: every wired one.</param>
/// <param name="Address">With the length of the prefix: 192.168.1.20/24. Null: by DHCP.</param>
/// <param name="Gateway">Only with an address.</param>
/// <param name="Dns">Only with an address. Empty: the gateway is asked.</param>
public sealed record BoxNetwork(string? Interface = null, string? Address = null, string? Gateway = null, IReadOnlyList<string>? Dns = null)
{
    public bool IsDefault => Interface is null && Address is null;
}

/// <param name="Protocol">tcp or udp.</param>
public sealed record OpenPort(int Number, string Protocol)
{
    public override string ToString() => $"{Number}/{Protocol}";
}
